"""Who gets a message, and why: choices over defaults, facilities, involvement, duty."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from service.accounts.domain import Role
from service.notifications.domain import (
    PERSONAL,
    Channel,
    Kind,
    Reason,
    Rhythm,
    Scope,
    default_scope,
    offered,
)


@dataclass(frozen=True)
class Subscriber:
    """A person with what they have chosen; ``mail_address`` only once it is confirmed."""

    user_id: UUID
    role: Role
    company_id: UUID | None = None
    mail_address: str | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    facility_ids: Collection[UUID] = ()
    choices: Mapping[tuple[Kind, Channel], Scope] = field(default_factory=dict)

    def scope(self, kind: Kind, channel: Channel) -> Scope:
        if kind not in offered(self.role):
            return Scope.OFF
        return self.choices.get((kind, channel), default_scope(self.role, kind, channel))

    def has_chosen(self, kind: Kind) -> bool:
        return any((kind, channel) in self.choices for channel in Channel)


@dataclass(frozen=True)
class News:
    """What an event has to tell. ``due`` are people for whom it is their task, with the reason.

    ``only_due``: nobody else is told. ``relaxed``: somebody on duty has been told, so that the
    others' quiet hours hold.
    """

    kind: Kind
    facts: Mapping[str, Any]
    case_id: UUID | None = None
    facility_id: UUID | None = None
    by_id: UUID | None = None
    due: Mapping[UUID, Reason] = field(default_factory=dict)
    only_due: bool = False
    relaxed: bool = False
    involved: Collection[UUID] = ()
    by_mail: bool = True


@dataclass(frozen=True)
class Addressed:
    subscriber: Subscriber
    reason: Reason
    channels: frozenset[Channel]
    passes: bool


def address(news: News, person: Subscriber) -> Addressed | None:
    """None when the person does not get it: not wanted, not theirs, or their own doing."""
    if person.user_id == news.by_id or news.kind not in offered(person.role):
        return None
    duty = news.due.get(person.user_id)
    if duty is None and (news.only_due or not _near(news, person)):
        return None
    channels = frozenset(
        channel for channel in Channel if _wants(news, person, channel, is_due=duty is not None)
    )
    if not channels:
        return None
    urgent = news.kind is Kind.EMERGENCY and (duty is not None or not news.relaxed)
    return Addressed(person, duty or _reason(news, person), channels, urgent)


def _near(news: News, person: Subscriber) -> bool:
    if news.kind in PERSONAL or not person.facility_ids:
        return True
    return news.facility_id is None or news.facility_id in person.facility_ids


def _wants(news: News, person: Subscriber, channel: Channel, *, is_due: bool) -> bool:
    """A duty goes before a default; what somebody has switched off stays off."""
    if channel is Channel.MAIL and not (news.by_mail and person.mail_address):
        return False
    if is_due:
        return person.choices.get((news.kind, channel), Scope.ALL) is not Scope.OFF
    scope = person.scope(news.kind, channel)
    if scope is Scope.INVOLVED:
        return person.user_id in news.involved
    return scope is Scope.ALL


def _reason(news: News, person: Subscriber) -> Reason:
    if (
        any(person.scope(news.kind, channel) is Scope.INVOLVED for channel in Channel)
        and person.user_id in news.involved
    ):
        return Reason.INVOLVED
    return Reason.CHOSEN if person.has_chosen(news.kind) else Reason.DEFAULT
