"""Two groups at the same age, on a made-up city whose classes are unlike."""

from dataclasses import replace
from datetime import date

import pytest

from service.analytics.conditions import Conditions
from service.analytics.filter_choices import groups_of
from service.analytics.grouping import GroupBy
from service.analytics.periods import Period
from service.analytics.report import Report, p_said
from service.analytics.reports.compared_groups import NOT_TWO, compared_groups
from service.analytics.service import report
from service.analytics.snapshot_store import Snapshot, SnapshotStore
from tests.benchmarks.reports import extract

DECADE = Conditions(period=Period(date(2015, 4, 1), date(2025, 4, 1)))


@pytest.fixture(scope="module")
def unlike(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return SnapshotStore(tmp_path_factory.mktemp("unlike")).add(extract(30_000, 2_500))


@pytest.fixture(scope="module")
def extremes(unlike: Snapshot) -> tuple[str, str]:
    """The classes with the highest and the lowest failure rate."""
    rows = report(unlike, DECADE, "failure-rate").rows
    known = sorted(rows, key=lambda row: float(str(row["rate"])))
    return str(known[-1]["key"]), str(known[0]["key"])


def compared(snapshot: Snapshot, *sides: str) -> Report:
    return compared_groups(snapshot, replace(DECADE, sides=sides))


def test_the_worse_group_is_found_at_every_age(unlike: Snapshot, extremes: tuple[str, str]):
    made = compared(unlike, *extremes)
    assert len(made.rows) >= 3
    assert made.rows[-1]["verdict"] == "1つ目が多い"
    (told,) = made.findings
    assert float(str(told.values["lower"])) > 1
    assert told.values["verdict"] == "差があるといえます。"
    for row in made.rows:
        gap = float(str(row["mcf_one"])) - float(str(row["mcf_other"]))
        assert float(str(row["difference"])) == pytest.approx(gap, abs=0.011)
        assert float(str(row["lower"])) <= float(str(row["difference"])) <= float(str(row["upper"]))


def test_the_other_way_round_is_the_same_with_the_sign_turned(
    unlike: Snapshot, extremes: tuple[str, str]
):
    there, back = compared(unlike, *extremes), compared(unlike, *reversed(extremes))
    for one, other in zip(there.rows, back.rows, strict=True):
        assert one["difference"] == -float(str(other["difference"]))
        assert (one["mcf_one"], one["at_risk_one"]) == (other["mcf_other"], other["at_risk_other"])
    assert back.rows[-1]["verdict"] == "2つ目が多い"


def test_a_group_against_itself_cannot_be_asked_for_and_one_alone_meets_the_largest(
    unlike: Snapshot, extremes: tuple[str, str]
):
    facts = {fact.key: fact.value for fact in compared(unlike, extremes[1]).conditions}
    assert facts["one"] == extremes[1].rsplit("/", maxsplit=1)[-1]
    assert facts["other"] not in {facts["one"], ""}
    assert compared(unlike).rows, "without a choice the two largest are compared"
    assert compared(unlike, "NO/SUCH", "NEITHER").empty == NOT_TWO


def test_the_choices_are_the_groups_of_the_city(unlike: Snapshot, extremes: tuple[str, str]):
    keys = [key for key, _ in groups_of(unlike, GroupBy.MINOR)]
    assert set(extremes) <= set(keys)
    assert groups_of(unlike, GroupBy.AGE) == groups_of(unlike, GroupBy.MINOR)
    assert groups_of(unlike, GroupBy.MAKER) == (("架空", "架空"),)


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "p<0.001"), (0.0009, "p<0.001"), (0.001, "p=0.001"), (0.5, "p=0.500")]
)
def test_a_p_value_is_said_with_its_sign(value: float, said: str):
    assert p_said(value) == said
