"""Who approves what: routes with their thresholds, holders of roles, deputies, absences."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import today
from service.core.errors import NotFound
from service.faults import approval_queries as queries
from service.faults.approval_models import ApprovalPost, ApprovalRoute
from service.faults.vocabulary import ApprovalRole

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class RouteCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    min_cost_yen: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0
    steps: Annotated[list[ApprovalRole], Field(min_length=1, max_length=5)]
    circulate: Annotated[list[ApprovalRole], Field(max_length=5)] = []
    valid_from: date


class PostCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: ApprovalRole
    user_id: UUID
    deputy_id: UUID | None = None
    valid_from: date

    @model_validator(mode="after")
    def _stands_in_for_somebody_else(self) -> Self:
        if self.deputy_id == self.user_id:
            raise PydanticCustomError("own-deputy", "nobody is their own deputy")
        return self


class AbsenceChange(BaseModel):
    """Both days belong to the absence; none of them: the holder is back."""

    model_config = ConfigDict(extra="forbid")

    absent_from: date | None = None
    absent_to: date | None = None

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        given = (self.absent_from, self.absent_to)
        if (None in given) and given != (None, None):
            raise PydanticCustomError("half-absence", "both days are needed")
        if self.absent_from and self.absent_to and self.absent_from > self.absent_to:
            raise PydanticCustomError("absence-order", "absent_to must not be before absent_from")
        return self


def routes(session: Session) -> list[ApprovalRoute]:
    return queries.all_routes(session)


def posts(session: Session) -> list[Mapping[str, Any]]:
    return queries.all_posts(session)


def add_route(session: Session, new: RouteCreate, *, by: Actor) -> ApprovalRoute:
    by.require(Permission.USERS_MANAGE)
    route = ApprovalRoute(**new.model_dump(mode="python"), created_by=by.id)
    route.steps = [role.value for role in new.steps]
    route.circulate = [role.value for role in new.circulate]
    session.add(route)
    session.flush()
    after = new.model_dump(mode="json")
    record(session, "create", "approval_route", route.id, by=by, after=after)
    return route


def add_post(session: Session, new: PostCreate, *, by: Actor) -> ApprovalPost:
    by.require(Permission.USERS_MANAGE)
    post = ApprovalPost(**new.model_dump(), created_by=by.id)
    session.add(post)
    session.flush()
    after = new.model_dump(mode="json")
    record(session, "create", "approval_post", post.id, by=by, after=after)
    return post


def set_absence(session: Session, post_id: UUID, change: AbsenceChange, *, by: Actor) -> None:
    by.require(Permission.USERS_MANAGE)
    post = _post(session, post_id)
    before = {"absent_from": post.absent_from, "absent_to": post.absent_to}
    post.absent_from, post.absent_to = change.absent_from, change.absent_to
    post.updated_by = by.id
    session.flush()
    after = change.model_dump(mode="json")
    record(session, "absence", "approval_post", post.id, by=by, before=before, after=after)


def end_post(session: Session, post_id: UUID, *, by: Actor) -> None:
    """Today is the holder's last day."""
    by.require(Permission.USERS_MANAGE)
    post = _post(session, post_id)
    post.valid_to = max(today(), post.valid_from)
    post.updated_by = by.id
    session.flush()
    record(session, "end", "approval_post", post.id, by=by, after={"valid_to": post.valid_to})


def end_route(session: Session, route_id: UUID, *, by: Actor) -> None:
    """Today is the route's last day; what is on its way keeps it."""
    by.require(Permission.USERS_MANAGE)
    route = queries.route(session, route_id)
    if route is None:
        raise NotFound
    route.valid_to = max(today(), route.valid_from)
    route.updated_by = by.id
    session.flush()
    record(session, "end", "approval_route", route.id, by=by, after={"valid_to": route.valid_to})


def _post(session: Session, post_id: UUID) -> ApprovalPost:
    post = queries.post(session, post_id)
    if post is None:
        raise NotFound
    return post
