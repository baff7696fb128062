from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.accounts.domain import CompanyRole, Role
from service.core.tables import Imported, Keyed, Versioned, all_of, instant, one_of, words


class Company(Versioned, Imported, table=True):
    __tablename__ = "company"
    __table_args__ = (all_of("roles", CompanyRole),)

    company_code: str = Field(unique=True)
    name: str
    name_former: str | None = None
    corporate_number: str | None = Field(default=None, max_length=13)
    roles: list[str] = words()
    night_phone: str | None = None
    fictitious: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Contract(Versioned, Imported, table=True):
    """A contract gives its company sight of its facilities from the first to the last day.

    For the days of grace after it the company still sees and finishes its open cases.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("grace_days between 0 and 3660", name="grace"),
    )

    contract_no: str = Field(unique=True)
    company_id: UUID = Field(foreign_key="company.id", index=True)
    starts_on: date
    ends_on: date
    covers_all_facilities: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    response_target_min: int | None = Field(default=None, ge=0)
    grace_days: int = Field(default=0, ge=0, sa_column_kwargs={"server_default": text("0")})


class ContractFacility(SQLModel, table=True):
    __tablename__ = "contract_facility"
    __table_args__ = (
        ForeignKeyConstraint(["contract_id"], ["contract.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["facility_id"], ["facility.id"]),
        Index("ix_contract_facility_facility_id", "facility_id"),
    )

    contract_id: UUID = Field(primary_key=True)
    facility_id: UUID = Field(primary_key=True)


class UserAccount(Versioned, table=True):
    __tablename__ = "user_account"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("(role = 'contractor') = (company_id is not null)", name="company"),
        CheckConstraint("not is_foreman or role = 'contractor'", name="foreman"),
        CheckConstraint("role <> 'auditor' or expires_on is not null", name="auditor_expires"),
    )

    username: str = Field(unique=True)
    display_name: str
    role: str
    company_id: UUID | None = Field(default=None, foreign_key="company.id", index=True)
    password_hash: str | None = None
    language: str = Field(default="ja", sa_column_kwargs={"server_default": text("'ja'")})
    disabled_at: datetime | None = instant(optional=True)
    expires_on: date | None = Field(default=None, description="Last day on which it works")
    failed_sign_ins: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = instant(optional=True)
    is_foreman: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    pin_hash: str | None = None


class SignIn(Keyed, table=True):
    """A browser that is signed in; only the hash of its cookie is kept."""

    __tablename__ = "sign_in"

    token_hash: bytes = Field(unique=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    expires_at: datetime = instant()
    last_seen_at: datetime = instant()
    user_agent: str | None = None


class Phone(Keyed, table=True):
    """An enrolled phone; its long-lived token is kept as a hash and can be revoked."""

    __tablename__ = "phone"
    __table_args__ = (UniqueConstraint("token_hash"),)

    token_hash: bytes
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    name: str
    expires_at: datetime = instant()
    last_seen_at: datetime | None = instant(optional=True)
    revoked_at: datetime | None = instant(optional=True)
    failed_pins: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = instant(optional=True)


class Enrolment(Keyed, table=True):
    """A code that makes one phone somebody's, once and soon; only its hash is kept."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("code_hash"),)

    code_hash: bytes
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    expires_at: datetime = instant()
    used_at: datetime | None = instant(optional=True)


class SavedView(Keyed, table=True):
    """A list or a report with its conditions, under a name. The office sees shared ones."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_told_month", "told_month", postgresql_where=text("is_monthly")),
    )

    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    name: str
    path: str
    query: str
    is_shared: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    is_monthly: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    told_month: date | None = Field(
        default=None, description="First day of the month in which its owner was told last"
    )
