"""Phones: enrolled by a code that is shown once, handed from worker to worker, revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlmodel import Session

from service.accounts import queries
from service.accounts.actor import Actor
from service.accounts.domain import (
    EnrolmentOver,
    NotOnThisPhone,
    PhoneLocked,
    PinUnset,
    WrongPin,
    check_pin,
    token_hash,
)
from service.accounts.models import Enrolment, Phone, UserAccount
from service.accounts.permissions import Permission
from service.accounts.service import SignedIn, tell
from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import Forbidden, NotFound
from service.core.settings import Settings

CODE_LIFE = timedelta(minutes=15)
PINS_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
_HASHER = PasswordHasher()


@dataclass(frozen=True)
class Invitation:
    """``code`` is shown this once, as a QR code on somebody's screen."""

    code: str
    user: UserAccount
    expires_at: datetime


def _is_foreman(session: Session, by: Actor) -> bool:
    user = queries.user(session, by.id) if by.id else None
    return user is not None and user.is_foreman


def _may_manage(session: Session, user: UserAccount, by: Actor) -> bool:
    """One's own phones; a foreman the company's; an administrator everybody's."""
    if user.id == by.id or by.can(Permission.USERS_MANAGE):
        return True
    same = by.company_id is not None and user.company_id == by.company_id
    return same and _is_foreman(session, by)


def invite(session: Session, username: str, *, by: Actor) -> Invitation:
    """A code for the next phone of this person.

    Raises:
        NotFound: when there is no such person, or it is not the actor's to invite.
    """
    by.require(Permission.ACCOUNT_SETTINGS)
    identify(session, SYSTEM)  # a foreman does not see colleagues' accounts
    user = queries.user_by_name(session, username)
    if user is None or user.disabled_at is not None or not _may_manage(session, user, by):
        raise NotFound
    code, expires_at = secrets.token_urlsafe(16), now() + CODE_LIFE
    session.add(
        Enrolment(
            code_hash=token_hash(code), user_id=user.id, expires_at=expires_at, created_by=by.id
        )
    )
    tell(session, "invite_phone", user, by)
    session.flush()
    identify(session, by.identity)
    return Invitation(code, user, expires_at)


def invited(session: Session, code: str) -> UserAccount:
    """Whose phone the code would enrol. Looking does not use it up."""
    identify(session, SYSTEM)
    return _open(session, code)[1]


def _open(session: Session, code: str) -> tuple[Enrolment, UserAccount]:
    found = queries.enrolment(session, token_hash(code))
    if found is None or found.used_at is not None or found.expires_at <= now():
        raise EnrolmentOver
    user = queries.user(session, found.user_id)
    if user is None or user.disabled_at is not None:
        raise EnrolmentOver
    return found, user


def enrol(session: Session, code: str, *, name: str, settings: Settings) -> SignedIn:
    """Makes the phone that shows the code its person's, until it is revoked."""
    identify(session, SYSTEM)
    found, user = _open(session, code)
    found.used_at = now()
    token = secrets.token_urlsafe(32)
    session.add(
        Phone(
            token_hash=token_hash(token),
            user_id=user.id,
            name=name.strip()[:100],
            expires_at=now() + timedelta(days=settings.phone_days),
            created_by=found.created_by,
        )
    )
    tell(session, "enrol_phone", user)
    return SignedIn(token, user)


def phones(session: Session, *, by: Actor) -> list[tuple[Phone, UserAccount]]:
    """The phones that the actor may revoke, with whoever uses each now."""
    if by.can(Permission.USERS_MANAGE):
        return queries.phones_with_users(session)
    if by.company_id is not None and _is_foreman(session, by):
        identify(session, SYSTEM)
        found = queries.phones_with_users(session, company_id=by.company_id)
        identify(session, by.identity)
        return found
    return queries.phones_with_users(session, user_id=by.id)


def revoke(session: Session, phone_id: UUID, *, by: Actor) -> None:
    """From now on the phone is nobody's; what it has not sent stays on it."""
    by.require(Permission.ACCOUNT_SETTINGS)
    identify(session, SYSTEM)
    phone = queries.phone(session, phone_id)
    user = queries.user(session, phone.user_id) if phone else None
    if phone is None or user is None or not _may_manage(session, user, by):
        raise NotFound
    if phone.revoked_at is None:
        phone.revoked_at = now()
        tell(session, "revoke_phone", user, by)
    session.flush()
    identify(session, by.identity)


def set_foreman(session: Session, username: str, *, is_foreman: bool, by: Actor) -> None:
    by.require(Permission.USERS_MANAGE)
    user = queries.user_by_name(session, username)
    if user is None:
        raise NotFound
    if user.company_id is None:
        raise Forbidden
    user.is_foreman = is_foreman
    tell(session, "set_foreman" if is_foreman else "unset_foreman", user, by)


def set_pin(session: Session, pin: str, *, by: Actor) -> None:
    """The number by which one takes over a phone that is shared with colleagues."""
    by.require(Permission.ACCOUNT_SETTINGS)
    if by.id is None:
        raise Forbidden
    hashed = _HASHER.hash(check_pin(pin))
    identify(session, SYSTEM)  # contractors only read their own account
    user = queries.user(session, by.id)
    if user is None:
        raise NotFound
    user.pin_hash = hashed
    tell(session, "set_pin", user, by)
    session.flush()
    identify(session, by.identity)


def colleagues(session: Session, *, by: Actor) -> list[UserAccount]:
    """Who of the same company may take over this phone."""
    if by.company_id is None:
        return []
    identify(session, SYSTEM)
    found = queries.colleagues(session, by.company_id)
    identify(session, by.identity)
    return found


def hand_over(session: Session, user_id: UUID, pin: str, *, by: Actor) -> UserAccount | WrongPin:
    """The phone is used by a colleague from now on.

    A wrong PIN is counted in this transaction, so it is answered, not raised.

    Raises:
        NotOnThisPhone: when the request does not come with an enrolled phone's token.
        PhoneLocked: after too many wrong PINs.
        PinUnset: when the colleague has not chosen one.
    """
    by.require(Permission.ACCOUNT_SETTINGS)
    identify(session, SYSTEM)
    phone = queries.phone(session, by.credential_id) if by.credential_id else None
    if phone is None or by.company_id is None:
        raise NotOnThisPhone
    if phone.locked_until is not None and phone.locked_until > now():
        raise PhoneLocked
    user = queries.user(session, user_id)
    if user is None or user.company_id != by.company_id or user.disabled_at is not None:
        raise NotFound
    if user.pin_hash is None:
        raise PinUnset
    try:
        _HASHER.verify(user.pin_hash, pin)
    except VerificationError:
        return _wrong(phone)
    phone.user_id, phone.failed_pins, phone.locked_until = user.id, 0, None
    tell(session, "take_over_phone", user, by)
    return user


def _wrong(phone: Phone) -> WrongPin:
    phone.failed_pins += 1
    if phone.failed_pins >= PINS_BEFORE_LOCK:
        phone.locked_until, phone.failed_pins = now() + LOCK, 0
    return WrongPin()
