import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlmodel import Session

from service.accounts import queries
from service.accounts.actor import Actor
from service.accounts.domain import (
    AccountExpired,
    CompanyMissing,
    CompanyUnknown,
    ExpiryMissing,
    Role,
    UsernameTaken,
    check_password,
    check_username,
    token_hash,
)
from service.accounts.models import Company, Phone, SignIn, UserAccount
from service.accounts.permissions import Permission
from service.core import outbox
from service.core.clock import now, today
from service.core.database import SYSTEM, identify
from service.core.errors import NotFound
from service.core.settings import Settings

_HASHER = PasswordHasher()  # argon2id with RFC 9106's low-memory parameters
FAILURES_BEFORE_LOCK = 10
LOCK = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """``token`` is shown once, to the browser or phone; only its hash is kept."""

    token: str
    user: UserAccount


def tell(session: Session, action: str, user: UserAccount, by: Actor | None = None) -> None:
    """The trail lies above the accounts, so it is told through the outbox."""
    outbox.publish(
        session,
        "account.changed",
        {
            "action": action,
            "username": user.username,
            "user_id": user.id,
            "role": user.role,
            "expires_on": user.expires_on,
            "by_id": by.id if by else user.id,
            "by_name": by.name if by else user.display_name,
            "by_company_id": by.company_id if by else user.company_id,
            "via": by.via if by else "web",
            "request_id": by.request_id if by else "",
        },
    )


@lru_cache
def _nobody() -> str:
    """A hash that no password fits; made when it is first needed, for it takes a while."""
    return _HASHER.hash(secrets.token_hex())


def _verified(user: UserAccount | None, password: str) -> bool:
    """Takes as long for an unknown name as for a wrong password."""
    known = user.password_hash if user and user.password_hash else _nobody()
    try:
        _HASHER.verify(known, password)
    except VerificationError:
        return False
    return user is not None and user.password_hash is not None


def authenticate(session: Session, username: str, password: str) -> UserAccount | None:
    """The user, or None for a wrong name or password and for a locked or disabled account.

    A failure is counted in this transaction, so the caller must let it commit: answer 401, do
    not raise.

    Raises:
        AccountExpired: the password is right, but the account's last day is over.
    """
    identify(session, SYSTEM)
    user = queries.user_by_name(session, username.strip().lower())
    right = _verified(user, password)
    if user is None or user.disabled_at is not None:
        return None
    if user.locked_until is not None and user.locked_until > now():
        return None
    if not right:
        user.failed_sign_ins += 1
        if user.failed_sign_ins >= FAILURES_BEFORE_LOCK:
            user.locked_until = now() + LOCK
            user.failed_sign_ins = 0
        tell(session, "login_fail", user)
        return None
    if user.expires_on is not None and user.expires_on < today():
        raise AccountExpired(expires_on=user.expires_on.isoformat())
    user.failed_sign_ins = 0
    user.locked_until = None
    if user.password_hash and _HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = _HASHER.hash(password)
    return user


def sign_in(
    session: Session, username: str, password: str, *, settings: Settings, user_agent: str = ""
) -> SignedIn | None:
    user = authenticate(session, username, password)
    if user is None:
        return None
    token = secrets.token_urlsafe(32)
    moment = now()
    session.add(
        SignIn(
            token_hash=token_hash(token),
            user_id=user.id,
            expires_at=moment + timedelta(hours=settings.session_hours),
            last_seen_at=moment,
            user_agent=user_agent[:200],
        )
    )
    return SignedIn(token, user)


def enrol_phone(
    session: Session, username: str, password: str, *, name: str, settings: Settings
) -> SignedIn | None:
    """A long-lived token for one phone; it can be revoked without changing the password."""
    user = authenticate(session, username, password)
    if user is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        Phone(
            token_hash=token_hash(token),
            user_id=user.id,
            name=name[:100],
            expires_at=now() + timedelta(days=settings.phone_days),
        )
    )
    return SignedIn(token, user)


def sign_out(session: Session, *, by: Actor) -> None:
    if by.credential_id is None:
        return
    row = queries.sign_in(session, by.credential_id)
    if row is not None:
        session.delete(row)


def company_for(session: Session, company_code: str | None) -> Company | None:
    if not company_code:
        return None
    company = queries.company_by_code(session, company_code)
    if company is None:
        raise CompanyUnknown(company_code=company_code)
    return company


def create_user(  # noqa: PLR0913  # one account, field by field
    session: Session,
    *,
    username: str,
    display_name: str,
    role: Role,
    password: str | None,
    company: Company | None = None,
    language: str = "ja",
    expires_on: date | None = None,
    by: Actor,
) -> UserAccount:
    """With ``expires_on`` the account works until the end of that day; an auditor's always does.

    Raises:
        CompanyMissing: a contractor without a company, or anybody else with one.
        ExpiryMissing: an auditor without a last day.
        UsernameTaken: somebody else has the name.
    """
    by.require(Permission.USERS_MANAGE)
    if (role is Role.CONTRACTOR) != (company is not None):
        raise CompanyMissing
    if role is Role.AUDITOR and expires_on is None:
        raise ExpiryMissing
    if queries.user_by_name(session, check_username(username)) is not None:
        raise UsernameTaken(username=username)
    user = UserAccount(
        username=username,
        display_name=display_name.strip() or username,
        role=role.value,
        company_id=company.id if company else None,
        password_hash=_HASHER.hash(check_password(password)) if password else None,
        language=language,
        expires_on=expires_on,
        created_by=by.id,
    )
    session.add(user)
    session.flush()
    tell(session, "create", user, by)
    return user


def _managed(session: Session, username: str, by: Actor) -> UserAccount:
    by.require(Permission.USERS_MANAGE)
    user = queries.user_by_name(session, username)
    if user is None:
        raise NotFound
    return user


def set_password(session: Session, username: str, password: str, *, by: Actor) -> UserAccount:
    """Ends every sign-in of that user."""
    user = _managed(session, username, by)
    user.password_hash = _HASHER.hash(check_password(password))
    user.failed_sign_ins = 0
    user.locked_until = None
    queries.end_sign_ins(session, user.id)
    tell(session, "set_password", user, by)
    return user


def set_expiry(
    session: Session, username: str, expires_on: date | None, *, by: Actor
) -> UserAccount:
    """The last day on which the account works; None for an account without end.

    Raises:
        ExpiryMissing: an auditor's account always ends.
    """
    user = _managed(session, username, by)
    if expires_on is None and user.role == Role.AUDITOR:
        raise ExpiryMissing
    user.expires_on = expires_on
    tell(session, "set_expiry", user, by)
    return user


def disable_user(session: Session, username: str, *, by: Actor) -> UserAccount:
    user = _managed(session, username, by)
    user.disabled_at = now()
    queries.end_sign_ins(session, user.id)
    tell(session, "disable", user, by)
    return user
