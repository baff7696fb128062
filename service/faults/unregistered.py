"""台帳未登録: a case finds its place in the ledger, or is said to have none; it never waits."""

from uuid import UUID

from sqlalchemy import Row, RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.errors import FieldError, Invalid
from service.core.i18n.marker import N_
from service.faults import unregistered_queries as queries
from service.faults.domain import ReasonMissing
from service.faults.handling import change_case, take
from service.faults.models import FaultCase
from service.faults.schemas import CaseChange
from service.registry import service as registry
from service.registry.queries import positions
from service.registry.schemas.changes import PositionCreate

CANDIDATES = 6


class UnknownPosition(Invalid):
    code = "unknown-position"
    message = N_("この設置箇所コードは台帳にありません。")


def place(
    session: Session,
    case_id: UUID,
    position_code: str,
    *,
    by: Actor,
    reason: str | None = None,
    expected: int | None = None,
) -> FaultCase:
    """The case is of this position; the figures follow. One that had another needs a reason.

    Raises:
        UnknownPosition: for a code that the ledger does not hold.
    """
    case = take(session, case_id, by=by, expected=expected)
    position = positions.by_code(session, position_code.strip())
    if position is None:
        raise UnknownPosition(errors=[FieldError("/to_position", UnknownPosition.message)])
    if case.position_id is not None and not reason:
        raise ReasonMissing(errors=[FieldError("/reason", ReasonMissing.message)])
    why = reason or N_("台帳に登録")
    change = CaseChange(position_id=position.id, reason=why)
    changed = change_case(session, case_id, change, by=by)
    queries.clear_outside(session, case_id)
    return changed


def register(
    session: Session, case_id: UUID, new: PositionCreate, *, by: Actor, expected: int | None = None
) -> FaultCase:
    """A new position for what was described, and the case on it."""
    take(session, case_id, by=by, expected=expected)
    position = registry.register_position(session, new, by=by)
    return place(session, case_id, position.position_code, by=by, expected=expected)


def leave_out(session: Session, case_id: UUID, *, reason: str, by: Actor) -> None:
    """The thing does not belong into the ledger; the case goes on as it is."""
    by.require(Permission.CASES_HANDLE)
    take(session, case_id, by=by)
    if not reason.strip():
        raise ReasonMissing(errors=[FieldError("/reason", ReasonMissing.message)])
    queries.set_outside(session, case_id, reason.strip())
    after = {"outside_ledger": True}
    record(session, "case.left_out", "fault_case", case_id, by=by, after=after, reason=reason)


def candidates(session: Session, case: Row[tuple[object, ...]]) -> list[RowMapping]:
    """Positions of the facility that may be meant: by all words of the description, then by any."""
    found: dict[UUID, RowMapping] = {}
    words = str(case.unregistered_desc or "").split()
    for typed in (" ".join(words), *words):
        conditions = {"q": typed, "facility": case.facility_code}
        for row in positions.page(session, conditions, after="", limit=CANDIDATES):
            found.setdefault(row["id"], row)
        if len(found) >= CANDIDATES:
            break
    return list(found.values())[:CANDIDATES]
