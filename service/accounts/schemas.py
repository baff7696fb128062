from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from service.accounts.domain import Role

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    display_name: str
    role: Role
    company_id: UUID | None
    language: str
    disabled_at: datetime | None
    expires_on: date | None
    version: int


class UserCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Text
    display_name: Text
    role: Role
    company_code: str | None = None
    password: str
    language: str = "ja"
    expires_on: date | None = None


class ExpiryChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    expires_on: date | None


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str


class CompanyRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    company_code: str
    name: str
    roles: list[str]
    night_phone: str | None
    fictitious: bool
    version: int


class ContractRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contract_no: str
    company_id: UUID
    starts_on: date
    ends_on: date
    covers_all_facilities: bool
    response_target_min: int | None
    grace_days: int
    version: int


class Me(BaseModel):
    id: UUID | None
    username: str
    display_name: str
    role: Role | None
    company_id: UUID | None
    permissions: list[str]
