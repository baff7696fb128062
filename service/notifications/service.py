"""What a person does with messages: read them, choose them, switch them off from a mail."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts import queries as accounts
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import Forbidden, NotFound, TooManyRequests
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.settings import get_settings
from service.notifications import letters, mail, mail_queries, queries, tokens
from service.notifications.domain import Channel, Kind, MailState, Scope, default_scope, offered
from service.notifications.models import NotificationChoice, NotificationProfile
from service.notifications.schemas import RhythmChange

ASK_AGAIN_S = 60
KEPT_READ = timedelta(days=180)
CONFIRM = "confirm"


class BadLink(NotFound):
    code = "notification-link-invalid"
    message = N_("このリンクは使えません。通知の設定をログインして開いてください。")


class MailUnavailable(Forbidden):
    code = "mail-unavailable"
    message = N_("メールサーバーが設定されていないため、メールは送れません。")


def profile_of(session: Session, by: Actor) -> NotificationProfile:
    """The person's own, made when it is first looked at."""
    by.require(Permission.ACCOUNT_SETTINGS)
    if by.id is None:
        raise Forbidden
    found = queries.profile(session, by.id)
    if found is None:
        found = NotificationProfile(user_id=by.id, token_key=tokens.new_key())
        session.add(found)
        session.flush()
    return found


def choices_of(session: Session, by: Actor) -> dict[Kind, dict[Channel, Scope]]:
    """What holds for the person: chosen, or the default of the role."""
    if by.id is None or by.role is None:
        raise Forbidden
    chosen = {(row.kind, row.channel): Scope(row.scope) for row in queries.choices(session, by.id)}
    role = by.role
    return {
        kind: {
            channel: chosen.get((kind, channel), default_scope(role, kind, channel))
            for channel in Channel
        }
        for kind in offered(role)
    }


def choose(session: Session, wanted: Mapping[tuple[Kind, Channel], Scope], *, by: Actor) -> None:
    """Keeps what differs from the role's defaults, so that later defaults reach the others."""
    if by.id is None or by.role is None:
        raise Forbidden
    for (kind, channel), scope in wanted.items():
        if kind in offered(by.role):
            _choose(session, by.id, by.role, (kind, channel), scope)
    session.flush()


def _choose(
    session: Session, user_id: UUID, role: Role, switch: tuple[Kind, Channel], scope: Scope
) -> None:
    row = session.get(NotificationChoice, (user_id, *switch))
    is_default = scope is default_scope(role, *switch)
    # Off that was said once stays said where it is the default, too: duty goes before defaults.
    if row is not None and is_default and scope is not Scope.OFF:
        session.delete(row)
    elif row is not None:
        row.scope = scope.value
    elif not is_default:
        kind, channel = switch
        session.add(
            NotificationChoice(user_id=user_id, kind=kind, channel=channel, scope=scope.value)
        )


def set_rhythm(session: Session, change: RhythmChange, *, by: Actor) -> None:
    profile = profile_of(session, by)
    for name, value in change:
        setattr(profile, name, value.value if name == "delivery" else value)
    session.flush()


def set_address(session: Session, address: str | None, *, by: Actor) -> None:
    """A new address gets a mail with a link; until that is followed nothing else goes there.

    Raises:
        MailUnavailable: when no mail can be sent.
        TooManyRequests: a mail a minute is enough.
    """
    profile = profile_of(session, by)
    if address is None:
        profile.mail_address = profile.mail_confirmed_at = None
        session.flush()
        return
    if get_settings().smtp_host is None:
        raise MailUnavailable
    moment = now()
    if profile.mail_asked_at and moment - profile.mail_asked_at < timedelta(seconds=ASK_AGAIN_S):
        raise TooManyRequests(retry_after_s=ASK_AGAIN_S)
    profile.mail_asked_at = moment
    profile.mail_address, profile.mail_confirmed_at = address, None
    session.flush()
    _ask_owner(profile, address, by)


