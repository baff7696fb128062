"""Lists of cases and of inspections that are due, as files: what their pages show."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from importers.exporting.list_files import Line, ListFormat, Listing, Point, list_answer
from importers.exporting.writing import moment, partial, plain
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.faults import inbox
from service.faults.domain import CASE_STATE_LABELS, URGENCY_LABELS, WAIT_REASON_LABELS
from service.faults.forms import case_filter
from service.faults.symptoms import SYMPTOMS
from service.faults.wording import SEVERITY_LABELS
from service.maintenance import queries as maintenance
from service.maintenance.domain import INSPECTION_KIND_LABELS
from service.maintenance.service import DUE_DAYS
from service.registry.pages import PastDay
from service.registry.past import only_today
from service.registry.queries import facilities
from service.registry.schemas.reads import PartialDateRead

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
_AT_ONCE = 2_000
_EVERY = 1_000_000
_CASE_HEADER = [
    "案件番号",
    "状態",
    "待ち理由",
    "緊急度",
    "影響度",
    "施設コード",
    "施設名",
    "設備番号",
    "設備",
    "現象",
    "件名",
    "発生日時",
    "受信日時",
    "完結日時",
    "担当事業者",
]
_DUE_HEADER = ["予定日", "超過日数", "施設コード", "施設名", "設備番号", "設備", "区分", "前回"]


class _Shown(NamedTuple):
    title: str
    order: inbox.Order
    only_open: bool


_CASES = {
    "cases": _Shown(N_("案件一覧"), inbox.Order.OCCURRED, only_open=False),
    "inbox": _Shown(N_("受信箱"), inbox.Order.REPORTED, only_open=True),
}


@router.get("/lists/cases.{form}")
def cases_file(
    request: Request, session: SessionDep, _by: Reader, form: ListFormat
) -> StreamingResponse:
    return list_answer(_cases(request, session, _CASES["cases"]), form)


@router.get("/lists/inbox.{form}")
def inbox_file(
    request: Request, session: SessionDep, _by: Reader, form: ListFormat
) -> StreamingResponse:
    return list_answer(_cases(request, session, _CASES["inbox"]), form)


@router.get("/lists/inspections-due.{form}")
def due_file(
    session: SessionDep,
    _by: Reader,
    form: ListFormat,
    facility: Annotated[str, Query(max_length=80)] = "",
    days: Annotated[int, Query(ge=0, le=3650)] = DUE_DAYS,
    on: PastDay = None,
) -> StreamingResponse:
    only_today(on)
    points = _points(session)
    rows = maintenance.due(
        session,
        facility=facility or None,
        until=today() + timedelta(days=days),
        today=today(),
        limit=_EVERY,
    )
    lines = (
        Line(
            str(row["inspection_id"]),
            _due_cells(dict(row)),
            {name: value for name, value in row.items() if name != "place"},
            points.get(row["facility_code"]),
        )
        for row in rows
    )
    return list_answer(Listing(N_("点検の予定"), _DUE_HEADER, lines), form)


def _cases(request: Request, session: Session, shown: _Shown) -> Listing:
    """The filter of the page's address."""
    points = _points(session)
    wanted = case_filter(request.query_params, only_open=shown.only_open)
    lines = (
        Line(str(row.id), _case_cells(row), _told(row), points.get(row.facility_code))
        for row in _every_case(session, wanted, shown.order)
    )
    return Listing(shown.title, _CASE_HEADER, lines)


def _every_case(session: Session, wanted: inbox.CaseFilter, order: inbox.Order) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        page = inbox.list_cases(session, wanted, order=order, cursor=cursor, limit=_AT_ONCE)
        yield from page.cases
        cursor = page.cursor
        if cursor is None:
            return


def _case_cells(row: Any) -> list[str]:
    return [
        row.case_no,
        CASE_STATE_LABELS[row.state],
        WAIT_REASON_LABELS[row.wait_reason] if row.wait_reason else "",
        URGENCY_LABELS[row.urgency] if row.urgency else "",
        SEVERITY_LABELS[row.severity] if row.severity else "",
        row.facility_code,
        row.facility_name,
        plain(row.position_code),
        row.position_name or plain(row.unregistered_desc),
        "、".join(SYMPTOMS[code].label if code in SYMPTOMS else code for code in row.symptoms),
        plain(row.summary),
        *(moment(one) for one in (row.occurred_at, row.reported_at, row.closed_at)),
        plain(row.company_name),
    ]


_TOLD = (
    *("id", "case_no", "state", "wait_reason", "urgency", "severity", "facility_id"),
    *("facility_code", "facility_name", "position_id", "position_code", "position_name"),
    *("unregistered_desc", "symptoms", "summary", "occurred_at", "reported_at", "closed_at"),
    "company_name",
)


def _told(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TOLD}


def _due_cells(row: dict[str, Any]) -> list[str]:
    last = PartialDateRead.model_validate(row["last_inspected"])
    return [
        *(plain(row[name]) for name in ("next_due_on", "overdue_days", "facility_code")),
        *(plain(row[name]) for name in ("facility_name", "position_code", "position_name")),
        INSPECTION_KIND_LABELS[row["kind"]],
        partial(last.start, last.end, last.precision),
    ]


def _points(session: Session) -> dict[str, Point | None]:
    """Cases and inspections are where their facility is."""
    return {
        row["facility_code"]: (row["lon"], row["lat"]) if row["lon"] is not None else None
        for row in facilities.everywhere(session)
    }
