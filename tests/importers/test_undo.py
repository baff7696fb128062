"""Taking an import back: the registry is what it was, to the last version number."""

import subprocess
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, select

from importers import service
from importers.errors import JobNotApplied
from importers.models import ImportJob, JobState
from service.accounts.actor import Actor
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Device, Facility, Position
from tests.importers.ledgers import (
    CLASSES,
    EQUIPMENT_HEADER,
    FACILITIES,
    PUMP_1,
    PUMP_2,
    SAMPLES,
    load,
    plan,
)

LEDGER = EQUIPMENT_HEADER + PUMP_1 + PUMP_2
NOT_BUSINESS = (
    *("audit_*", "import_*", "outbox*", "registry_history", "alembic_version"),
    *("written_name", "position_tally"),  # worked out from the positions, and only added to
)


@pytest.fixture
def kept(engine: Engine, terminal: Actor) -> Iterator[Engine]:
    """Everything is committed: a dump sees only what is."""
    with transaction(engine) as session:
        if session.exec(select(Facility)).first() is None:
            load(session, CLASSES, FACILITIES, LEDGER, by=terminal)
    return engine


def _dump(settings: Settings) -> str:
    """The rows of every business table, table by table, in one order."""
    url = make_url(str(settings.owner_database_url))
    excluded = [f"--exclude-table={name}" for name in NOT_BUSINESS]
    command = ["pg_dump", "--data-only", "--inserts", "--schema=public", *excluded]
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run([*command, dsn], capture_output=True, text=True, check=True)  # noqa: S603
    lines = [line for line in done.stdout.splitlines() if line.startswith("INSERT")]
    return "\n".join(sorted(lines))


def _applied(engine: Engine, content: str | bytes, by: Actor, **decisions: object) -> ImportJob:
    with transaction(engine) as session:
        job = plan(session, content, by=by, **decisions)
        service.apply_job(session, job.id, by=by)
        return job


def _undone(engine: Engine, job: ImportJob, by: Actor) -> dict:
    with transaction(engine) as session:
        return service.undo_job(session, job.id, by=by).told()


@pytest.mark.parametrize(
    "content",
    [
        LEDGER.replace("No.1汚水ポンプ", "主ポンプ").replace("S58.3,", "S58.4,"),
        LEDGER.replace("TJ-P-001", "TJ-P-011").replace("K-0001", "K-0011").replace("533", "539"),
        FACILITIES.replace("35.3389,139.4902", "35.34123456789,139.49")
        + "P02,新設,ポンプ場,,,,,\n",
        "設備番号,点検日,点検区分,判定,健全度\nTJ-P-001,R7.5,精密,△,2\nTJ-P-002,R7.5.1,定期,○,\n",
        "設備番号,部品名,数量,交換日\nTJ-P-001,軸受,2,R7.5\n",
        CLASSES + "PU-OS-09,ポンプ設備,汚水ポンプ設備,その他,機械,15,市の表,0\n",
    ],
    ids=["updates", "creations", "facilities", "inspections", "parts", "classes"],
)
def test_nothing_remains_of_an_import_that_was_undone(kept, settings, terminal, content):
    before = _dump(settings)
    job = _applied(kept, content, terminal)
    assert _dump(settings) != before
    told = _undone(kept, job, terminal)
    assert told["kept"] == 0
    assert _dump(settings) == before


def test_a_fault_history_is_taken_back_although_its_records_are_for_ever(kept, settings, terminal):
    header = "案件番号,施設コード,設備番号,発生日時,報告者氏名,内容,対応内容,完了日時,状況\n"
    history = header + (
        "R6-TJ-0007,TJ,TJ-P-001,2024-04-01 10:00,甲,異音,軸受を交換,2024-04-02 10:00,完結\n"
    )
    before = _dump(settings)
    job = _applied(kept, history, terminal)
    _undone(kept, job, terminal)
    assert _dump(settings) == before


def test_records_for_ever_stay_out_of_reach_otherwise(kept, terminal):
    header = "案件番号,施設コード,設備番号,発生日時,報告者氏名,内容\n"
    _applied(kept, header + "R6-TJ-0009,TJ,TJ-P-001,2024-04-01 10:00,甲,異音\n", terminal)
    with transaction(kept) as session:
        session.execute(text("select set_config('gesuibo.undoing', '1', true)"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("delete from fault_report"))
        session.rollback()


def test_what_was_changed_since_stays_and_says_why(kept, terminal):
    changed = LEDGER.replace("No.1汚水ポンプ", "変更後1").replace("No.2汚水ポンプ", "変更後2")
    job = _applied(kept, changed, terminal)
    with transaction(kept) as session:
        _position(session, "TJ-P-001").note = "銘板を確認した"
    told = _undone(kept, job, terminal)
    assert (told["kept"], told["restored"]) == (1, {"position": 1})
    with transaction(kept) as session:
        assert _position(session, "TJ-P-001").name == "変更後1"
        assert _position(session, "TJ-P-002").name == "No.2汚水ポンプ"
        reasons = session.execute(
            text("select kept -> 0 ->> 'reason' from import_row where job_id = :id and row_no = 2"),
            {"id": job.id},
        ).scalar_one()
        assert reasons == "changed-since"
        position = _position(session, "TJ-P-001")
        position.name, position.note = "No.1汚水ポンプ", None


def test_what_has_been_used_since_stays(kept, terminal):
    new = "設備番号,施設コード,分類コード,名称,機器番号\nTJ-U-1,TJ,PU-OS-01,新ポンプ,K-7001\n"
    job = _applied(kept, new, terminal)
    child = "設備番号,施設コード,分類コード,名称,上位設備番号\nTJ-U-2,TJ,PU-OS-01,弁,TJ-U-1\n"
    _applied(kept, child, terminal)
    told = _undone(kept, job, terminal)
    assert told["kept"] == 1
    with transaction(kept) as session:
        assert _position(session, "TJ-U-1").name == "新ポンプ"
        assert session.exec(select(Device).where(Device.asset_code == "K-7001")).first() is None


def test_only_an_applied_import_is_undone_and_only_once(kept, terminal):
    job = _applied(kept, LEDGER.replace("No.1汚水", "仮"), terminal)
    _undone(kept, job, terminal)
    with transaction(kept) as session:
        assert service.job_of(session, job.id).state == JobState.UNDONE
    with pytest.raises(JobNotApplied):
        _undone(kept, job, terminal)


def test_the_sample_city_comes_and_goes(kept, settings, terminal):
    before = _dump(settings)
    jobs = [
        _applied(kept, (SAMPLES / name).read_bytes(), terminal, crs=6668)
        for name in (
            "classes/equipment_classes.csv",
            "city/companies.csv",
            "city/facilities.csv",
            "city/contracts.csv",
            "city/equipment_ledger.csv",
            "city/replaced_devices.csv",
            "city/fault_history.csv",
        )
    ]
    for job in reversed(jobs):
        assert _undone(kept, job, terminal)["kept"] == 0
    assert _dump(settings) == before


def _position(session: Session, code: str) -> Position:
    return session.exec(select(Position).where(Position.position_code == code)).one()
