"""Rules of 決裁: who may decide a step, and what a decision leads to. No framework, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from service.core.errors import Conflict, Forbidden, Invalid
from service.core.i18n.marker import N_
from service.faults.vocabulary import ApprovalRole, Decision

APPROVAL_ROLE_LABELS = {
    ApprovalRole.OFFICER: N_("担当"),
    ApprovalRole.CHIEF: N_("主査"),
    ApprovalRole.DEPUTY_MANAGER: N_("課長補佐"),
    ApprovalRole.MANAGER: N_("課長"),
    ApprovalRole.DIRECTOR: N_("部長"),
}


class RequestState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


REQUEST_STATE_LABELS = {
    RequestState.PENDING: N_("決裁中"),
    RequestState.APPROVED: N_("決裁済"),
    RequestState.RETURNED: N_("差戻し"),
    RequestState.WITHDRAWN: N_("引戻し"),
}


class NotYourTurn(Forbidden):
    code = "not-your-turn"
    message = N_("いまは「%(role)s」が決裁する番です。")


class CommentMissing(Invalid):
    code = "comment-missing"
    message = N_("差戻し・代決・事後決裁では理由を入力してください。")


class ContentChanged(Conflict):
    code = "content-changed"
    message = N_("回付したあとで内容が変わりました。引き戻して、もう一度回付してください。")


class NobodyApproves(Conflict):
    code = "nobody-approves"
    message = N_("「%(role)s」を担う人が登録されていません。管理者に登録を頼んでください。")


class AlreadySettled(Conflict):
    code = "approval-already-settled"
    message = N_("この決裁はすでに終わっています。")


class ApprovalPending(Conflict):
    code = "approval-pending"
    message = N_("決裁中の案件です。承認・差戻しは決裁の欄から行ってください。")


class ApprovalNeeded(Conflict):
    code = "approval-needed"
    message = N_("この費用の案件は決裁が必要です（%(route)s）。「決裁へ回す」を選んでください。")


class NothingToReview(Conflict):
    code = "nothing-to-review"
    message = N_("後閲や供覧を待っている決裁はありません。")


@dataclass(frozen=True)
class Post:
    """Who holds a role, who stands in, and the days (inclusive) of the holder's absence."""

    role: ApprovalRole
    user_id: UUID
    deputy_id: UUID | None = None
    absent_from: date | None = None
    absent_to: date | None = None

    def is_absent(self, day: date) -> bool:
        return (
            self.absent_from is not None
            and self.absent_to is not None
            and self.absent_from <= day <= self.absent_to
        )


@dataclass(frozen=True)
class Route:
    name: str
    min_cost_yen: int
    steps: tuple[ApprovalRole, ...]
    circulate: tuple[ApprovalRole, ...] = ()


def route_for(routes: Collection[Route], cost_yen: int) -> Route | None:
    """The route of the highest threshold that the cost reaches; None when the city has none."""
    reached = [route for route in routes if route.min_cost_yen <= cost_yen]
    return max(reached, key=lambda route: route.min_cost_yen, default=None)


def first_step(route: Route, posts: Mapping[ApprovalRole, Post], submitter: UUID) -> int:
    """Nobody approves what they have submitted: steps below and at their own role are passed over.

    The last step is never passed over.

    Raises:
        NobodyApproves: when a role that must decide is held by nobody.
    """
    start = 0
    for number, role in enumerate(route.steps[:-1]):
        if role in posts and posts[role].user_id == submitter:
            start = number + 1
    for role in route.steps[start:]:
        if role not in posts:
            raise NobodyApproves(role=APPROVAL_ROLE_LABELS[role])
    return start


def decision_of(
    wanted: Decision, role: ApprovalRole, post: Post | None, user_id: UUID | None, day: date
) -> Decision:
    """Approving by the deputy while the holder is away is 代決; anybody else is refused.

    Raises:
        NotYourTurn: for whoever neither holds the role nor stands in.
    """
    if post is not None and user_id is not None:
        if post.user_id == user_id:
            return wanted
        if post.deputy_id == user_id and post.is_absent(day):
            return Decision.PROXY if wanted is Decision.APPROVED else wanted
    raise NotYourTurn(role=APPROVAL_ROLE_LABELS[role])


NEEDS_COMMENT = frozenset({Decision.RETURNED, Decision.PROXY, Decision.WITHDRAWN})


def ensure_comment(decision: Decision, comment: str | None) -> None:
    if decision in NEEDS_COMMENT and not (comment and comment.strip()):
        raise CommentMissing
