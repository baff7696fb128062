"""Two periods side by side, and the exact test of two rates behind it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from service.analytics.conditions import Conditions, Filters
from service.analytics.methods.rates import rate_ratio, rate_ratio_p
from service.analytics.periods import Period
from service.analytics.service import report
from service.analytics.snapshot_store import Snapshot

PUMPS = Filters(minor="汚水ポンプ")
LATER = Conditions(period=Period(date(2024, 4, 1), date(2025, 4, 1)), filters=PUMPS)


@given(x=st.integers(0, 40), y=st.integers(0, 40), t=st.floats(0.1, 10), u=st.floats(0.1, 10))
def test_p_is_twice_the_smaller_binomial_tail(x: int, y: int, t: float, u: float):
    share = t / (t + u)
    tails = binom.cdf(x, x + y, share), binom.sf(x - 1, x + y, share)
    assert rate_ratio_p((x, t), (y, u)) == pytest.approx(min(1, 2 * min(tails)), abs=1e-9)


def test_p_agrees_with_the_published_test_where_both_are_symmetric():
    p = rate_ratio_p((11, 800.0), (23, 800.0))
    assert p == pytest.approx(binomtest(11, 34, 0.5).pvalue)


@given(x=st.integers(0, 60), y=st.integers(0, 60), t=st.floats(0.1, 10), u=st.floats(0.1, 10))
def test_p_and_limits_tell_the_same(x: int, y: int, t: float, u: float):
    p, limits = rate_ratio_p((x, t), (y, u)), rate_ratio((x, t), (y, u))
    if abs(p - 0.05) > 1e-6:
        assert (p < 0.05) == (limits.lower > 1 or limits.upper < 1)


def test_the_period_before_is_as_long_and_ends_where_this_one_begins(snapshot: Snapshot):
    made = report(snapshot, LATER, "compare")
    facts = {fact.key: fact.value for fact in made.conditions}
    assert (facts["against_from"], facts["against_to"]) == (date(2023, 4, 1), date(2024, 3, 31))
    whole, pumps = made.rows
    assert (whole["label"], whole["failures"], whole["failures_then"]) == ("全体", 4, 2)
    assert pumps["failures"] == 4
    assert pumps["ratio"] == pytest.approx(
        float(str(pumps["rate"])) / float(str(pumps["rate_then"])), abs=0.01
    )
    assert pumps["lower"] <= 1 <= pumps["upper"]
    assert pumps["verdict"] == "変わったとはいえない"


def test_a_period_of_ones_own(snapshot: Snapshot):
    own = replace(LATER, against=Period(date(2022, 4, 1), date(2023, 4, 1)))
    made = report(snapshot, own, "compare")
    assert made.rows[0]["failures_then"] == 1
    assert "against_from=2022-04&against_to=2023-03" in own.query()


def test_few_failures_are_not_judged(snapshot: Snapshot):
    own = replace(
        LATER,
        period=Period(date(2023, 4, 1), date(2024, 4, 1)),
        against=Period(date(2022, 4, 1), date(2023, 4, 1)),
    )
    assert {row["verdict"] for row in report(snapshot, own, "compare").rows} == {
        "件数が少なく判断できない"
    }


def test_nothing_to_compare_with_is_said(snapshot: Snapshot):
    own = replace(LATER, against=Period(date(1990, 4, 1), date(1991, 4, 1)))
    made = report(snapshot, own, "compare")
    assert made.rows == ()
    assert "前の期間を指定してください" in str(made.empty)
