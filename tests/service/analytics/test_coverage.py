"""A short run of the coverage benchmark: no interval may be plainly too narrow or too wide."""

import numpy as np
import pytest

from tests.benchmarks.coverage import CASES, late_lives, share

REPEATS = 60
LOWEST, HIGHEST = 0.85, 1.0  # 95 % of 60 is outside by chance once in 3,000


@pytest.mark.parametrize(
    ("case", "labels"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
@pytest.mark.parametrize("shape", [np.inf, 0.5])
def test_intervals_hold_the_truth_for_unlike_devices(case, labels, shape):
    held = share(case, (60, shape), REPEATS)[0]
    assert LOWEST <= held <= HIGHEST, labels[0]


def test_weibull_limits_hold_the_truth_with_delayed_entry():
    assert (share(late_lives, (150, 2.5), REPEATS) >= LOWEST).all()


def test_plain_limits_would_not():
    assert share(CASES[0][1], (60, 0.5), REPEATS)[1] < LOWEST
