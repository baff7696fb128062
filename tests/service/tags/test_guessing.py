import pytest

from service.core.errors import TooManyRequests
from service.tags.domain import UnknownTag
from service.tags.guessing import Guesses


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def miss(guesses: Guesses, client: str) -> type[Exception]:
    with pytest.raises((UnknownTag, TooManyRequests)) as refusal, guesses.of(client):
        raise UnknownTag
    return refusal.type


def test_wrong_tries_are_counted_per_client_and_forgiven_with_time() -> None:
    clock = Clock()
    guesses = Guesses(allowed=2, refill_s=10, clock=clock)
    assert [miss(guesses, "a") for _ in range(3)] == [UnknownTag, UnknownTag, TooManyRequests]
    assert miss(guesses, "b") is UnknownTag
    with pytest.raises(TooManyRequests) as told, guesses.of("a"):
        pass
    assert told.value.params == {"retry_after_s": 10}
    clock.now += 10
    assert [miss(guesses, "a") for _ in range(2)] == [UnknownTag, TooManyRequests]


def test_codes_that_are_known_cost_nothing() -> None:
    guesses = Guesses(allowed=1)
    for _ in range(50):
        with guesses.of("a"):
            pass
    assert miss(guesses, "a") is UnknownTag


def test_only_the_clients_seen_last_are_remembered() -> None:
    guesses = Guesses(allowed=1, refill_s=1e9, remembered=2)
    for client in ("a", "b", "c"):
        miss(guesses, client)
    assert miss(guesses, "c") is TooManyRequests
    assert miss(guesses, "a") is UnknownTag
