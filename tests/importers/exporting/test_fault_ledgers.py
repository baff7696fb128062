"""The fault history goes out and comes in again, whoever wrote it: an old ledger or a phone."""

import csv
import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from importers import service
from importers.exporting.fault_ledgers import FAULT_LEDGERS
from importers.exporting.files import written_csv
from importers.exporting.ledgers import lines_of
from service.accounts.actor import Actor
from service.core.clock import now
from service.core.identity import new_id
from service.faults.domain import ReportKind, ResponseKind
from service.faults.schemas import ReportCreate, ResponseCreate
from service.faults.service import add_response, file_report
from tests.factories import make_position
from tests.importers.ledgers import SAMPLES, load, outcomes, plan

CITY = SAMPLES / "city"
MASTERS = ("companies", "facilities", "contracts", "equipment_ledger", "replaced_devices")


def _csv(session: Session, ledger: str) -> bytes:
    return b"".join(written_csv(lines_of(session, ledger)))


def _count(content: bytes) -> int:
    return len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) - 1


def _unchanged(session: Session, by: Actor) -> None:
    for ledger in FAULT_LEDGERS:
        content = _csv(session, ledger)
        job = plan(session, content, by=by)
        assert (job.source, outcomes(job)) == (ledger, {"unchanged": _count(content)})


def test_the_sample_history_is_zero_changes(session: Session, terminal: Actor):
    load(session, (SAMPLES / "classes" / "equipment_classes.csv").read_bytes(), by=terminal)
    history = (CITY / "fault_history.csv").read_text("utf-8").splitlines(keepends=True)[:600]
    load(session, *((CITY / f"{name}.csv").read_bytes() for name in MASTERS), crs=6668, by=terminal)
    load(session, "".join(history), by=terminal)
    _unchanged(session, terminal)


@pytest.fixture
def reported(session: Session, terminal: Actor) -> Session:
    """A case as the application makes it: two reports, a response and its correction."""
    position = make_position(session)
    then = now() - timedelta(days=3, microseconds=1234)
    first = ReportCreate(
        id=new_id(),
        position_id=position.id,
        occurred_at=then,
        captured_at=then + timedelta(minutes=5),
        symptoms=["S01"],
        body=" 起動しない。\r\n=２回目です ",
        temporary_action="予備機へ切替",
    )
    case_id = file_report(session, first, by=terminal).case_id
    second = first.model_copy(
        update={"id": new_id(), "case_id": case_id, "kind": ReportKind.FOLLOW_UP, "body": ""}
    )
    file_report(session, second, by=terminal)
    fix = ResponseCreate(kind=ResponseKind.SITE_CHECK, description="現地で確認", cost_yen=0)
    wrong = add_response(session, case_id, fix, by=terminal)
    mended = fix.model_copy(update={"cost_yen": 1200, "supersedes_id": wrong.id})
    add_response(session, case_id, mended, by=terminal)
    session.execute(
        text("update fault_case set summary = '件名を直した', temporary_fix = true, severity = 2")
    )
    return session


def test_what_phones_and_staff_wrote_is_zero_changes(reported: Session, terminal: Actor):
    _unchanged(reported, terminal)


def test_a_document_that_says_something_else_is_refused(reported: Session, terminal: Actor):
    content = _csv(reported, "responses").decode("utf-8-sig")
    job = plan(reported, content.replace("現地で確認", "電話で確認", 1), by=terminal)
    assert outcomes(job) == {"conflict": 1, "unchanged": 1}


def test_an_export_is_taken_in_by_another_registry_and_undone(reported: Session, terminal: Actor):
    """The same history under other numbers: every ledger makes what it tells of."""
    there = {name: _renumbered(_csv(reported, name)) for name in FAULT_LEDGERS}
    before = [_count(_csv(reported, name)) for name in FAULT_LEDGERS]
    cases = list(csv.DictReader(io.StringIO(there["faults"])))
    documents = {"報告番号", "内容", "応急処置", "対応内容", "対応者"}
    kept = [name for name in cases[0] if name not in documents]
    out = io.StringIO()
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(cases)
    jobs = [
        _applied(reported, content, terminal)
        for content in (out.getvalue(), there["reports"], there["responses"])
    ]
    for name in ("reports", "responses"):
        rows = _csv(reported, name).decode("utf-8-sig").splitlines()
        assert set(there[name].splitlines()) <= set(rows)
    for job_id in reversed(jobs):
        service.undo_job(reported, job_id, by=terminal)
    assert [_count(_csv(reported, name)) for name in FAULT_LEDGERS] == before


def _renumbered(content: bytes) -> str:
    return re.sub(r"\b(H?R)(\d+)-", r"Z\1\2-", content.decode("utf-8-sig"))


def _applied(session: Session, content: str, by: Actor) -> UUID:
    job = plan(session, content, by=by)
    assert outcomes(job).keys() == {"create"}
    service.apply_job(session, job.id, by=by)
    return job.id
