"""Forecast, ranking and plan on the small city, against figures worked out by hand."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from service.analytics.conditions import Conditions, Filters
from service.analytics.methods.forecast import predict_group
from service.analytics.methods.rates import DeviceSums
from service.analytics.methods.renewal_risk import Weights
from service.analytics.periods import Period
from service.analytics.plan_terms import PlanTerms
from service.analytics.report import FiscalYear, Report
from service.analytics.service import refresh, report
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.locales import Locale
from service.core.settings import Settings

THREE_YEARS = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))
PUMPS = replace(THREE_YEARS, filters=Filters(minor="汚水ポンプ"))


def by_key(made: Report) -> dict[str, dict]:
    return {str(row["key"]): row for row in made.rows}


def test_the_forecast_is_the_rate_of_the_window_times_the_devices_of_now(snapshot: Snapshot):
    rates = by_key(report(snapshot, PUMPS, "failure-rate"))
    (row,) = report(snapshot, PUMPS, "forecast").rows
    rate = rates[str(row["key"])]
    assert row["in_service"] == 7
    assert row["failures"] == rate["failures"]
    expected = rate["failures"] / rate["device_years"] * 7
    assert row["expected"] == pytest.approx(expected, abs=0.06)
    assert row["lower_95"] <= row["lower_80"] <= expected <= row["upper_80"] <= row["upper_95"]


def test_the_year_of_the_forecast_and_past_years_are_named(snapshot: Snapshot):
    made = report(snapshot, PUMPS, "forecast")
    years = [one.values["year"] for one in made.findings if "year" in one.values]
    assert years[0] == FiscalYear(2025)
    assert "令和7年度の故障は" in made.findings[0].words(Locale.JA)
    assert "FY2025" in made.findings[0].words(Locale.EN)
    assert years[1:] == [FiscalYear(2022), FiscalYear(2023), FiscalYear(2024)]


def test_a_past_forecast_used_only_what_was_known_then(snapshot: Snapshot):
    """In FY2022, one failure was on record, of the year before: 2021-03-31 to 2022-03-31."""
    told = report(snapshot, PUMPS, "forecast").findings[1]
    assert told.values["actual"] == "1"
    assert told.values["expected"] == "1"


def test_several_groups_have_one_row_for_all_of_them(snapshot: Snapshot):
    made = report(snapshot, THREE_YEARS, "forecast")
    assert made.rows[0]["label"] == "全体"
    assert made.rows[0]["failures"] == sum(int(str(row["failures"])) for row in made.rows[1:])
    assert made.rows[0]["in_service"] == sum(int(str(row["in_service"])) for row in made.rows[1:])


def test_unlike_years_widen_the_forecast():
    sums = DeviceSums(100, 200.0, 300.0, 600.0, 600.0, 900.0)
    calm = predict_group(sums, 100.0)
    stormy = predict_group(sums, 100.0, period_dispersion=4.0)
    assert stormy.limits.upper > calm.limits.upper
    assert stormy.limits.lower < calm.limits.lower


def test_devices_of_unknown_age_stand_apart(snapshot: Snapshot):
    rows = report(snapshot, THREE_YEARS, "priority").rows
    undated = [row for row in rows if row["verdict"] == "設置年を調べる"]
    assert [row["age"] for row in undated] == [None]
    assert [row["rank"] for row in undated] == [None]
    assert rows[-1] == undated[0]
    assert [row["rank"] for row in rows[:-1]] == list(range(1, len(rows)))
    risks = [float(str(row["risk"])) for row in rows[:-1]]
    assert risks == sorted(risks, reverse=True)


def test_removed_devices_are_not_ranked(snapshot: Snapshot):
    rows = report(snapshot, THREE_YEARS, "priority").rows
    assert "M0001" not in {row["key"] for row in rows}


def test_weights_change_the_order_and_are_printed(
    city: dict[str, UUID], analytics_engine: Engine, analytics_settings: Settings
):
    with analytics_engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        worst = connection.execute(
            text("select position_code from position order by position_code limit 1")
        ).scalar_one()
        connection.execute(
            text("update position set health = 1, version = version + 1 where position_code = :c"),
            {"c": worst},
        )
    fresh = refresh(analytics_settings)
    only_health = PlanTerms(weights=Weights(age=0, failures=0, health=100, parts=0))
    made = report(fresh, replace(THREE_YEARS, terms=only_health), "priority")
    assert made.rows[0]["health"] == 1
    assert made.rows[0]["likelihood"] == 100
    facts = {fact.key: fact.value for fact in made.conditions}
    assert (facts["w_health"], facts["w_age"]) == (100, 0)


def test_the_plan_adds_up(snapshot: Snapshot):
    terms = PlanTerms(budget=10, years=5, top=100)
    made = report(snapshot, replace(THREE_YEARS, terms=terms), "plan")
    assert [row["key"] for row in made.rows] == [str(2027 + n) for n in range(5)]
    for column in ("failures_none", "failures_risk", "renewed_risk", "spent_risk"):
        whole = sum(float(str(row[column])) for row in made.rows)
        assert float(str(made.total[column])) == pytest.approx(whole, abs=0.3)
    assert all(row["renewed_oldest"] == 2 for row in made.rows[:3])
    assert all(float(str(row["spent_oldest"])) <= 10 for row in made.rows)
    facts = {fact.key: fact.value for fact in made.conditions}
    assert (facts["budget"], facts["years"]) == (10, 5)


def test_the_plan_names_the_year_of_each_device(snapshot: Snapshot):
    terms = PlanTerms(budget=10, years=2)
    rows = report(snapshot, replace(THREE_YEARS, terms=terms), "plan-devices").rows
    years = sorted(str(row["year_oldest"]) for row in rows if row["year_oldest"])
    assert years == ["R10 (2028)", "R10 (2028)", "R9 (2027)", "R9 (2027)"]
    assert all(row["age"] is not None for row in rows)


def test_dearer_renewal_renews_fewer(snapshot: Snapshot):
    cheap, dear = (
        report(
            snapshot,
            replace(THREE_YEARS, terms=PlanTerms(budget=10, years=1, price=price)),
            "plan",
        ).rows[0]
        for price in (100, 200)
    )
    assert (cheap["renewed_risk"], dear["renewed_risk"]) == (2, 1)


def test_terms_stay_in_the_address():
    terms = PlanTerms(budget=50, weights=Weights(age=10))
    query = replace(THREE_YEARS, terms=terms).query()
    assert "budget=50" in query
    assert "w_age=10" in query
    assert "years=" not in query


def planned(snapshot: Snapshot, terms: PlanTerms) -> tuple[set[str], Report]:
    made = report(snapshot, replace(PUMPS, terms=terms), "plan-devices")
    return set(by_key(made)), made


def test_only_chosen_devices_are_renewed(snapshot: Snapshot):
    everything, _ = planned(snapshot, PlanTerms())
    first, second, *_ = sorted(everything)
    chosen, made = planned(snapshot, PlanTerms(pick=(first, second)))
    assert chosen == {first, second}
    facts = {fact.key: fact.value for fact in made.conditions}
    assert facts["pick"] == f"{first}, {second}"
    assert "top" not in facts, "the number of the ranking has no say"
    without, _ = planned(snapshot, PlanTerms(skip=(first,)))
    assert without == everything - {first}
    both, _ = planned(snapshot, PlanTerms(pick=(first, second), skip=(first,)))
    assert both == {second}


def test_failures_of_devices_that_were_not_chosen_are_still_expected(snapshot: Snapshot):
    everything = report(snapshot, PUMPS, "plan").rows[0]
    first = min(planned(snapshot, PlanTerms())[0])
    one = report(snapshot, replace(PUMPS, terms=PlanTerms(pick=(first,))), "plan").rows[0]
    assert one["failures_none"] == everything["failures_none"]
    assert one["renewed_oldest"] == 1


def test_a_chosen_number_that_nothing_has_is_told(snapshot: Snapshot):
    first = min(planned(snapshot, PlanTerms())[0])
    _, made = planned(snapshot, PlanTerms(pick=(first, "NO-SUCH")))
    assert any(one.values.get("numbers") == "NO-SUCH" for one in made.findings)


def test_orders_that_read_the_same_are_not_told_apart(snapshot: Snapshot):
    """With one device to renew every order is the same; none is called the best."""
    first = min(planned(snapshot, PlanTerms())[0])
    made = report(snapshot, replace(PUMPS, terms=PlanTerms(pick=(first,))), "plan")
    told = " ".join(one.words(Locale.JA) for one in made.findings)
    assert "どの順でも故障の数は変わりません" in told
    assert "故障が最も少ないのは" not in told


def test_choices_stay_in_the_address():
    chosen = replace(THREE_YEARS, terms=PlanTerms(pick=("A,1", "機器&2"), skip=("B",)))
    assert [value for name, value in chosen.fields() if name == "pick"] == ["A,1", "機器&2"]
    assert "skip=B" in chosen.query()
    assert "pick" not in chosen.without_choice().query()
