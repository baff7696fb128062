"""The monthly report on the screen, as a file, and the city's own form."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from service.accounts import queries as accounts
from service.accounts.access import admit, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.request import locale_of
from service.faults import inbox
from service.faults.wording import LABELS
from service.monthly import form_file, open_table, queries, service, workbook
from service.monthly.domain import ALL_FIGURES, FIGURES, Month, NotAMonth, by_facility
from service.monthly.queries import Wanted
from service.monthly.wording import fiscal_label, month_label, revision_label

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


async def arriving_form_file(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the sent file. Name it before the session: a slow sender holds none."""
    await run_in_threadpool(admit, request, Permission.CASES_HANDLE)
    if int(request.headers.get("content-length") or 0) > 2 * form_file.MAX_BYTES:
        raise form_file.FormTooLarge
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return "", b""
        return file.filename or "", await file.read(form_file.MAX_BYTES + 1)


ArrivingForm = Annotated[tuple[str, bytes], Depends(arriving_form_file)]


def _wanted(values: Mapping[str, object], otherwise: str = "") -> Wanted:
    month = Month.parse(str(values.get("month") or otherwise))
    return Wanted(month, _id(values.get("facility_id")), _id(values.get("company_id")))


def _id(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError as error:
        raise NotAMonth from error


def _query(wanted: Wanted) -> dict[str, str]:
    given = {"facility_id": wanted.facility_id, "company_id": wanted.company_id}
    return {"month": str(wanted.month)} | {
        name: str(value) for name, value in given.items() if value is not None
    }


@router.get("/monthly")
def monthly(request: Request, session: SessionDep, by: Reader) -> Response:
    wanted = _wanted(request.query_params, str(Month.of(today()).previous))
    content = service.counted(session, wanted, by=by)
    locale = locale_of(request)
    issues = queries.issues(session, wanted)
    asked = request.query_params.get("issued", "")
    just = next((row for row in issues if str(row.id) == asked), None)
    page = render(
        request,
        "monthly/report.html",
        wanted=wanted,
        content=content,
        facilities_of=by_facility(content.cases),
        figures=ALL_FIGURES,
        columns=FIGURES,
        month_label=month_label(wanted.month, locale),
        fiscal_label=fiscal_label(wanted.month, locale),
        months=(str(wanted.month.previous), str(wanted.month.following)),
        is_running=wanted.month == Month.of(today()),
        issues=[(row, revision_label(row.revision, locale)) for row in issues],
        just_issued=just,
        facilities=inbox.facilities(session),
        companies=accounts.companies(session),
        template=queries.template_in_use(session),
        query=_query(wanted),
        labels=LABELS,
        by=by,
    )
    if just is not None:
        # One press gives the file, and the page tells what was made.
        page.headers["refresh"] = f"0; url=/monthly/{just.id}/report.xlsx"
    return page


@router.post("/monthly")
def issue(session: SessionDep, by: Reader, form: Submitted) -> Response:
    wanted = _wanted(form)
    report = service.issue(session, wanted, by=by)
    query = urlencode(_query(wanted) | {"issued": str(report.id)})
    return RedirectResponse(f"/monthly?{query}", 303)


def download(data: bytes, name: str, media_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"content-disposition": disposition, "cache-control": "private, no-store"}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/monthly/{report_id}/report.xlsx")
def as_xlsx(request: Request, session: SessionDep, by: Reader, report_id: UUID) -> Response:
    issued = service.issued(session, report_id, by=by)
    name = f"月次報告_{issued.wanted.month}_{issued.revision}.xlsx"
    return download(workbook.xlsx(issued, locale_of(request)), name, workbook.XLSX)


@router.get("/monthly/{report_id}/cases.csv")
def as_csv(session: SessionDep, by: Reader, report_id: UUID) -> Response:
    issued = service.issued(session, report_id, by=by)
    name = f"月次報告_{issued.wanted.month}_{issued.revision}.csv"
    return download(open_table.as_csv(issued), name, "text/csv; charset=utf-8")


@router.get("/monthly/{report_id}/cp932.csv")
def as_cp932(session: SessionDep, by: Reader, report_id: UUID) -> Response:
    """For older programs; the page before it lists what is written otherwise."""
    issued = service.issued(session, report_id, by=by)
    table = open_table.as_cp932(issued)
    name = f"月次報告_{issued.wanted.month}_{issued.revision}_sjis.csv"
    answer = download(table.data, name, "text/csv; charset=Shift_JIS")
    answer.headers["x-folded-count"] = str(len(table.folded))
    return answer


@router.get("/monthly/{report_id}/cp932")
def cp932_page(request: Request, session: SessionDep, by: Reader, report_id: UUID) -> Response:
    """Every character that CP932 does not hold, and what stands in its place."""
    issued = service.issued(session, report_id, by=by)
    return render(
        request,
        "monthly/cp932.html",
        issued=issued,
        report_id=report_id,
        folded=open_table.as_cp932(issued).folded,
        month_label=month_label(issued.wanted.month, locale_of(request)),
        revision=revision_label(issued.revision, locale_of(request)),
    )


def _form_page(
    request: Request, session: SessionDep, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "monthly/form.html",
        status_code=status_code,
        template=queries.template_in_use(session),
        headings=form_file.HEADINGS,
        lists=form_file.LISTS,
        figures=ALL_FIGURES,
        typed=typed,
    )


@router.get("/monthly/form")
def form_page(request: Request, session: SessionDep, _by: Handler) -> Response:
    return _form_page(request, session, Typed())


@router.get("/monthly/form/sample.xlsx")
def sample(request: Request, _by: Handler) -> Response:
    return download(workbook.sample(locale_of(request)), "月次報告_様式見本.xlsx", workbook.XLSX)


@router.post("/monthly/form")
def keep_form(request: Request, file: ArrivingForm, session: SessionDep, by: Handler) -> Response:
    def act() -> None:
        service.keep_template(session, *file, by=by)

    failed = attempt(request, session, act, Typed("form"))
    if failed:
        return _form_page(request, session, *failed)
    return RedirectResponse("/monthly/form", 303)


@router.post("/monthly/form/put-away")
def put_away(session: SessionDep, by: Handler) -> Response:
    service.put_away(session, by=by)
    return RedirectResponse("/monthly/form", 303)
