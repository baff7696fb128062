"""What lies on a person's desk, and how far a case has come on its way round."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.faults import approval_queries as queries
from service.faults import approvals
from service.faults.approval_domain import Post, RequestState
from service.faults.approval_models import ApprovalRequest
from service.faults.vocabulary import ApprovalRole


@dataclass(frozen=True)
class Round:
    """The newest submission of a case, with its stamps.

    ``is_intact`` is false once the content is no longer what was submitted.
    """

    request: ApprovalRequest
    stamps: list[RowMapping]
    is_intact: bool
    may_decide: bool
    may_withdraw: bool

    @property
    def role(self) -> str:
        return self.request.steps[self.request.step_no]


def round_of(session: Session, case_id: UUID, *, by: Actor) -> Round | None:
    request = queries.latest(session, case_id)
    if request is None:
        return None
    is_pending = request.state == RequestState.PENDING
    day = today()
    post = queries.posts(session, day).get(ApprovalRole(request.steps[request.step_no]))
    return Round(
        request,
        queries.stamps(session, request.id),
        is_intact=approvals.content_hash(session, case_id) == request.content_hash,
        may_decide=is_pending and _decides(post, by, day),
        may_withdraw=is_pending and request.submitted_by == by.id,
    )


@dataclass(frozen=True)
class Desk:
    """What lies on a person's desk: to decide, to look at afterwards, and what they sent off."""

    to_decide: list[RowMapping]
    to_review: list[RowMapping]
    to_read: list[RowMapping]
    sent: list[RowMapping]

    @property
    def count(self) -> int:
        return len(self.to_decide) + len(self.to_review) + len(self.to_read)


def desk_of(session: Session, *, by: Actor) -> Desk:
    by.require(Permission.CASES_HANDLE)
    day = today()
    posts = queries.posts(session, day)
    deciding = {role.value for role, post in posts.items() if _decides(post, by, day)}
    held = [role.value for role, post in posts.items() if post.user_id == by.id]
    waiting = queries.requests(session, states=[RequestState.PENDING.value])
    return Desk(
        to_decide=[row for row in waiting if row["steps"][row["step_no"]] in deciding],
        to_review=queries.unreviewed_proxies(session, held),
        to_read=queries.circulating(session, held),
        sent=[row for row in waiting if row["submitted_by"] == by.id],
    )


def _decides(post: Post | None, by: Actor, day: date) -> bool:
    if post is None or by.id is None:
        return False
    return post.user_id == by.id or (post.deputy_id == by.id and post.is_absent(day))
