from datetime import date
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import Engine, text

from service.accounts.actor import Actor, terminal_actor
from service.accounts.domain import Role
from service.analytics.conditions import Conditions
from service.analytics.exports import as_json, as_xlsx
from service.analytics.periods import Period
from service.analytics.service import (
    current_snapshot,
    failure_rate,
    refresh,
    snapshot_for,
    store_of,
)
from service.analytics.snapshot_store import Snapshot, SnapshotUnknown
from service.core.database import transaction
from service.core.errors import Forbidden
from service.core.i18n.locales import Locale
from service.core.settings import Settings

BY = terminal_actor("test")
ASKED = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))


def current(engine: Engine, settings: Settings) -> Snapshot:
    with transaction(engine) as session:
        return current_snapshot(session, settings, by=BY)


def test_a_snapshot_holds_everything_in_typed_columns(snapshot: Snapshot):
    counts = {"devices": 10, "positions": 9, "installations": 10, "cases": 12, "contracts": 0}
    counts |= {"rain": 0, "stops": 0}
    counts["readings"] = 13  # 9 of hour meters, 4 of start meters
    assert snapshot.counts == counts
    cases = snapshot.table("cases").collect_schema()
    assert cases["occurred_on"] == pl.Date
    assert cases["stop_from"] == pl.Datetime("us", "UTC")
    assert snapshot.table("installations").collect_schema()["device"] == pl.UInt32


def test_days_are_those_of_japan(
    analytics_engine: Engine, analytics_settings: Settings, city: dict[str, UUID]
):
    """15:30 UTC is half past midnight of the next day in Tokyo."""
    with transaction(analytics_engine) as session:
        session.execute(
            text("update fault_case set occurred_at = '2024-03-31 15:30+00' where id = :id"),
            {"id": city["case"]},
        )
    cases = current(analytics_engine, analytics_settings).table("cases")
    [day] = cases.filter(pl.col("case_id") == str(city["case"])).collect()["occurred_on"]
    assert day == date(2024, 4, 1)


def test_nothing_changed_keeps_the_snapshot_and_a_change_replaces_it(
    analytics_engine: Engine, analytics_settings: Settings, city: dict[str, UUID]
):
    first = current(analytics_engine, analytics_settings)
    assert current(analytics_engine, analytics_settings).id == first.id
    with transaction(analytics_engine) as session:
        session.execute(
            text("update fault_case set counts_as_failure = false where id = :id"),
            {"id": city["case"]},
        )
    second = current(analytics_engine, analytics_settings)
    assert second.id != first.id
    before, after = (failure_rate(snapshot, ASKED).total for snapshot in (first, second))
    assert before is not None
    assert after is not None
    assert (before["failures"], after["failures"]) == (7, 6)


CHANGES = {
    "removal": """update installation set period = daterange(lower(period), '2024-01-01')
                  where position_id = :position and upper_inf(period)""",
    "device": """update device set note = '銘板確認' where id in
                 (select device_id from installation where position_id = :position)""",
    "position": "update position set status = 'suspended' where id = :position",
    "no installation": "delete from installation where position_id = :position",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_of_the_registry_is_noticed(
    analytics_engine: Engine, analytics_settings: Settings, city: dict[str, UUID], change: str
):
    before = current(analytics_engine, analytics_settings)
    with transaction(analytics_engine) as session:
        changed = session.execute(text(change), {"position": city["position"]})
        assert changed.rowcount == 1  # type: ignore[attr-defined]
    assert current(analytics_engine, analytics_settings).mark != before.mark


def test_a_place_that_came_out_of_use_has_an_end_of_use_without_a_day(
    analytics_engine: Engine, analytics_settings: Settings, city: dict[str, UUID]
):
    with transaction(analytics_engine) as session:
        session.execute(
            text("""insert into position (id, position_code, name, facility_id, class_id, status)
                    select gen_random_uuid(), 'OUT-1', '休止ポンプ', facility_id, class_id,
                           'suspended' from position where id = :id"""),
            {"id": city["position"]},
        )
        session.execute(
            text("update position set status = 'suspended' where id = :id"),
            {"id": city["position"]},
        )
    stops = current(analytics_engine, analytics_settings).table("stops").collect()
    days = stops.select(pl.col("from_day").is_null(), pl.col("to_day").is_null())
    assert sorted(days.rows()) == [(False, True), (True, True)]


def test_a_place_is_out_of_use_from_the_change_before_until_the_change_after(
    analytics_engine: Engine, analytics_settings: Settings, city: dict[str, UUID]
):
    for change in ("note = 'a'", "status = 'suspended'", "note = 'b'", "status = 'in_use'"):
        with transaction(analytics_engine) as session:
            session.execute(
                text(f"update position set {change} where id = :id"),
                {"id": city["position"]},
            )
    with transaction(analytics_engine) as session:
        session.execute(text("set local role none"))
        session.execute(
            text("""update registry_history h set superseded_at = n.at from (
                      select id, timestamptz '2024-04-01 10:00+09'
                                 + row_number() over (order by superseded_at, id) * interval '1 day'
                               as at from registry_history where record_id = :id) n
                    where n.id = h.id"""),
            {"id": city["position"]},
        )
    stops = current(analytics_engine, analytics_settings).table("stops").collect()
    assert stops.select("from_day", "to_day").rows() == [
        (date(2024, 4, 3), date(2024, 4, 4)),
        (date(2024, 4, 4), date(2024, 4, 5)),
    ]


def test_a_dear_refresh_is_not_waited_for_and_said_to_be_behind(
    analytics_engine: Engine,
    analytics_settings: Settings,
    city: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
):
    first = current(analytics_engine, analytics_settings)
    with transaction(analytics_engine) as session:
        session.execute(text("update position set note = 'x'"))
    monkeypatch.setattr("service.analytics.service.CHEAP_REFRESH_S", 0.0)
    behind = current(analytics_engine, analytics_settings)
    assert (behind.id, behind.is_behind) == (first.id, True)
    report = failure_rate(behind, ASKED)
    assert any("変わっています" in text for text in report.quality.warnings)


def test_a_report_is_repeated_byte_for_byte_from_its_snapshot(
    analytics_engine: Engine, analytics_settings: Settings, fresh: Snapshot
):
    first = failure_rate(fresh, ASKED)
    with transaction(analytics_engine) as session:
        session.execute(text("update fault_case set counts_as_failure = false"))
        again = snapshot_for(session, analytics_settings, fresh.id, by=BY)
    refresh(analytics_settings)
    second = failure_rate(again, ASKED)
    assert as_json(first, Locale.JA) == as_json(second, Locale.JA)
    assert as_xlsx(first, Locale.JA) == as_xlsx(second, Locale.JA)


def test_an_unknown_snapshot_is_not_found(analytics_settings: Settings):
    for wrong in ("20200101T000000000Z-00000000", "../../etc"):
        with pytest.raises(SnapshotUnknown):
            store_of(analytics_settings).find(wrong)


def test_contractors_see_no_analysis(analytics_engine: Engine, analytics_settings: Settings):
    contractor = Actor(id=None, name="業者", role=Role.CONTRACTOR)
    with transaction(analytics_engine) as session, pytest.raises(Forbidden):
        current_snapshot(session, analytics_settings, by=contractor)
