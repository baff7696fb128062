"""A refresh reads what changed and yields the very bytes that reading everything would."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from service.analytics.service import refresh
from service.analytics.snapshot import extract
from service.analytics.snapshot_store import Snapshot
from service.core.database import transaction
from service.core.settings import Settings

CHANGES = {
    "a fact of one case": (("update fault_case set urgency = 'S', updated_at = now()"
                           " where id = :case"), 1),
    "nothing": ("select 1", 0),
    "a device that renumbers the others": (
        ("insert into device (id, asset_code, class_id) select"
        " '00000000-0000-7000-8000-000000000001', 'M-FIRST', class_id from device limit 1"), 0),
    "one whose writer forgot the time": ("update fault_case set urgency = 'S' where id = :case",
                                         1),
    "another name of a facility's district": (
        "update facility set treatment_district = '新しい処理区'", None),
}  # fmt: skip


@pytest.mark.parametrize(("change", "read"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_put_together_is_what_is_there(
    analytics_engine: Engine,
    analytics_settings: Settings,
    fresh: Snapshot,
    city: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    read: int | None,
):
    monkeypatch.setattr("service.analytics.snapshot.OVERLAP", timedelta(0))
    with transaction(analytics_engine) as session:
        session.execute(text(change), {"case": city["case"]} if ":case" in change else {})
    little = extract(analytics_settings, fresh)
    whole = extract(analytics_settings)
    assert little.mark == whole.mark
    assert whole.cases_read == whole.tables["cases"].height
    assert little.cases_read == (whole.cases_read if read is None else read)
    for name, table in whole.tables.items():
        assert little.tables[name].equals(table), name
        assert little.tables[name].schema == table.schema


def test_the_refreshed_snapshot_has_the_digest_of_a_whole_one(
    analytics_engine: Engine,
    analytics_settings: Settings,
    fresh: Snapshot,
    city: dict[str, UUID],
):
    with transaction(analytics_engine) as session:
        session.execute(
            text("update fault_case set urgency = 'A', updated_at = now() where id = :id"),
            {"id": city["case"]},
        )
    little = refresh(analytics_settings)
    elsewhere = analytics_settings.model_copy(
        update={"state_dir": analytics_settings.state_dir / "whole"}
    )
    assert little.id != fresh.id
    assert refresh(elsewhere).content_sha256 == little.content_sha256


def test_what_does_not_add_up_is_read_whole(
    analytics_engine: Engine,
    analytics_settings: Settings,
    fresh: Snapshot,
    city: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
):
    """As if the change had been missed: nothing is as late as one hour from now."""
    monkeypatch.setattr("service.analytics.snapshot.OVERLAP", timedelta(hours=-1))
    assert extract(analytics_settings, fresh).cases_read == 0
    with transaction(analytics_engine) as session:
        session.execute(
            text("update fault_case set urgency = 'S' where id = :id"), {"id": city["case"]}
        )
    again = extract(analytics_settings, fresh)
    assert again.cases_read == again.tables["cases"].height
