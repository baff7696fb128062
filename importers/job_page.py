"""The page of one import, wherever it stands: reading, questions, plan, receipt."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from importers import job_queries, queries, service, wizard
from importers.api import row_cursor
from importers.errors import JobNotApplied
from importers.fields import field_label
from importers.kinds import KINDS
from importers.messages import (
    OUTCOME_LABELS,
    STATE_LABELS,
    note_sentence,
    question_sentence,
)
from importers.models import ImportJob, JobState, Outcome
from importers.receipt import receipt_of
from importers.schemas import ImportRowRead
from importers.sources.catalogue import SOURCES
from service.core.clock import JST, now
from service.core.http.templating import render
from service.core.i18n import locale_of
from service.core.paging import cut, encode_cursor

SHOWN_ROWS = 50
_TITLES = dict.fromkeys(
    header
    for source in SOURCES.values()
    for column in source.columns
    if column.field in {"position_code", "facility_code", "case_no", "name"}
    for header in column.headers
)


def in_file_order(raw: dict[str, str], job: ImportJob) -> list[tuple[str, str]]:
    """The cells of a row as the file has them; a stored JSON object keeps no order."""
    order = [name for table in job.notes["tables"] for name in table["header"]]
    return [(name, raw[name]) for name in dict.fromkeys(order) if name in raw]


def title_of(row: ImportRowRead) -> str:
    """What the row is about, in its own words: number and name where it has them."""
    words = [row.raw[name] for name in _TITLES if row.raw.get(name)]
    words = words or list(row.raw.values())
    return " ".join(words[:2]).replace("\n", " ")[:60]


def shown_changes(changed: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """A partial date is four columns and one thing: its writing stands for all."""
    hidden = {
        name.removesuffix("_raw") + part
        for name in changed
        if name.endswith("_raw")
        for part in ("_from", "_to", "_precision")
    }
    return [(name, pair) for name, pair in changed.items() if name not in hidden]


IMPORTS = "/imports"


def job_page(
    request: Request,
    session: Session,
    job: ImportJob,
    *,
    outcome: Outcome | None = None,
    cursor: str | None = None,
    status_code: int = 200,
    problem: str | None = None,
    base: str = IMPORTS,
) -> Response:
    """``base``: where its buttons lead; changes of a list have pages of their own."""
    locale = locale_of(request)
    return render(
        request,
        "imports/job.html",
        status_code=status_code,
        job=job,
        problem=problem,
        base=base,
        is_bulk=base != IMPORTS,
        working=job.state in wizard.WORKING,
        can_decide=job.state in {JobState.PLANNED, JobState.FAILED},
        progress=job_queries.progress_of(session, [job.id]).get(job.id),
        phases=wizard.PHASES,
        steps=wizard.STEPS,
        step=wizard.step_of(job),
        point_map=wizard.point_map(job.notes),
        fields_of=wizard.fields_of,
        field_title=wizard.field_title,
        ask=lambda question: question_sentence(question, locale),
        tell_note=lambda note: note_sentence(note, locale),
        receipt=_receipt(session, job),
        today=now().astimezone(JST).date(),
        bad=service.bad_rows(job),
        to_write=service.rows_to_write(job),
        **_plan(request, session, job, outcome, cursor),
        **_labels(),
    )


def _plan(
    request: Request,
    session: Session,
    job: ImportJob,
    outcome: Outcome | None,
    cursor: str | None,
) -> dict[str, Any]:
    found = queries.rows(
        session, job.id, after=row_cursor(cursor), limit=SHOWN_ROWS + 1, outcome=outcome
    )
    shown, is_more = cut(found, SHOWN_ROWS)
    locale = locale_of(request)
    counts = job.counts
    return {
        "rows": [ImportRowRead.of(row, locale) for row in shown],
        "next_cursor": encode_cursor(str(shown[-1]["id"])) if is_more else None,
        "outcome": outcome,
        "outcomes": [(key, label, counts.get(key, 0)) for key, label in OUTCOME_LABELS.items()],
    }


def _labels() -> dict[str, Any]:
    return {
        "outcome_labels": OUTCOME_LABELS,
        "state_labels": STATE_LABELS,
        "source_titles": {source.name: source.title for source in SOURCES.values()},
        "kind_labels": {kind.name: kind.label for kind in KINDS.values()},
        "field_label": field_label,
        "in_file_order": in_file_order,
        "shown_changes": shown_changes,
        "title_of": title_of,
    }


def _receipt(session: Session, job: ImportJob) -> Any:
    try:
        return receipt_of(session, job)
    except JobNotApplied:
        return None
