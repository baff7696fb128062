import re
from datetime import date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.notifications.domain import Delivery
from service.notifications.webhook_domain import DeliveryState, Topic

# Enough of RFC 5321 for the addresses of a city and its contractors; nothing that a header minds.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def _mail_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or ".." in text or text.startswith("."):
        raise PydanticCustomError("mail-address", "not a mail address")
    return text


MailAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_mail_address),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class RhythmChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    quiet_from: time | None = None
    quiet_to: time | None = None
    delivery: Delivery = Delivery.EACH
    digest_at: time = time(8, 30)
    facility_ids: Annotated[list[UUID], Field(max_length=500)] = []

    @model_validator(mode="after")
    def _is_a_stretch(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise PydanticCustomError("half-quiet", "both times are needed")
        return self


class DutyCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    starts_on: date
    ends_on: date
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(max_length=7)] = []
    from_time: time = time(17, 15)
    to_time: time = time(8, 30)
    turn: Annotated[int, Field(ge=1, le=9)] = 1

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if self.starts_on > self.ends_on:
            raise PydanticCustomError("duty-order", "ends_on must not be before starts_on")
        return self


class WebhookCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    topics: Annotated[list[Topic], Field(min_length=1, max_length=len(Topic))]


class WebhookChange(BaseModel):
    """Only what is given changes; ``is_active`` true also forgets earlier failures."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    url: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
        | None
    ) = None
    topics: Annotated[list[Topic], Field(min_length=1, max_length=len(Topic))] | None = None
    is_active: bool | None = None


class WebhookRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    url: str
    topics: list[str]
    version: int
    created_at: datetime
    previous_until: datetime | None = Field(description="Until then the earlier secret signs, too")
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None


class WebhookWithSecret(WebhookRead):
    secret: str = Field(description="Shown here once: whsec_ and the key in base64")


class WebhookList(BaseModel):
    items: list[WebhookRead]


class TryRead(BaseModel):
    at: datetime
    status: int | None = None
    error: str | None = None
    duration_ms: int


class DeliveryRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    message_id: str = Field(description="As in the header webhook-id")
    topic: str
    state: DeliveryState
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    tries: list[TryRead]


class DeliveryList(BaseModel):
    items: list[DeliveryRead]


class TestSent(BaseModel):
    delivery_id: UUID


class AddressChange(BaseModel):
    """None: no mails."""

    model_config = ConfigDict(extra="forbid")

    mail_address: MailAddress | None = None
