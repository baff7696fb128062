"""Names of figures in cases of other hands."""

from typing import Any

import pytest

from service.analytics.methods.rates import Limits
from service.analytics.procedures.naming import UNKNOWN, Curve, Either, Estimate, Naming
from service.analytics.procedures.words import read_words


def spread(level: float) -> Limits:
    """Limits that show at what level they were asked for."""
    return Limits(-level, level)


def wide(level: float) -> Limits:
    return Limits(-10 * level, 10 * level)


BETA = Estimate(2.0, 0.5, spread, {"lr": wide})
NAMING = Naming(
    {
        "beta": BETA,
        "estimate": BETA,
        "curve": Curve(lambda age: Estimate(age / 10, 0.1, spread), last=30.0),
        "rates": [BETA, Estimate(4.0)],
        "A": {"beta": Estimate(3.0)},
        "share": 0.25,
        "values": [3.0, 9.0, 1.0],
    },
    {"beta": ("shape",), "curve": ("survival", "s")},
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta_ci90", (-0.9, 0.9)),
        ("ci99_shape", (-0.99, 0.99)),
        ("lower_beta", -0.95),
        ("beta_upper_one_sided_95", pytest.approx(0.9)),
        ("beta_upper95_one_sided", pytest.approx(0.9)),
        ("lr_ci_beta", (-9.5, 9.5)),
        ("ci95_beta_profile", (-9.5, 9.5)),
        ("beta_lr_ci90", (-9.0, 9.0)),
        ("beta_var", 0.25),
        ("ci80", (-0.8, 0.8)),
        ("s_24_lower", -0.95),
        ("survival_lower_24", -0.95),
        ("survival_ci90_at_24", (-0.9, 0.9)),
        ("se_s_last", 0.1),
        ("rates_1_ci90", (-0.9, 0.9)),
        ("rates_ci90_1", (-0.9, 0.9)),
        ("max_values", 9.0),
        ("values_2", 9.0),
        ("share_pct", 25.0),
        ("share_per_1000", 250.0),
        ("beta_of_nothing_known", UNKNOWN),
    ],
)
def test_what_the_words_of_a_name_ask_for(name: str, value: Any):
    assert NAMING.find(name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("s_24", 2.4), ("s24", 2.4), ("s_2_5", 0.25), ("survival_last", 3.0), ("beta_A", 3.0)],
)
def test_figures_at_an_age_or_of_a_group(name: str, value: float):
    found = NAMING.find(name)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(value)


def test_one_name_of_two_definitions_means_the_nearer():
    both = Either((1.0, 3.0))
    assert (both.nearest(1.4), both.nearest(2.9)) == (1.0, 3.0)
    assert Either((float("nan"), float("inf"))).nearest(float("inf")) == float("inf")


def test_words_that_say_something_else_are_not_passed_over():
    assert read_words(["lower", "girder"], takes_point=False) is None
