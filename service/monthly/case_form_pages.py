"""A case as Excel in the city's own form, and that form: sent, tried, put away."""

import io
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.forms import Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.locales import Locale
from service.core.i18n.request import locale_of
from service.faults.paper_content import Paper, gathered
from service.monthly import case_form, case_layout, queries, service, workbook
from service.monthly.domain import FormKind
from service.monthly.models import MonthlyTemplate
from service.monthly.pages import ArrivingForm, download

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


@router.get("/cases/{case_id}/paper.xlsx")
def as_xlsx(request: Request, session: SessionDep, by: Handler, case_id: UUID) -> Response:
    locale = locale_of(request)
    paper = gathered(session, case_id, by=by)
    book = filled(queries.template_in_use(session, FormKind.CASE), paper, locale)
    return download(workbook.saved(book), f"故障報告書_{paper.case.case_no}.xlsx", workbook.XLSX)


def filled(template: MonthlyTemplate | None, paper: Paper, locale: Locale) -> Any:
    """The city's form, or the product's, with all that the case says."""
    from openpyxl import load_workbook  # noqa: PLC0415  # only this file needs it

    book = (
        case_layout.laid_out(locale)
        if template is None
        else load_workbook(io.BytesIO(template.content))
    )
    workbook.fill(book, case_form.single(paper, locale), case_form.lists(paper, locale))
    return book


def _page(
    request: Request,
    session: Session,
    by: Actor,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    template = queries.template_in_use(session, FormKind.CASE)
    newest = queries.newest_case(session)
    paper = gathered(session, newest, by=by) if newest else None
    locale = locale_of(request)
    return render(
        request,
        "monthly/case_form.html",
        status_code=status_code,
        template=template,
        tried=paper.case if paper else None,
        values=case_form.single(paper, locale) if paper else {},
        counts={name: len(rows) for name, rows in case_form.lists(paper, locale).items()}
        if paper
        else {},
        words=case_form.CASE,
        columns={
            case_form.REPORT_LIST: case_form.REPORTS,
            case_form.RESPONSE_LIST: case_form.RESPONSES,
        },
        typed=typed,
    )


@router.get("/forms/case")
def form_page(request: Request, session: SessionDep, by: Handler) -> Response:
    """The form in use with what its cells would say of the newest case."""
    return _page(request, session, by, Typed())


@router.get("/forms/case/sample.xlsx")
def sample(request: Request, _by: Handler) -> Response:
    book = case_layout.laid_out(locale_of(request))
    return download(workbook.saved(book), "故障報告書_様式見本.xlsx", workbook.XLSX)


@router.post("/forms/case")
def keep_form(request: Request, file: ArrivingForm, session: SessionDep, by: Handler) -> Response:
    def act() -> None:
        service.keep_template(session, *file, by=by, kind=FormKind.CASE)

    failed = attempt(request, session, act, Typed("form"))
    return _page(request, session, by, *failed) if failed else _back()


@router.post("/forms/case/put-away")
def put_away(session: SessionDep, by: Handler) -> Response:
    service.put_away(session, by=by, kind=FormKind.CASE)
    return _back()


def _back() -> Response:
    return RedirectResponse("/forms/case", 303)
