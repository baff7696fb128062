"""Imports on their way through the worker: whole or not at all, whoever dies or thinks again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from importers import job_queries, service, tasks
from importers.decisions import Decisions
from importers.errors import JobNotPlanned, PlanHasBadRows
from importers.filing import Upload, content_of, keep, sha256_of
from importers.job_errors import (
    ImportCancelled,
    JobAtWork,
    LedgerGone,
    NothingToCancel,
    NotToBeDecided,
    QuestionsOpen,
)
from importers.models import ImportJob, JobState
from importers.progress import ToldProgress
from importers.receipt import ApplyMode, receipt_of
from service.accounts.actor import Actor
from service.attachments.arrival import Arrival
from service.core.database import transaction
from service.core.errors import Stale
from tests.importers.ledgers import CLASSES, EQUIPMENT_HEADER, FACILITIES, PUMP_1, load, plan

ROOT = Path(__file__).parents[2]
LONG = 4_000
_COUNT = text("select count(*) from position where position_code like 'JOB-%'")


@pytest.fixture(scope="module", autouse=True)
def city(engine: Engine) -> None:
    from service.accounts.actor import terminal_actor  # noqa: PLC0415

    with transaction(engine) as session:
        load(session, CLASSES, FACILITIES, by=terminal_actor("test"))


@pytest.fixture
def clean(engine: Engine, terminal: Actor) -> Iterator[Engine]:
    """Takes back what the test has applied, and gives up what it left waiting."""
    yield engine
    while tasks.work_once(engine):
        pass
    with transaction(engine) as session:
        applied = session.execute(
            text("select id from import_job where state = 'applied' and file_name = 'jobs.csv'")
        ).scalars()
        for job_id in list(applied):
            service.undo_job(session, job_id, by=terminal)
        session.execute(text("update import_job set mapping_id = null"))
        session.execute(text("delete from import_mapping"))


def _ledger(rows: int, *, name: str = "汚水ポンプ") -> bytes:
    lines = (f"JOB-{n:05},TJ,PU-OS-01,{name}{n},J-{n:05}" for n in range(rows))
    return ("設備番号,施設コード,分類コード,名称,機器番号\n" + "\n".join(lines)).encode()


def _sent(engine: Engine, content: bytes, by: Actor, **more: object) -> ImportJob:
    arrival = Arrival(BytesIO(content), len(content), sha256_of(content))
    decisions = Decisions.model_validate(more)
    with transaction(engine) as session:
        return service.receive_file(session, Upload("jobs.csv", arrival, decisions), by=by)


def _state(engine: Engine, job: ImportJob) -> str:
    with transaction(engine) as session:
        return service.job_of(session, job.id).state


def _planned(engine: Engine, content: bytes, by: Actor, **more: object) -> ImportJob:
    job = _sent(engine, content, by, **more)
    while tasks.work_once(engine):
        pass
    with transaction(engine) as session:
        return service.job_of(session, job.id)


def _asked_to_apply(engine: Engine, job: ImportJob, by: Actor) -> None:
    with transaction(engine) as session:
        assert service.request_apply(session, job.id, by=by).state == JobState.APPLYING


def _positions(engine: Engine) -> int:
    with transaction(engine) as session:
        return int(session.execute(_COUNT).scalar_one())


def _until(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_large_file_is_planned_applied_and_taken_back_by_the_worker(clean, terminal):
    job = _sent(clean, _ledger(LONG), terminal)
    assert (job.state, _state(clean, job)) == ("arrived", "arrived")
    assert tasks.work_once(clean)
    assert _state(clean, job) == JobState.PLANNED
    _asked_to_apply(clean, job, terminal)
    assert _positions(clean) == 0
    assert tasks.work_once(clean)
    assert (_state(clean, job), _positions(clean)) == (JobState.APPLIED, LONG)
    with transaction(clean) as session:
        assert service.request_undo(session, job.id, by=terminal).state == JobState.UNDOING
    assert tasks.work_once(clean)
    assert (_state(clean, job), _positions(clean)) == (JobState.UNDONE, 0)
    assert not tasks.work_once(clean)
    with transaction(clean) as session:
        assert job_queries.progress_of(session, [job.id]) == {}


def test_a_file_that_cannot_be_read_fails_with_its_reason(clean, terminal):
    content = b"%PDF-1.7" + b"x" * service.PLANNED_AT_ONCE_BYTES
    job = _planned(clean, content, terminal)
    assert (job.state, job.problem["code"]) == (JobState.FAILED, "not-a-table")
    with transaction(clean) as session:
        assert service.abandon_job(session, job.id, by=terminal).state == JobState.ABANDONED


# -- kill -9 ---------------------------------------------------------------------------------------


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app.worker"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )


def _killed_during(engine: Engine, job: ImportJob, phase: str) -> None:
    """A worker dies at once, without a word, while it is in the phase."""

    def is_there() -> bool:
        with transaction(engine) as session:
            progress = job_queries.progress_of(session, [job.id]).get(job.id)
            return progress is not None and progress.phase == phase

    worker = _worker()
    try:
        _until(is_there)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)


def _free(engine: Engine, job: ImportJob) -> bool:
    with transaction(engine) as session:
        return job_queries.job_if_free(session, job.id) is not None


def test_a_worker_killed_while_planning_leaves_nothing_and_the_next_one_plans(clean, terminal):
    job = _sent(clean, _ledger(LONG), terminal)
    _killed_during(clean, job, "interpreting")
    _until(lambda: _free(clean, job))
    with transaction(clean) as session:
        rows = session.execute(
            text("select count(*) from import_row where job_id = :id"), {"id": job.id}
        )
        assert rows.scalar_one() == 0
    assert _state(clean, job) == JobState.ARRIVED
    assert tasks.work_once(clean)
    assert _state(clean, job) == JobState.PLANNED


def test_a_worker_killed_while_writing_leaves_nothing_and_the_next_one_writes_all(clean, terminal):
    job = _planned(clean, _ledger(LONG), terminal)
    _asked_to_apply(clean, job, terminal)
    _killed_during(clean, job, "writing")
    _until(lambda: _free(clean, job))
    assert (_state(clean, job), _positions(clean)) == (JobState.APPLYING, 0)
    assert tasks.work_once(clean)
    assert (_state(clean, job), _positions(clean)) == (JobState.APPLIED, LONG)


def test_a_job_that_kills_every_worker_is_given_up(clean, terminal):
    job = _sent(clean, _ledger(LONG), terminal)
    for _ in range(tasks.MAX_ATTEMPTS):
        with transaction(clean) as session:
            job_queries.begin(session, job.id, "arrived")
    assert tasks.work_once(clean)
    with transaction(clean) as session:
        told = service.job_of(session, job.id)
        assert (told.state, told.problem["code"]) == ("failed", "import-kept-breaking-off")


def test_two_workers_take_one_import_at_a_time(clean, terminal):
    first, second = (_sent(clean, _ledger(LONG), terminal) for _ in range(2))
    with transaction(clean) as session:
        assert job_queries.claim(session).id == first.id
        assert not tasks.work_once(clean)
    assert tasks.work_once(clean)
    assert (_state(clean, first), _state(clean, second)) == ("planned", "arrived")


# -- stopping --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [JobState.ARRIVED, JobState.APPLYING, JobState.UNDOING])
def test_a_step_that_nobody_has_begun_is_stopped_at_once(clean, terminal, state):
    job = _sent(clean, _ledger(LONG), terminal)
    if state is not JobState.ARRIVED:
        tasks.work_once(clean)
        _asked_to_apply(clean, job, terminal)
    if state is JobState.UNDOING:
        tasks.work_once(clean)
        with transaction(clean) as session:
            service.request_undo(session, job.id, by=terminal)
    with transaction(clean) as session:
        service.cancel_job(session, job.id, by=terminal)
    assert _state(clean, job) == service.BEFORE[state]
    assert not tasks.work_once(clean)


def test_a_running_step_notices_that_it_is_to_stop(clean, terminal):
    job = _planned(clean, _ledger(LONG), terminal)
    _asked_to_apply(clean, job, terminal)
    with transaction(clean) as holding:
        assert job_queries.claim(holding).id == job.id
        with transaction(clean) as session:
            service.cancel_job(session, job.id, by=terminal)
            job_queries.begin(session, job.id, "applying")
        with pytest.raises(ImportCancelled):
            ToldProgress(clean, job.id)("writing", 0, 1)
    assert tasks.work_once(clean)
    assert (_state(clean, job), _positions(clean)) == (JobState.PLANNED, 0)
    with transaction(clean) as session:
        assert service.job_of(session, job.id).problem is None
        assert job_queries.progress_of(session, [job.id]) == {}


def test_only_what_the_worker_has_can_be_stopped(clean, terminal):
    job = _planned(clean, _ledger(LONG), terminal)
    with transaction(clean) as session, pytest.raises(NothingToCancel):
        service.cancel_job(session, job.id, by=terminal)


def test_what_the_worker_has_waits_for_it(clean, terminal):
    job = _sent(clean, _ledger(LONG), terminal)
    for use in (
        lambda session: service.apply_job(session, job.id, by=terminal),
        lambda session: service.undo_job(session, job.id, by=terminal),
        lambda session: service.abandon_job(session, job.id, by=terminal),
        lambda session: service.decide(session, job.id, Decisions(), by=terminal),
    ):
        with transaction(clean) as session, pytest.raises(JobAtWork):
            use(session)


# -- stale plans -----------------------------------------------------------------------------------


def test_a_plan_that_became_stale_while_it_waited_says_so(clean, terminal):
    first = _planned(clean, _ledger(LONG), terminal)
    second = _planned(clean, _ledger(LONG), terminal)
    _asked_to_apply(clean, first, terminal)
    _asked_to_apply(clean, second, terminal)
    assert tasks.work_once(clean)
    assert tasks.work_once(clean)
    with transaction(clean) as session:
        told = service.job_of(session, second.id)
        assert (told.state, told.problem["code"]) == ("planned", "plan-is-stale")
        assert told.problem["params"]["rows"].startswith("2, 3, 4")
    assert _positions(clean) == LONG


# -- decisions -------------------------------------------------------------------------------------

LEDGER = EQUIPMENT_HEADER + PUMP_1.replace("TJ-P-001", "JOB-1").replace("S58.3,", "58.3,")


def test_an_answer_plans_the_kept_file_again(session, terminal):
    job = plan(session, LEDGER, by=terminal)
    (question,) = job.questions
    before = job.plan_hash
    with pytest.raises(PlanHasBadRows):
        service.apply_job(session, job.id, by=terminal)
    decisions = service.revised(job, {}, [(question["path"], "昭和")])
    service.decide(session, job.id, decisions, by=terminal)
    assert (job.questions, job.counts["create"], job.plan_hash == before) == ([], 1, False)
    assert job.options == {"eras": {question["field"]: "昭和"}}
    assert service.apply_job(session, job.id, by=terminal).rows["create"] == 1


def test_decisions_are_made_on_the_plan_that_was_looked_at(session, terminal):
    job = plan(session, LEDGER, by=terminal)
    with pytest.raises(Stale):
        service.decide(session, job.id, Decisions(), version=job.version + 7, by=terminal)


def test_what_was_applied_is_decided_no_more(session, terminal):
    job = plan(session, EQUIPMENT_HEADER + PUMP_1, by=terminal)
    service.apply_job(session, job.id, by=terminal)
    with pytest.raises(NotToBeDecided):
        service.decide(session, job.id, Decisions(), by=terminal)


def test_a_table_that_nobody_knows_keeps_a_whole_import_back(session, terminal):
    job = plan(session, "色,形\n赤,丸\n青,角\n", by=terminal)
    with pytest.raises(QuestionsOpen):
        service.apply_job(session, job.id, by=terminal)
    mode = ApplyMode.GOOD_ROWS_ONLY
    assert service.apply_job(session, job.id, mode=mode, by=terminal).changed_records == 0


def test_next_years_ledger_is_read_as_the_last_one_was(session, terminal):
    job = plan(session, LEDGER, by=terminal, eras={"installed": "昭和"})
    service.apply_job(session, job.id, by=terminal)
    later = LEDGER.replace("JOB-1", "JOB-2").replace("K-0001", "K-2").replace("L02", "L03")
    following = plan(session, later, by=terminal)
    assert following.questions == []
    assert following.notes["mapping_reused"]["id"] == str(job.mapping_id)
    assert following.options["eras"] == {"installed": "昭和"}

    told_otherwise = plan(session, later, by=terminal, eras={"installed": "平成"})
    assert told_otherwise.options["eras"] == {"installed": "平成"}
    other_columns = plan(session, later.replace("備考", "摘要"), by=terminal)
    assert "mapping_reused" not in other_columns.notes


def test_what_was_taken_away_from_a_saved_reading_stays_away(session, terminal):
    service.apply_job(
        session, plan(session, LEDGER, by=terminal, eras={"installed": "昭和"}).id, by=terminal
    )
    again = plan(session, LEDGER.replace("K-0001", "K-9"), by=terminal)
    service.decide(session, again.id, Decisions(), by=terminal)
    assert [question["code"] for question in again.questions] == ["ambiguous-era"]


def test_an_error_workbook_that_comes_back_is_read_as_before(session, terminal):
    first = plan(session, LEDGER, by=terminal, eras={"installed": "昭和"})
    again = service.plan_file(
        session, LEDGER.encode(), "errors.csv", continues_id=first.id, by=terminal
    )
    assert (again.continues_id, again.questions) == (first.id, [])


# -- what was imported before ----------------------------------------------------------------------


def test_the_same_cells_in_another_file_say_when_and_by_whom(session, terminal):
    load(session, EQUIPMENT_HEADER + PUMP_1, by=terminal)
    again = plan(session, (EQUIPMENT_HEADER + PUMP_1).encode("cp932"), by=terminal)
    told = again.notes["already_imported"]
    assert (told["same_file"], told["by"], told["file_name"]) == (False, "test", "ledger.csv")
    assert service.rows_to_write(again) == 0


def test_the_receipt_tells_rules_and_who(session, terminal):
    job = plan(session, EQUIPMENT_HEADER + PUMP_1, by=terminal)
    with pytest.raises(Exception, match="job-not-applied"):
        receipt_of(session, job)
    service.apply_job(session, job.id, by=terminal)
    full = receipt_of(session, job)
    assert (full.applied_by, full.sha256) == ("test", job.sha256)
    assert full.receipt.records["position"] == {"created": 1}
    counts = {(row["level"], row["code"]): row["count"] for row in full.told}
    assert counts["change", "date"] >= 1


def test_the_file_is_kept_and_may_be_missed(session, terminal):
    job = plan(session, LEDGER, by=terminal)
    assert content_of(job) == LEDGER.encode()
    assert keep(LEDGER.encode(), job.sha256, job.size_bytes) == job.file_key
    job.file_key = None
    with pytest.raises(LedgerGone):
        content_of(job)


def test_a_plan_given_up_stays_given_up(session: Session, terminal: Actor):
    job = plan(session, LEDGER, by=terminal)
    service.abandon_job(session, job.id, by=terminal)
    with pytest.raises(JobNotPlanned):
        service.apply_job(session, UUID(str(job.id)), by=terminal)
