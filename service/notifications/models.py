from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, UniqueConstraint, text
from sqlalchemy import Uuid as UuidColumn
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from service.core.tables import Keyed, Versioned, document, documents, instant, one_of, words
from service.notifications.domain import Alarm, Channel, Delivery, Kind, MailState, Reason, Scope
from service.notifications.webhook_domain import DeliveryState


class NotificationProfile(SQLModel, table=True):
    """Where and when a person wants messages; ``token_key`` signs their links in mails."""

    __tablename__ = "notification_profile"
    __table_args__ = (
        one_of("delivery", Delivery),
        CheckConstraint("(quiet_from is null) = (quiet_to is null)", name="quiet"),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id", ondelete="CASCADE")
    mail_address: str | None = None
    mail_confirmed_at: datetime | None = instant(optional=True)
    mail_asked_at: datetime | None = instant(optional=True)
    quiet_from: time | None = None
    quiet_to: time | None = None
    delivery: str = Field(default=Delivery.EACH, sa_column_kwargs={"server_default": "each"})
    digest_at: time = Field(default=time(8, 30), sa_column_kwargs={"server_default": "08:30"})
    facility_ids: list[UUID] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(UuidColumn), nullable=False, server_default=text("'{}'")),
    )
    token_key: bytes


class NotificationChoice(SQLModel, table=True):
    """What a person has chosen otherwise than the role's default."""

    __tablename__ = "notification_choice"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("channel", Channel),
        one_of("scope", Scope),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    scope: str


class Mail(Keyed, table=True):
    """A mail on its way: one message or a day's messages. Its text is made when it is sent."""

    __tablename__ = "mail"
    __table_args__ = (
        one_of("state", MailState),
        UniqueConstraint("message_id"),
        Index("ix_mail_due", "due_at", postgresql_where=text("state in ('waiting', 'sending')")),
        Index(
            "uq_mail_digest",
            "user_id",
            "due_at",
            unique=True,
            postgresql_where=text("is_digest and state = 'waiting'"),
        ),
    )

    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    message_id: str
    is_digest: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    state: str = Field(default=MailState.WAITING, sa_column_kwargs={"server_default": "waiting"})
    due_at: datetime = instant()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    unsure: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    claimed_at: datetime | None = instant(optional=True)
    sent_at: datetime | None = instant(optional=True)
    last_error: str | None = None


class Notification(Keyed, table=True):
    """One event told to one person. ``facts`` fill the sentence in the reader's language."""

    __tablename__ = "notification"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("reason", Reason),
        UniqueConstraint("user_id", "event_id", "kind"),
        Index("ix_notification_user_id_created_at", "user_id", "created_at"),
        Index(
            "ix_notification_unread",
            "user_id",
            postgresql_where=text("read_at is null and in_app"),
        ),
    )

    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    event_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str
    reason: str
    facts: dict[str, Any] = document()
    case_id: UUID | None = Field(
        default=None, foreign_key="fault_case.id", index=True, ondelete="CASCADE"
    )
    in_app: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    read_at: datetime | None = instant(optional=True)
    mail_id: UUID | None = Field(
        default=None, foreign_key="mail.id", index=True, ondelete="SET NULL"
    )


class Duty(Keyed, table=True):
    """当直: who is on call on which days and hours; ``turn`` 1 is told first."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("turn between 1 and 9", name="turn"),
        CheckConstraint("weekdays <@ array[0, 1, 2, 3, 4, 5, 6]", name="weekdays"),
    )

    user_id: UUID = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    starts_on: date
    ends_on: date
    weekdays: list[int] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Integer), nullable=False, server_default=text("'{}'")),
    )
    from_time: time
    to_time: time
    turn: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})


class CaseAlarm(SQLModel, table=True):
    """When the clock looks at a case again; null when it need not."""

    __tablename__ = "case_alarm"
    __table_args__ = (
        one_of("alarm", Alarm),
        Index("ix_case_alarm_due_at", "due_at", postgresql_where=text("due_at is not null")),
    )

    case_id: UUID = Field(primary_key=True, foreign_key="fault_case.id", ondelete="CASCADE")
    alarm: str = Field(primary_key=True)
    step: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    due_at: datetime | None = instant(optional=True)


class Webhook(Versioned, table=True):
    __tablename__ = "webhook"

    name: str
    url: str
    topics: list[str] = words()
    secret: str
    previous_secret: str | None = None
    previous_until: datetime | None = instant(optional=True)
    failing_since: datetime | None = instant(optional=True)
    disabled_at: datetime | None = instant(optional=True)
    disabled_reason: str | None = None


class WebhookDelivery(Keyed, table=True):
    """One event for one webhook, with every attempt to hand it over."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("webhook_id", "message_id"),
        Index(
            "ix_webhook_delivery_due",
            "due_at",
            postgresql_where=text("state in ('waiting', 'sending')"),
        ),
    )

    webhook_id: UUID = Field(foreign_key="webhook.id", ondelete="CASCADE", index=True)
    message_id: str
    topic: str
    payload: dict[str, Any] = document()
    state: str = Field(
        default=DeliveryState.WAITING, sa_column_kwargs={"server_default": "waiting"}
    )
    due_at: datetime = instant()
    claimed_at: datetime | None = instant(optional=True)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    tries: list[dict[str, Any]] = documents()
    done_at: datetime | None = instant(optional=True)
