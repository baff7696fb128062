"""The use cases of this slice, as other slices and the edges call them."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.faults import approvals, handling
from service.faults.handling import change_case
from service.faults.merging import merge, unmerge
from service.faults.models import FaultCase
from service.faults.reporting import FiledReport, body_digest, file_report
from service.faults.responses import add_response
from service.faults.schemas import Reasoned, Submission
from service.faults.steps import Step

__all__ = [
    "FiledReport",
    "add_response",
    "body_digest",
    "change_case",
    "file_report",
    "merge",
    "take_step",
    "unmerge",
]


def take_step(
    session: Session,
    case_id: UUID,
    step: Step,
    given: Reasoned | None = None,
    *,
    by: Actor,
    expected: int | None = None,
) -> FaultCase:
    """Moves the case on by one step. Where the city has routes, submitting starts a 決裁."""
    if step is Step.SUBMIT and approvals.has_routes(session):
        new = given if isinstance(given, Submission) else Submission()
        approvals.submit(session, case_id, new, by=by, expected=expected)
        return handling.take(session, case_id, by=by)
    if step is Step.CLOSE:
        approvals.ensure_none_needed(session, case_id, by=by)
    return handling.take_step(session, case_id, step, given, by=by, expected=expected)
