"""Codes are not listed anywhere, so nobody may find them by trying.

Only codes that nobody knows count; a client that has tried too many waits, even for right ones,
because an answer to a right one would tell it from the wrong ones.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from starlette.requests import HTTPConnection

from service.accounts.actor import Actor
from service.core.errors import TooManyRequests
from service.tags.domain import UnknownTag


@dataclass
class Guesses:
    """A bucket of wrong tries per client, kept by each process for the clients seen last."""

    allowed: int = 20
    refill_s: float = 6.0
    remembered: int = 10_000
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def of(self, client: str) -> Iterator[None]:
        """Around looking a code up.

        Raises:
            TooManyRequests: when this client has tried too many unknown codes lately.
        """
        left = self._left(client)
        if left < 1:
            raise TooManyRequests(retry_after_s=math.ceil((1 - left) * self.refill_s))
        try:
            yield
        except UnknownTag:
            self._spend(client)
            raise

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()

    def _left(self, client: str) -> float:
        left, at = self._buckets.get(client, (float(self.allowed), 0.0))
        return min(float(self.allowed), left + (self.clock() - at) / self.refill_s)

    def _spend(self, client: str) -> None:
        with self._lock:
            self._buckets[client] = (self._left(client) - 1, self.clock())
            self._buckets.move_to_end(client)
            while len(self._buckets) > self.remembered:
                self._buckets.popitem(last=False)


GUESSES = Guesses()


def client_of(request: HTTPConnection, actor: Actor | None) -> str:
    """A signed-in person, or the address: a company's phones may share one."""
    if actor is not None:
        return f"user {actor.id}"
    return f"host {request.client.host}" if request.client else "host"