def _ask_owner(profile: NotificationProfile, address: str, by: Actor) -> None:
    settings = get_settings()
    token = tokens.issue(profile.token_key, profile.user_id, CONFIRM, address)
    link = f"{settings.public_url.rstrip('/')}/notifications/confirm/{token}"
    locale = Locale.parse(by.language) or Locale.JA
    subject, text = letters.confirmation(locale, name=by.name, link=link)
    mail.send_now(mail.draft(address, subject, text, settings, locale), settings)


def confirm_address(session: Session, text: str) -> None:
    """From the mail, by whoever reads it: nobody needs to be signed in."""
    profile, _token = _from_link(session, text, {CONFIRM})
    profile.mail_confirmed_at = profile.mail_confirmed_at or now()
    session.flush()


def check_link(session: Session, text: str, purposes: Iterable[str]) -> str:
    """What the link of a mail is for.

    Raises:
        BadLink: when it was not made by us for this person, or is spent.
    """
    return _from_link(session, text, set(purposes))[1].purpose


def switch_off(session: Session, text: str) -> str:
    """The mails of the kind that the link names, or all of them; what was switched off."""
    profile, token = _from_link(session, text, OFF_PURPOSES)
    user = accounts.user(session, profile.user_id)
    if user is None:
        raise BadLink
    role = Role(user.role)
    kinds = offered(role) if token.purpose == tokens.EVERYTHING else [Kind(token.purpose)]
    for kind in kinds:
        _switch_off(session, profile.user_id, kind)
    session.flush()
    by = Actor(user.id, user.display_name, role, user.company_id)
    record(session, "mail-off", "user_account", user.id, by=by, after={"kinds": kinds})
    return token.purpose


def _switch_off(session: Session, user_id: UUID, kind: Kind) -> None:
    row = session.get(NotificationChoice, (user_id, kind.value, Channel.MAIL.value))
    if row is None:
        session.add(
            NotificationChoice(
                user_id=user_id, kind=kind.value, channel=Channel.MAIL.value, scope=Scope.OFF.value
            )
        )
    else:
        row.scope = Scope.OFF.value


OFF_PURPOSES = {tokens.EVERYTHING, *(kind.value for kind in Kind)}


def _from_link(
    session: Session, text: str, purposes: set[str]
) -> tuple[NotificationProfile, tokens.Token]:
    """The signature stands for the person, who need not be signed in: the service looks it up."""
    token = tokens.parse(text)
    if token is None or token.purpose not in purposes:
        raise BadLink
    identify(session, SYSTEM)
    profile = queries.profile(session, token.user_id)
    content = (profile.mail_address or "") if profile and token.purpose == CONFIRM else ""
    if profile is None or not tokens.is_genuine(token, profile.token_key, content):
        raise BadLink
    return profile, token


def mark_read(session: Session, ids: list[UUID] | None, *, by: Actor) -> None:
    """None: all of them. What was read half a year ago goes."""
    by.require(Permission.ACCOUNT_SETTINGS)
    if by.id is not None:
        moment = now()
        queries.mark_read(session, by.id, moment, ids)
        queries.forget_read(session, by.id, moment - KEPT_READ)


def follow(session: Session, notification_id: UUID, *, by: Actor) -> str:
    """Marks the message as read; answers where it leads."""
    found = queries.notification(session, notification_id)
    if found is None or found.user_id != by.id:
        raise NotFound
    found.read_at = found.read_at or now()
    session.flush()
    href: Any = found.facts.get("href")
    return str(href or "/notifications")


def send_mail_again(session: Session, mail_id: UUID, *, by: Actor) -> None:
    """By an administrator who has seen why it failed."""
    by.require(Permission.USERS_MANAGE)
    row = mail_queries.mail(session, mail_id)
    if row is None or row.state not in {MailState.FAILED, MailState.UNSURE, MailState.WAITING}:
        raise NotFound
    row.state, row.due_at, row.attempts, row.unsure = MailState.WAITING.value, now(), 0, 0
    session.flush()
    record(session, "resend", "mail", row.id, by=by)
