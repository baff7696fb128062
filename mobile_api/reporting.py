"""A report from a phone: filed, and recorded where it answers a request of the city."""

from uuid import UUID

from sqlmodel import Session

from mobile_api.codes import with_ids
from mobile_api.report_schemas import FaultReportCreate
from service.accounts.actor import Actor
from service.core.errors import NotFound
from service.faults.service import FiledReport, file_report
from service.tags import life
from service.tags.domain import UnknownTag, read_code
from service.tags.queries import tags
from service.work_requests import queries, service
from service.work_requests.domain import NotNow, RecordKind, RequestState
from service.work_requests.schemas import RecordCreate

FINAL = "final"


def take(
    session: Session,
    told: FaultReportCreate,
    *,
    by: Actor,
    author: str | None = None,
    company_id: UUID | None = None,
) -> tuple[FiledReport, RequestState | None]:
    """The receipt, and where the request stands.

    What was done is reported whatever has become of the request: one that is settled, taken back
    or out of sight by now takes no record, and its state is None. ``author`` and ``company_id``
    say whose report it is when the office hands it in.
    """
    new = with_ids(session, told, by=by)
    if author is not None:
        new.reporter_name, new.company_id = author or None, company_id
    filed = file_report(session, new, by=by)
    if filed.is_new:
        _note_wrong_tag(session, told, new.position_id, by=by)
    if told.work_request_id is None:
        return filed, None
    if not filed.is_new:
        known = queries.record(session, filed.report_id)
        request = queries.request(session, told.work_request_id)
        return filed, RequestState(request.state) if known and request else None
    return filed, _record(session, told, told.work_request_id, by=by, author=author)


def _note_wrong_tag(
    session: Session, told: FaultReportCreate, position_id: UUID | None, *, by: Actor
) -> None:
    """Without signal somebody has said 「この機器ではない」 and gone on with its neighbour."""
    if told.scanned_tag is None or position_id is None:
        return
    try:
        code = read_code(told.scanned_tag)
        seen = tags.tag(session, code)
        if seen is not None and seen.position_id not in {None, position_id}:
            life.dispute(session, code, by=by)
    except UnknownTag:
        return  # not one of ours: a report is never refused for that


def _record(
    session: Session,
    told: FaultReportCreate,
    request_id: UUID,
    *,
    by: Actor,
    author: str | None,
) -> RequestState | None:
    record = RecordCreate(
        kind=RecordKind.DONE if told.kind == FINAL else RecordKind.WORK,
        body=told.body,
        started_at=told.arrived_at,
        ended_at=told.restored_at,
    )
    try:
        with session.begin_nested():
            return service.answer_once(
                session, request_id, record, record_id=told.id, author=author, by=by
            ).state
    except (NotNow, NotFound):
        return None
