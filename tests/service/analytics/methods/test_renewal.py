"""Ranking by risk and what orders of renewal do: small fleets worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.analytics.methods.renewal_risk import (
    Scores,
    Weights,
    age_score,
    failure_score,
    grade,
    health_score,
    risk_of,
)
from service.analytics.methods.renewal_scenarios import Fleet, Policy, course

UNKNOWN = float("nan")


def scores(**given: float) -> Scores:
    names = ("age", "failures", "health", "parts", "criticality", "redundancy")
    return Scores(**{name: np.array([given.get(name, UNKNOWN)]) for name in names})


def test_scores_run_from_good_to_bad():
    assert age_score(np.array([0.0, 15, 30, 90]), np.array([15.0])) == pytest.approx([0, 0.5, 1, 1])
    assert health_score(np.array([5.0, 3, 1])) == pytest.approx([0, 0.5, 1])
    assert failure_score(np.array([0.0, 1.0])) == pytest.approx([0, 1 - np.exp(-1)])
    assert [grade(score) for score in (0, 19.9, 20, 99, 100)] == [1, 1, 2, 5, 5]


def test_risk_is_the_product_of_the_two_weighted_means():
    one = scores(age=0.5, failures=0.2, health=1.0, parts=0.0, criticality=1.0, redundancy=0.3)
    risk = risk_of(one, Weights())
    assert risk.likelihood == pytest.approx(100 * (30 * 0.5 + 30 * 0.2 + 30 * 1.0) / 100)
    assert risk.consequence == pytest.approx(70 + 30 * 0.3)
    assert risk.risk == pytest.approx(risk.likelihood * risk.consequence / 100)


def test_what_is_unknown_neither_helps_nor_harms():
    known = risk_of(scores(age=0.5, criticality=1.0), Weights())
    assert known.likelihood == pytest.approx(50)
    assert known.consequence == pytest.approx(100)
    nothing = risk_of(scores(criticality=1.0), Weights())
    assert np.isnan(nothing.likelihood).all()


def test_a_weight_of_nothing_takes_its_score_out():
    one = scores(age=1.0, health=0.0, criticality=1.0)
    assert risk_of(one, Weights(health=0)).likelihood == pytest.approx(100)


def fleet(**given: list[float]) -> Fleet:
    count = len(given["age"])
    usual = {
        "rate": [1.0] * count,
        "growth": [1.0] * count,
        "class_rate": [1.0] * count,
        "class_age": [10.0] * count,
        "failure_cost": [100.0] * count,
        "renewal_cost": [1000.0] * count,
        "life": [15.0] * count,
        "rank": [float(n) for n in range(count)],
    }
    columns = {name: np.array(values, dtype=float) for name, values in (usual | given).items()}
    return Fleet(**columns, candidate=np.ones(count, dtype=bool))


def test_without_renewal_a_power_law_grows_with_age():
    grown = course(fleet(age=[10.0], growth=[2.0]), Policy.NONE, years=2, budget=0)
    assert grown.failures == pytest.approx([10.5 / 10, 11.5 / 10])
    assert grown.failure_cost == pytest.approx([105, 115])


def test_a_renewed_device_starts_young():
    changed = course(fleet(age=[20.0], growth=[2.0]), Policy.OLDEST, years=2, budget=1000)
    assert changed.renewed.tolist() == [1, 0]
    assert changed.spent.tolist() == [1000, 0]
    # class rate 1 at age 10, so 0.1 at age 1 (the youngest), 0.15 at 1.5
    assert changed.failures == pytest.approx([0.1, 0.15])


@pytest.mark.parametrize(
    ("policy", "first"), [(Policy.OLDEST, 2), (Policy.RISK, 0), (Policy.COST, 1)]
)
def test_each_order_takes_its_own_first(policy: Policy, first: int):
    three = fleet(
        age=[20.0, 21.0, 30.0], growth=[2.0] * 3, rate=[1.0, 5.0, 1.0], renewal_cost=[1000.0] * 3
    )
    taken = course(three, policy, years=1, budget=1000)
    assert taken.renewed_in.tolist() == [0 if n == first else -1 for n in range(3)]


def test_a_device_dearer_than_the_budget_gives_way():
    two = fleet(age=[30.0, 20.0], renewal_cost=[5000.0, 400.0])
    taken = course(two, Policy.OLDEST, years=2, budget=1000)
    assert taken.renewed_in.tolist() == [-1, 0]
    assert taken.spent.tolist() == [400, 0]


def test_a_renewed_device_is_taken_again_after_its_life():
    one = fleet(age=[30.0], life=[5.0])
    taken = course(one, Policy.OLDEST, years=12, budget=1000)
    assert np.flatnonzero(taken.renewed).tolist() == [0, 5, 10]
    assert taken.renewed_in.tolist() == [0]


def test_unknown_ages_fail_as_they_did():
    taken = course(fleet(age=[UNKNOWN], growth=[3.0]), Policy.NONE, years=3, budget=0)
    assert taken.failures == pytest.approx([1, 1, 1])


@given(
    ages=st.lists(st.floats(0, 60), min_size=1, max_size=12),
    budget=st.floats(0, 20_000),
    policy=st.sampled_from([Policy.OLDEST, Policy.RISK, Policy.COST]),
)
def test_renewal_never_spends_more_than_there_is_nor_adds_failures(
    ages: list[float], budget: float, policy: Policy
):
    one = fleet(age=ages, growth=[2.0] * len(ages), rate=[max(age, 1) / 10 for age in ages])
    taken = course(one, policy, years=8, budget=budget)
    left = course(one, Policy.NONE, years=8, budget=0)
    assert (taken.spent <= budget).all()
    assert (taken.failures <= left.failures + 1e-9).all()
