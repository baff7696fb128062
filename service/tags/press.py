"""Makes the files of a print run: drawn, read back, kept; large runs in a lane of the worker.

A run is claimed in a short transaction and drawn in none: drawing 8,000 labels takes longer than
anybody may hold a lock. Its heartbeat tells others that somebody is at it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from service.accounts.actor import Actor
from service.attachments.store import PhotoStore, open_store
from service.core import clock
from service.core.database import transaction
from service.core.errors import DomainError
from service.core.settings import Settings, get_settings
from service.tags import life
from service.tags.domain import RunState, TagEventKind
from service.tags.labels.drawing import Drawn, Offset, draw_labels
from service.tags.labels.extras import draw_list
from service.tags.labels.printed import Imprint, Label
from service.tags.labels.proof import proof
from service.tags.labels.sheets import Sheet, sheet
from service.tags.labels.zpl import zpl
from service.tags.models import LabelRun
from service.tags.queries import runs as queries
from service.tags.symbol import Level

log = logging.getLogger("gesuibo.labels")
MAX_ATTEMPTS = 3
TELL_EVERY_S = 1.0
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Made:
    drawn: Drawn
    files: dict[str, bytes]
    draw_seconds: float
    proof_seconds: float


class Telling:
    """How far a run is, and that somebody is at it, at most once a second."""

    def __init__(self, engine: Engine, run_id: UUID) -> None:
        self._engine = engine
        self._run_id = run_id
        self._told_at = 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        with transaction(self._engine) as session:
            queries.tell(session, self._run_id, done)
        self._told_at = time.monotonic()


def imprint(settings: Settings, *, outdoors: bool) -> Imprint:
    level = Level.H if outdoors else Level.Q
    return Imprint(settings.public_url, settings.city_name, settings.emergency_phone, level)


def file_key(run_id: UUID, kind: str) -> str:
    return f"labels/{run_id}.{kind}"


def make(
    labels: Sequence[Label],
    stock: Sheet,
    common: Imprint,
    *,
    first: int = 1,
    offset: Offset = Offset(),  # noqa: B008  # frozen
    title: str = "QRタグ",
    progress: Progress = lambda _done: None,
) -> Made:
    """Everything that is printed for these labels, once every symbol has been read back.

    Raises:
        SheetRefused: names a label that does not read as it should.
    """
    began = time.monotonic()
    drawn = draw_labels(
        labels, stock, common, first=first, offset=offset, title=title, progress=progress
    )
    drawn_at = time.monotonic()
    proof(drawn, stock, offset=offset, progress=lambda _read: progress(len(labels)))
    proofed_at = time.monotonic()
    files = {"pdf": drawn.pdf, "list.pdf": draw_list(drawn.placed, title)}
    if stock.is_zpl:
        files["zpl"] = zpl(drawn, stock)
    return Made(drawn, files, drawn_at - began, proofed_at - drawn_at)


def make_run(
    labels: Sequence[Label], run: LabelRun, settings: Settings, *, progress: Progress
) -> Made:
    wanted = run.wanted
    return make(
        labels,
        sheet(wanted["sheet"]),
        imprint(settings, outdoors=wanted["outdoors"]),
        first=wanted["first"],
        offset=Offset(wanted["offset_x_mm"], wanted["offset_y_mm"]),
        title=f"QRタグ 第{run.run_no}回印刷",
        progress=progress,
    )


def keep(store: PhotoStore, run_id: UUID, made: Made) -> None:
    for kind, content in made.files.items():
        store.keep(file_key(run_id, kind), content, size_bytes=len(content))


def finish(session: Session, run: LabelRun, made: Made, *, by: Actor) -> None:
    """The run can be printed: its tags count as printed from now on."""
    run.state, run.done, run.pages = RunState.READY.value, run.total, made.drawn.pages
    run.problem = None
    run.result = {
        "pdf_bytes": len(made.drawn.pdf),
        "draw_seconds": round(made.draw_seconds, 2),
        "proof_seconds": round(made.proof_seconds, 2),
        "unknown_characters": "".join(sorted(made.drawn.unknown)),
    }
    session.flush()
    count_as_printed(session, run.tag_ids, by=by, run=run)


def count_as_printed(
    session: Session, ids: list[UUID], *, by: Actor, run: LabelRun | None = None
) -> None:
    """From now on they are on no list of what is to be printed."""
    batch = str(run.run_no) if run else None
    queries.mark_printed(session, ids, batch=batch, today=clock.today())
    life.tell(session, ids, TagEventKind.PRINTED, by=by, run_id=run.id if run else None)


def refuse(run: LabelRun, problem: DomainError) -> None:
    run.state = RunState.REFUSED.value
    run.problem = {"code": problem.code, "message": problem.message, "params": problem.params}


def print_now(session: Session, run: LabelRun, store: PhotoStore, *, by: Actor) -> None:
    """A small run within the request that asked for it."""
    labels = queries.labels(session, run.tag_ids)
    try:
        made = make_run(labels, run, get_settings(), progress=lambda _done: None)
    except DomainError as problem:
        refuse(run, problem)
        session.flush()
    else:
        keep(store, run.id, made)
        finish(session, run, made, by=by)


def work_once(engine: Engine) -> bool:
    """Makes one run; False when none waits."""
    with transaction(engine) as session:
        run = queries.claim(session)
        if run is None:
            return False
        labels = queries.labels(session, run.tag_ids)
    if run.attempts > MAX_ATTEMPTS:
        _settle(engine, run.id, lambda _session, mine: _fail(mine))
        return True

    try:
        made = make_run(labels, run, get_settings(), progress=Telling(engine, run.id))
        keep(open_store(get_settings()), run.id, made)
    except DomainError as problem:
        refusal = problem
        _settle(engine, run.id, lambda _session, mine: refuse(mine, refusal))
    except Exception:
        log.exception("labels_broke_off", extra={"run_id": str(run.id)})
        _settle(engine, run.id, lambda _session, mine: _again(mine))
    else:
        by = Actor(id=run.created_by, name=run.by_name, role=None, via="job")
        _settle(engine, run.id, lambda session, mine: finish(session, mine, made, by=by))
    return True


def _settle(engine: Engine, run_id: UUID, change: Callable[[Session, LabelRun], None]) -> None:
    with transaction(engine) as session:
        run = session.get(LabelRun, run_id, with_for_update=True)
        if run is not None and run.state == RunState.DRAWING:
            change(session, run)


def _again(run: LabelRun) -> None:
    run.state = (RunState.FAILED if run.attempts >= MAX_ATTEMPTS else RunState.WAITING).value


def _fail(run: LabelRun) -> None:
    run.state = RunState.FAILED.value
