"""年度末台帳 and what changed in a year: what an auditor asks for, on one page a year."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from importers.exporting import closing as closings
from importers.exporting.closing import LEDGERS_OF_A_YEAR, fiscal_year_end
from importers.exporting.files import MEDIA_TYPES, LedgerFormat, written_csv
from importers.exporting.year_changes import VALUE_LABELS, changed_lines, stay_lines
from importers.fields import field_label
from importers.sources.catalogue import SOURCES
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit import service as audit
from service.core.clock import JST, now, today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.dates import fiscal_year
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.history import queries
from service.registry.domain import INSTALLATION_KIND_LABELS, RETIRED_REASON_LABELS
from service.registry.past import on_day

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
Auditor = Annotated[Actor, Depends(requires(Permission.AUDIT_READ))]
Closer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
PastLedger = Literal[
    "facilities", "locations", "classes", "device_models", "equipment", "replaced_devices"
]
_YEARS = 6
_SHOWN = 200
_FIRST_YEAR = 1950


@router.get("/ledgers")
def latest(_by: Reader) -> Response:
    """The year that ended last: the one that is being closed or audited."""
    return RedirectResponse(f"/ledgers/{fiscal_year(today()) - 1}", 303)


@router.get("/ledgers/trail")
def trail(request: Request, session: SessionDep, _by: Auditor) -> Response:
    """監査記録の検証: whether anybody has changed or removed an entry; takes seconds."""
    return render(request, "ledgers/trail.html", found=audit.verify(session), moment=now())


@router.get("/ledgers/past")
def past_ledger(
    _by: Reader, ledger: PastLedger, on: date, form: LedgerFormat = LedgerFormat.CSV
) -> Response:
    """The file of a ledger as it was on any day; the form of the page leads here."""
    return RedirectResponse(f"/api/v1/exports/{ledger}.{form.value}?on={on}", 303)


@router.get("/ledgers/{year}")
def year_page(request: Request, session: SessionDep, by: Reader, year: int) -> Response:
    return _year_page(request, session, by, year, Typed())


def _year_page(
    request: Request,
    session: SessionDep,
    by: Actor,
    year: int,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    first, after = _period(year)
    last = min(fiscal_year_end(year), today())
    with on_day(session, last, by=by):
        unknown = queries.unknown_counts(session)
    stays = list(queries.stays_of(session, first, after))
    values = list(queries.values_of(session, _midnight(first), _midnight(after)))
    this_year = fiscal_year(today())
    return render(
        request,
        "ledgers/year.html",
        status_code=status_code,
        year=year,
        years=range(this_year, this_year - _YEARS, -1),
        is_over=fiscal_year_end(year) < today(),
        closings=[one for one in queries.closings(session) if one.fiscal_year == year],
        ledgers=[(name, SOURCES[name].title) for name in LEDGERS_OF_A_YEAR],
        stays=stays[:_SHOWN],
        stay_count=len(stays),
        values=values[:_SHOWN],
        value_count=len(values),
        unknown=unknown,
        field_label=field_label,
        words=VALUE_LABELS,
        kinds=INSTALLATION_KIND_LABELS,
        reasons=RETIRED_REASON_LABELS,
        roles=APPROVAL_ROLE_LABELS,
        today=today(),
        may_close=by.can(Permission.REGISTRY_WRITE),
        typed=typed,
    )


@router.post("/ledgers/{year}")
def close_year(
    request: Request, session: SessionDep, form: Submitted, by: Closer, year: int
) -> Response:
    _period(year)
    values = {"note": str(form.get("note", ""))[:400]}

    def act() -> None:
        closings.close_year(session, year, note=values["note"].strip() or None, by=by)

    failed = attempt(request, session, act, Typed("close", values))
    if failed:
        return _year_page(request, session, by, year, *failed)
    return RedirectResponse(f"/ledgers/{year}", 303)


@router.get("/ledgers/closings/{closing_id}/{ledger}.csv")
def closed_ledger(session: SessionDep, by: Reader, closing_id: UUID, ledger: str) -> Response:
    content = closings.closed_ledger(session, closing_id, ledger, by=by)
    closed = queries.closing(session, closing_id)
    name = f"{closed.fiscal_year if closed else ''}年度末_{SOURCES[ledger].title}.csv"
    return _csv(content, name)


@router.get("/ledgers/{year}/{what}.csv")
def changes(session: SessionDep, _by: Reader, year: int, what: str) -> Response:
    first, after = _period(year)
    if what == "stays":
        lines = stay_lines(queries.stays_of(session, first, after))
        return _csv(b"".join(written_csv(lines)), f"{year}年度_設置撤去移設.csv")
    if what == "values":
        found = queries.values_of(session, _midnight(first), _midnight(after))
        return _csv(b"".join(written_csv(changed_lines(found))), f"{year}年度_台帳の変更.csv")
    raise NotFound


def _csv(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=MEDIA_TYPES[LedgerFormat.CSV], headers=headers)


def _period(year: int) -> tuple[date, date]:
    if not _FIRST_YEAR <= year <= fiscal_year(today()):
        raise NotFound
    return date(year, 4, 1), date(year + 1, 4, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
