"""The public door, and what staff do with what comes in."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.citizens import queries
from service.citizens.domain import (
    AlreadyClosed,
    PublicState,
    UnknownReceipt,
    new_receipt_no,
    public_state,
    read_receipt_no,
)
from service.citizens.models import CitizenRequest
from service.citizens.schemas import CitizenClosing, CitizenReport
from service.core import outbox
from service.core.clock import now
from service.core.database import SYSTEM, RowIdentity, identify
from service.core.errors import NotFound, TooManyRequests
from service.core.identity import new_id
from service.faults import inbox

NOBODY = RowIdentity("")
CITIZEN = Actor(id=None, name="市民", role=None, via="web")
# More than a storm night brings; beyond it the door is being flooded on purpose.
MOST_AN_HOUR = 300
LATER_S = 900


def file(session: Session, new: CitizenReport) -> str:
    """Takes in what a citizen tells; the answer is the receipt number.

    Raises:
        TooManyRequests: when the door is being flooded.
    """
    # A visitor has no rights at all: neither trail nor outbox could be written.
    identify(session, SYSTEM)
    if queries.filed_lately(session) >= MOST_AN_HOUR:
        raise TooManyRequests(retry_after_s=LATER_S)
    receipt_no, request_id = new_receipt_no(), new_id()
    values = new.model_dump() | {"topic": new.topic.value, "contact": new.contact or None}
    queries.add(session, values | {"id": request_id, "created_at": now(), "receipt_no": receipt_no})
    told = {"receipt_no": receipt_no, "topic": new.topic.value}
    record(session, "citizen.filed", "citizen_request", request_id, by=CITIZEN, after=told)
    outbox.publish(session, "citizen.filed", told | {"request_id": request_id})
    identify(session, NOBODY)
    return receipt_no


def status(session: Session, typed: str) -> tuple[str, PublicState]:
    """Receipt number and status, and nothing else.

    Raises:
        UnknownReceipt: when nobody was given this number.
    """
    row = queries.status(session, read_receipt_no(typed))
    if row is None:
        raise UnknownReceipt
    return row.receipt_no, public_state(row.closed_as, row.case_state)


def link(session: Session, request_id: UUID, case_no: str, *, by: Actor) -> None:
    """The request is about this case: its status follows the case's."""
    request = _open(session, request_id, by=by)
    case_id = inbox.case_id_of(session, case_no)
    if case_id is None:
        raise inbox.UnknownCaseNumber
    before = request.case_id
    request.case_id = case_id
    session.add(request)
    session.flush()
    record(
        session,
        "citizen.linked",
        "citizen_request",
        request.id,
        by=by,
        before={"case_id": before},
        after={"case_id": case_id},
    )


def close(session: Session, request_id: UUID, closing: CitizenClosing, *, by: Actor) -> None:
    request = _open(session, request_id, by=by)
    request.closed_as, request.closed_at = closing.closed_as.value, now()
    session.add(request)
    session.flush()
    record(
        session,
        "citizen.closed",
        "citizen_request",
        request.id,
        by=by,
        after={"closed_as": closing.closed_as.value},
        reason=closing.reason,
    )


def _open(session: Session, request_id: UUID, *, by: Actor) -> CitizenRequest:
    by.require(Permission.CASES_HANDLE)
    request = queries.for_update(session, request_id)
    if request is None:
        raise NotFound
    if request.closed_at is not None:
        raise AlreadyClosed
    return request
