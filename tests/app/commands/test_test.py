"""Which runs are split, and what a split run answers."""

import pytest

from app.commands.test import asks_for_everything, ordered, worst


@pytest.mark.parametrize(
    ("arguments", "everything"),
    [
        ([], True),
        (["-q", "--durations=5"], True),
        (["-k", "port"], True),
        (["tests/app"], False),
        (["-q", "tests/app/test_up.py::test_anything"], False),
    ],
)
def test_a_run_that_names_no_file_is_of_everything(
    arguments: list[str], *, everything: bool
) -> None:
    assert asks_for_everything(arguments) is everything


@pytest.mark.parametrize(
    ("codes", "answer"),
    [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([5, 0], 0), ([5, 5], 5), ([5, 1], 1)],
)
def test_one_failing_lane_fails_the_run(codes: list[int], answer: int) -> None:
    assert worst(codes) == answer


@pytest.mark.parametrize("asked", ["--randomly-seed=7", "no:randomly"])
def test_a_whole_run_has_one_order_unless_another_is_asked_for(asked: str) -> None:
    (seed, word) = ordered(["-q"])
    assert (seed.partition("=")[0], word) == ("--randomly-seed", "-q")
    assert ordered([asked]) == [asked]
