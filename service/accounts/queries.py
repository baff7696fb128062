from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.accounts.models import (
    Company,
    Contract,
    Enrolment,
    Phone,
    SavedView,
    SignIn,
    UserAccount,
)
from service.accounts.permissions import MATRIX, Permission
from service.core.reading import Read, driver_sql

_TAKE_ON = text(
    "select t.*, case t.role when 'auditor'"
    " then set_config('search_path', gesuibo.reading_path(t.role), true) end as reading_path"
    " from gesuibo.take_on(:given) t"
)
_TAKE_ON_SQL = driver_sql(_TAKE_ON)


def take_on(session: Session, given: bytes, *, via: str, request_id: str) -> Actor | None:
    """Finds who holds the token and makes the transaction theirs, in one round trip."""
    row = session.execute(_TAKE_ON, {"given": given}).mappings().first()
    return None if row is None else actor_of(dict(row), via=via, request_id=request_id)


def taking_on(given: bytes) -> Read:
    """The same question, to be the first of a round trip; `actor_of` reads its row."""
    return Read(_TAKE_ON_SQL, {"given": given})


def actor_of(row: Mapping[str, Any], *, via: str, request_id: str) -> Actor:
    return Actor(
        id=row["user_id"],
        name=row["display_name"],
        role=Role(row["role"]),
        company_id=row["company_id"],
        username=row["username"],
        language=row["language"],
        via=via,
        request_id=request_id,
        credential_id=row["credential_id"],
    )


def user_by_name(session: Session, username: str) -> UserAccount | None:
    statement = select(UserAccount).where(UserAccount.username == username).with_for_update()
    return session.exec(statement).first()


def user(session: Session, user_id: UUID) -> UserAccount | None:
    return session.get(UserAccount, user_id)


def users(session: Session) -> list[UserAccount]:
    return list(session.exec(select(UserAccount).order_by(col(UserAccount.username))))


def company_by_code(session: Session, company_code: str) -> Company | None:
    return session.exec(select(Company).where(Company.company_code == company_code)).first()


def companies(session: Session) -> list[Company]:
    return list(session.exec(select(Company).order_by(col(Company.company_code))))


def contracts(session: Session) -> list[Contract]:
    return list(session.exec(select(Contract).order_by(col(Contract.contract_no))))


def sign_in(session: Session, sign_in_id: UUID) -> SignIn | None:
    return session.get(SignIn, sign_in_id)


def phone(session: Session, phone_id: UUID) -> Phone | None:
    return session.get(Phone, phone_id, with_for_update=True)


def phones_with_users(
    session: Session, *, company_id: UUID | None = None, user_id: UUID | None = None
) -> list[tuple[Phone, UserAccount]]:
    """Enrolled phones with whoever uses them now, of one company or person or of all; by name."""
    statement = select(Phone, UserAccount).join(
        UserAccount, col(UserAccount.id) == col(Phone.user_id)
    )
    if company_id is not None:
        statement = statement.where(UserAccount.company_id == company_id)
    if user_id is not None:
        statement = statement.where(Phone.user_id == user_id)
    statement = statement.order_by(col(UserAccount.display_name), col(Phone.created_at))
    return list(session.exec(statement))


def enrolment(session: Session, code_hash: bytes) -> Enrolment | None:
    statement = select(Enrolment).where(Enrolment.code_hash == code_hash).with_for_update()
    return session.exec(statement).first()


def colleagues(session: Session, company_id: UUID) -> list[UserAccount]:
    """The company's people who may work, by name."""
    statement = (
        select(UserAccount)
        .where(UserAccount.company_id == company_id)
        .where(col(UserAccount.disabled_at).is_(None))
        .order_by(col(UserAccount.display_name))
    )
    return list(session.exec(statement))


def end_sign_ins(session: Session, user_id: UUID) -> None:
    for row in session.exec(select(SignIn).where(SignIn.user_id == user_id)):
        session.delete(row)


def user_count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(UserAccount)).one()


def handlers(session: Session) -> list[UserAccount]:
    """Those who may handle and approve cases, by name."""
    roles = [role.value for role in MATRIX[Permission.CASES_HANDLE]]
    statement = (
        select(UserAccount)
        .where(col(UserAccount.role).in_(roles))
        .where(col(UserAccount.disabled_at).is_(None))
        .order_by(col(UserAccount.display_name))
    )
    return list(session.exec(statement))


def views(session: Session, path: str) -> list[SavedView]:
    """One's own and the office's, by name; row-level security leaves out the others'."""
    statement = select(SavedView).where(SavedView.path == path).order_by(col(SavedView.name))
    return list(session.exec(statement))


def view(session: Session, view_id: UUID) -> SavedView | None:
    return session.get(SavedView, view_id)


def due_view(session: Session, month: date) -> SavedView | None:
    """One whose owner has not been told in this month; for jobs, one worker each."""
    statement = (
        select(SavedView)
        .where(col(SavedView.is_monthly), col(SavedView.told_month) < month)
        .order_by(col(SavedView.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.exec(statement).first()


def view_count(session: Session, user_id: UUID) -> int:
    statement = select(func.count()).select_from(SavedView).where(SavedView.user_id == user_id)
    return session.exec(statement).one()
