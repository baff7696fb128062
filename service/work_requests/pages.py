"""The company's desk: what the city asks, what was done, what was reported; the city's view too."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries as attachments
from service.core.clock import JST, today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.request import locale_of
from service.faults import inbox
from service.faults.forms import own_fields
from service.faults.wording import LABELS
from service.work_requests import company_month, queries, service
from service.work_requests.domain import (
    MOVES,
    RECORD_KIND_LABELS,
    REQUEST_STATE_LABELS,
    RecordKind,
    RequestState,
    is_overdue,
)
from service.work_requests.schemas import RecordCreate, RequestCreate

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]
CaseReader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SHOWN = 200
_DECEMBER = 12


def _words(by: Actor) -> dict[str, Any]:
    return {
        "states": REQUEST_STATE_LABELS,
        "kinds": RECORD_KIND_LABELS,
        "labels": LABELS,
        "is_overdue": lambda row: is_overdue(RequestState(row.state), row.due_on, today()),
        "by": by,
    }


@router.get("/work")
def work(
    request: Request,
    session: SessionDep,
    by: Reader,
    state: Annotated[RequestState | None, Query()] = None,
) -> Response:
    return render(
        request,
        "work_requests/list.html",
        requests=queries.listed(session, state=state and state.value, limit=SHOWN),
        asked=state,
        **_words(by),
    )


def _request_page(
    request: Request,
    session: SessionDep,
    by: Actor,
    request_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    row = queries.request(session, request_id)
    if row is None:
        raise NotFound
    records = queries.records(session, request_id)
    return render(
        request,
        "work_requests/request.html",
        status_code=status_code,
        row=row,
        records=records,
        photos=_photos(session, records),
        offered=[kind.value for kind in MOVES[RequestState(row.state)]],
        handles=by.can(Permission.CASES_HANDLE),
        typed=typed,
        **_words(by),
    )


def _photos(session: SessionDep, records: list[Any]) -> dict[UUID, list[dict[str, Any]]]:
    """A record told from a phone is a report, too, under the same id: its photos."""
    photos = attachments.of_owner(session, "report_id", [one.id for one in records])
    masked = attachments.masked_among(session, [photo.id for photo in photos])
    found: dict[UUID, list[dict[str, Any]]] = {}
    for photo in photos:
        row = photo.model_dump() | {"is_masked": photo.id in masked}
        found.setdefault(photo.report_id or photo.id, []).append(row)
    return found


@router.get("/work/month")
def month(
    request: Request,
    session: SessionDep,
    by: Reader,
    month: Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None,
    company_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    begins, ends = _bounds(month)
    cases, reports, work = queries.month_of_company(session, begins, ends, company_id=company_id)
    return render(
        request,
        "work_requests/month.html",
        month=begins.strftime("%Y-%m"),
        cases=cases,
        reports=reports,
        work=work,
        companies=accounts.companies(session),
        company_id=company_id,
        **_words(by),
    )


@router.get("/work/month.xlsx")
def month_file(
    request: Request,
    session: SessionDep,
    _by: Reader,
    month: Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None,
    company_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    begins, ends = _bounds(month)
    found = queries.month_of_company(session, begins, ends, company_id=company_id)
    name = quote(f"月次一覧_{begins:%Y-%m}.xlsx")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    data = company_month.xlsx(found, locale_of(request))
    return Response(data, media_type=company_month.XLSX, headers=headers)


def _bounds(text: str | None) -> tuple[datetime, datetime]:
    """Midnights in Japan that bound the month; this month when none is given."""
    year, number = (int(part) for part in (text or today().strftime("%Y-%m")).split("-"))
    begins = datetime(max(year, 1900), number, 1, tzinfo=JST)
    ends = datetime(begins.year + number // _DECEMBER, number % _DECEMBER + 1, 1, tzinfo=JST)
    return begins, ends


@router.get("/work/{request_id}")
def request_page(request: Request, session: SessionDep, by: Reader, request_id: UUID) -> Response:
    return _request_page(request, session, by, request_id, Typed())


@router.post("/work/{request_id}/records/{kind}")
def answer(
    request: Request,
    session: SessionDep,
    by: Reader,
    form: Submitted,
    request_id: UUID,
    kind: RecordKind,
) -> Response:
    values = own_fields(form.multi_items(), kind.value)

    def act() -> None:
        new = read_form(RecordCreate, values | {"kind": kind}, moments=("started_at", "ended_at"))
        service.answer(session, request_id, new, by=by)

    failed = attempt(request, session, act, Typed(kind.value, values))
    if failed:
        return _request_page(request, session, by, request_id, *failed)
    return RedirectResponse(f"/work/{request_id}", 303)


def _case_requests(
    request: Request,
    session: SessionDep,
    by: Actor,
    case_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    return render(
        request,
        "work_requests/of_case.html",
        fragment="requests",
        status_code=status_code,
        case=case,
        requests=queries.of_case(session, case_id),
        can_ask=by.can(Permission.CASES_HANDLE)
        and case.state not in {"closed", "dismissed", "merged"},
        typed=typed,
        **_words(by),
    )


@router.get("/cases/{case_id}/requests")
def requests_of_case(
    request: Request, session: SessionDep, by: CaseReader, case_id: UUID
) -> Response:
    """A page of its own; the bare list when the case's page asks for it."""
    return _case_requests(request, session, by, case_id, Typed())


@router.post("/cases/{case_id}/requests")
def ask(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}

    def act() -> None:
        service.ask(session, case_id, read_form(RequestCreate, values), by=by)

    failed = attempt(request, session, act, Typed("ask", values))
    if failed:
        return _case_requests(request, session, by, case_id, *failed)
    return RedirectResponse(f"/cases/{case_id}/requests", 303)
