"""What a report written without signal says by code, because the phone knows no ids there."""

from typing import Any

from sqlmodel import Session

from mobile_api import queries
from mobile_api.report_schemas import FaultReportCreate
from service.accounts.actor import Actor
from service.core.database import SYSTEM, identify
from service.core.errors import NotFound
from service.faults.schemas import ReportCreate

_ELSEWHERE = {"position_code", "scanned_tag", "work_request_id"}


def with_ids(session: Session, told: FaultReportCreate, *, by: Actor) -> ReportCreate:
    """The report as if it had named ids; filing it decides whether the place is the reporter's.

    Raises:
        NotFound: when no position has the code.
    """
    content: dict[str, Any] = told.model_dump(exclude_unset=True, exclude=_ELSEWHERE)
    position_code = told.position_code if told.position_id is None else None
    scanned_tag = told.scanned_tag if told.scanned_tag_id is None else None
    if position_code is None and scanned_tag is None:
        return ReportCreate.model_validate(content)
    # The contract may have ended since: the reporter's own rights may not show the place any more.
    identify(session, SYSTEM)
    position_id, tag_id = queries.ids_of(session, position_code, scanned_tag)
    identify(session, by.identity)
    if position_code is not None and position_id is None:
        raise NotFound
    named = {"position_id": position_id, "scanned_tag_id": tag_id}
    return ReportCreate.model_validate(
        content | {name: value for name, value in named.items() if value is not None}
    )
