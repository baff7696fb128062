"""The office's pages about printing: what to print, the runs, the printers' misses."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import StoreDep
from service.core.errors import DomainError
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n import locale_of, translate
from service.core.i18n.marker import N_
from service.tags import life, printing
from service.tags.desk import facilities_of, words_of
from service.tags.domain import RUN_STATE_LABELS, RunState
from service.tags.labels.sheets import sheet, sheets
from service.tags.models import LabelRun
from service.tags.queries import life as life_queries
from service.tags.queries import runs as run_queries
from service.tags.schemas import NO_NUL, PrinterChange, RunWanted, Selection

router = APIRouter(include_in_schema=False)
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
Text = Annotated[str, Form(max_length=200, pattern=NO_NUL)]
SELECTION_LABELS = {
    Selection.UNPRINTED: N_("未印刷のもの"),
    Selection.REPRINT: N_("刷り直しを依頼されたもの"),
    Selection.ALL: N_("使用中のすべて"),
    Selection.STOCK: N_("未割当の在庫（未印刷）"),
}


def _wanted(  # one for each field of the form
    sheet_id: Annotated[str, Query(alias="sheet", max_length=40)] = "a4-24-70x33.9",
    selection: Annotated[Selection, Query()] = Selection.UNPRINTED,
    facility: Annotated[str, Query(max_length=40, pattern=NO_NUL)] = "",
    first: Annotated[int, Query(ge=1, le=100)] = 1,
    printer: Annotated[str, Query(max_length=40)] = "",
    outdoors: Annotated[str, Query(max_length=5)] = "",
) -> RunWanted:
    return RunWanted(
        sheet=sheet_id,
        selection=Selection.UNPRINTED if selection is Selection.CODES else selection,
        facility_code=facility or None,
        first=min(first, sheet(sheet_id).labels),
        printer_id=UUID(printer) if printer else None,
        outdoors=bool(outdoors),
    )


Wanted = Annotated[RunWanted, Depends(_wanted)]


@router.get("/tags/print")
def print_form(request: Request, session: SessionDep, _by: Manager, wanted: Wanted) -> Response:
    """What to print on which sheet, with a picture of the first one."""
    return _print_page(request, session, wanted)


def _print_page(
    request: Request, session: Any, wanted: RunWanted, problem: DomainError | None = None
) -> Response:
    stock, locale = sheet(wanted.sheet), locale_of(request)
    count = len(printing.chosen(session, wanted))
    return render(
        request,
        "tags/print.html",
        status_code=status_of(problem) if problem else 200,
        problem=explain(request, problem) if problem else None,
        wanted=wanted,
        sheet=stock,
        sheets=[(one.id, one.name_in(locale)) for one in sheets().values()],
        selections_in_words=[
            (word.value, translate(label, locale)) for word, label in SELECTION_LABELS.items()
        ],
        facilities=facilities_of(session),
        printers=[(str(one.id), one.name) for one in run_queries.printers(session)],
        count=count,
        pages=-(-(count + wanted.first - 1) // stock.labels) if count else 0,
        runs=run_queries.latest(session, limit=5),
        run_labels=words_of(RUN_STATE_LABELS, RunState),
    )


@router.get("/tags/preview.png")
def preview(session: SessionDep, by: Manager, wanted: Wanted) -> Response:
    content = printing.preview(session, wanted, by=by)
    headers = {"cache-control": "private, no-store"}
    return Response(content, media_type="image/png", headers=headers)


@router.post("/tags/runs")
def start_run(
    request: Request,
    session: SessionDep,
    store: StoreDep,
    by: Manager,
    sheet_id: Annotated[str, Form(alias="sheet", max_length=40)],
    selection: Annotated[Selection, Form()],
    facility: Text = "",
    first: Annotated[int, Form(ge=1, le=100)] = 1,
    printer: Text = "",
    outdoors: Text = "",
) -> Response:
    wanted = _wanted(sheet_id, selection, facility, first, printer, outdoors)
    try:
        run = printing.start_run(session, wanted, store, by=by)
    except DomainError as problem:
        return _print_page(request, session, wanted, problem)
    return RedirectResponse(f"/tags/runs/{run.id}", 303)


@router.get("/tags/runs/{run_id}")
def run_page(request: Request, session: SessionDep, _by: Manager, run_id: UUID) -> Response:
    """How far a run is; its files when it is ready."""
    run = printing.run(session, run_id)
    problem = _problem(run)
    return render(
        request,
        "tags/run.html",
        run=run,
        sheet=sheet(run.wanted["sheet"]),
        sheet_name=sheet(run.wanted["sheet"]).name_in(locale_of(request)),
        label=RUN_STATE_LABELS[RunState(run.state)],
        working=run.state in {RunState.WAITING, RunState.DRAWING},
        problem=explain(request, problem) if problem else None,
        companies=life_queries.companies(session),
        is_stock=run.wanted["selection"] == Selection.STOCK,
    )


def _problem(run: LabelRun) -> DomainError | None:
    if run.problem is None:
        return None
    problem = DomainError(**run.problem["params"])
    problem.code, problem.message = run.problem["code"], run.problem["message"]
    return problem


@router.post("/tags/runs/{run_id}/again")
def print_again(
    session: SessionDep,
    by: Manager,
    run_id: UUID,
    start: Annotated[int, Form(ge=1)],
    end: Annotated[int, Form(ge=1)],
) -> Response:
    """Some labels of the run were spoiled: they go on the reprint list."""
    run = printing.run(session, run_id)
    spoiled = run_queries.labels(session, run.tag_ids[start - 1 : end])
    life.want_reprint(session, [label.tag_code for label in spoiled], by=by)
    return RedirectResponse("/tags?view=reprint", 303)


@router.post("/tags/runs/{run_id}/issue")
def issue_run(
    session: SessionDep,
    by: Manager,
    run_id: UUID,
    company_id: Annotated[UUID, Form()],
    person: Text = "",
) -> Response:
    run = printing.run(session, run_id)
    life.issue(session, run.tag_ids, company_id, person, by=by)
    return RedirectResponse("/tags?view=stock", 303)


@router.get("/tags/printers")
def printers(request: Request, session: SessionDep, _by: Manager) -> Response:
    return render(
        request,
        "tags/printers.html",
        printers=run_queries.printers(session),
        sheets=[
            (one.id, one.name_in(locale_of(request))) for one in sheets().values() if one.labels > 1
        ],
    )


@router.post("/tags/printers")
def save_printer(
    session: SessionDep,
    by: Manager,
    name: Annotated[str, Form(min_length=1, max_length=60, pattern=NO_NUL)],
    offset_x_mm: Annotated[float, Form(ge=-10, le=10)] = 0,
    offset_y_mm: Annotated[float, Form(ge=-10, le=10)] = 0,
) -> Response:
    change = PrinterChange(name=name, offset_x_mm=offset_x_mm, offset_y_mm=offset_y_mm)
    printing.save_printer(session, change, by=by)
    return RedirectResponse("/tags/printers", 303)


@router.get("/tags/ruler.pdf")
def ruler(session: SessionDep, by: Manager, wanted: Wanted) -> Response:
    content = printing.ruler(session, wanted.sheet, wanted.printer_id, by=by)
    return Response(content, media_type="application/pdf")
