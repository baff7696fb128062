"""Mails over SMTP: claimed, sent, marked; at most twice, and never silently not at all.

SMTP has no transaction: a sender that dies between the server's 250 and our mark leaves open
whether the mail has left. It is then sent once more, with the same Message-ID.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import Engine, RowMapping
from sqlmodel import Session

from service.accounts.domain import Role
from service.core import outbox
from service.core.clock import JST, now
from service.core.database import transaction
from service.core.errors import Unavailable
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.settings import Settings, get_settings
from service.notifications import letters, mail_queries, tokens
from service.notifications.domain import (
    MAX_MAIL_ATTEMPTS,
    MAX_UNSURE,
    Kind,
    MailState,
    mail_backoff,
)
from service.notifications.telling import may_see_cases, message_host

LEASE = timedelta(minutes=10)
OK = 250
Carrier = Callable[[Settings, EmailMessage], None]


class MayHaveLeft(Exception):
    """The line broke after the text had been handed over."""


@dataclass(frozen=True)
class Outcome:
    state: MailState
    error: Exception | None = None
    unsure: int = 0

    @property
    def text(self) -> str | None:
        if self.error is None:
            return None
        return letters.one_line(f"{type(self.error).__name__}: {self.error}")


def send_once(engine: Engine, carry: Carrier | None = None) -> bool:
    """Sends one mail that is due; False when there is none, or no mail server."""
    settings = get_settings()
    if settings.smtp_host is None:
        return False
    with transaction(engine) as session:
        claimed = mail_queries.claim(session, now(), LEASE)
    if claimed is None:
        return False
    message = None
    if claimed["unsure"] < MAX_UNSURE:
        with transaction(engine) as session:
            message = _compose(session, claimed, settings)
    # No transaction is open meanwhile: the row says that the mail is being sent.
    outcome = _hand_over(claimed, message, settings, carry or post)
    with transaction(engine) as session:
        _settle(session, claimed, outcome)
    return True


def _hand_over(
    claimed: RowMapping, message: EmailMessage | None, settings: Settings, carry: Carrier
) -> Outcome:
    if message is None:
        gave_up = claimed["unsure"] >= MAX_UNSURE
        return Outcome(MailState.UNSURE if gave_up else MailState.DROPPED)
    try:
        carry(settings, message)
    except MayHaveLeft as error:
        again = claimed["unsure"] + 1 < MAX_UNSURE
        return Outcome(MailState.WAITING if again else MailState.UNSURE, error, unsure=1)
    except (OSError, smtplib.SMTPException) as error:
        again = claimed["attempts"] < MAX_MAIL_ATTEMPTS
        return Outcome(MailState.WAITING if again else MailState.FAILED, error)
    return Outcome(MailState.SENT)


def _settle(session: Session, claimed: RowMapping, outcome: Outcome) -> None:
    moment = now()
    again = outcome.state is MailState.WAITING
    mail_queries.settle(
        session,
        claimed["id"],
        outcome.state,
        moment,
        error=outcome.text,
        due_at=moment + mail_backoff(claimed["attempts"]) if again else None,
        unsure=outcome.unsure,
    )
    is_lost = outcome.state in {MailState.FAILED, MailState.UNSURE}
    if is_lost and mail_queries.is_first_failure(session, moment - timedelta(days=1)):
        outbox.publish(session, "mail.failed", {"mail_id": claimed["id"]})


def _compose(session: Session, claimed: RowMapping, settings: Settings) -> EmailMessage | None:
    """None when nobody may read it any more."""
    reader = mail_queries.reader(session, claimed["user_id"])
    if reader is None:
        return None
    items = [
        one for one in mail_queries.items(session, claimed["id"]) if _sees(session, reader, one)
    ]
    if not items:
        return None
    locale = Locale.parse(reader["language"]) or Locale.JA
    base = settings.public_url.rstrip("/")
    links = {kind: off_link(reader, kind) for kind in dict.fromkeys(Kind(i["kind"]) for i in items)}
    everything = tokens.EVERYTHING
    off = next(iter(links.values())) if len(links) == 1 else _link(reader, everything)
    text = letters.body(items, locale, base_url=base, off_links=links)
    message = draft(reader["mail_address"], letters.subject(items, locale), text, settings, locale)
    message["Message-ID"] = claimed["message_id"]
    message["List-Unsubscribe"] = f"<{off}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if items[0]["case_id"] and not claimed["is_digest"]:
        message["References"] = f"<case.{items[0]['case_id']}@{message_host()}>"
    return message


def _sees(session: Session, reader: RowMapping, item: RowMapping) -> bool:
    if item["case_id"] is None:
        return True
    role = Role(reader["role"])
    return may_see_cases(session, role, reader["company_id"], reader["id"], [item["case_id"]])


def off_link(reader: RowMapping, kind: Kind) -> str:
    return _link(reader, kind.value)


def _link(reader: RowMapping, purpose: str) -> str:
    token = tokens.issue(bytes(reader["token_key"]), reader["id"], purpose)
    return f"{get_settings().public_url.rstrip('/')}/notifications/off/{token}"


def draft(
    to: str, subject: str, text: str, settings: Settings, locale: Locale = Locale.JA
) -> EmailMessage:
    """Plain text in base64: no server on the way needs to know 8-bit characters."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letters.sender(locale), addr_spec=settings.smtp_from)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now().astimezone(JST))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="base64")
    return message


class MailRefused(Unavailable):
    code = "mail-refused"
    message = N_("メールサーバーに送れませんでした: %(reason)s")


def send_now(message: EmailMessage, settings: Settings) -> None:
    """While somebody waits for the answer; a failure is told to them, not tried again.

    Raises:
        MailRefused: with what the mail server says.
    """
    try:
        post(settings, message)
    except (OSError, smtplib.SMTPException, MayHaveLeft) as error:
        raise MailRefused(reason=letters.one_line(str(error))[:200]) from error


def post(settings: Settings, message: EmailMessage) -> None:
    """Hands the mail to the server.

    Raises:
        MayHaveLeft: when it is not known whether the server has taken it.
        SMTPException, OSError: when it has certainly not.
    """
    smtp = _connect(settings)
    try:
        smtp.ehlo_or_helo_if_needed()
        _expect(smtp.mail(settings.smtp_from))
        _expect(smtp.rcpt(message["To"].addresses[0].addr_spec))
        try:
            answer = smtp.data(message.as_bytes())
        except smtplib.SMTPDataError:
            raise
        except (OSError, smtplib.SMTPException) as error:
            raise MayHaveLeft(str(error)) from error
        _expect(answer)
    finally:
        # The mail has been taken or refused: how the conversation ends says nothing more.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()


def _connect(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host or "", settings.smtp_port
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if settings.smtp_security == "tls":
        smtp = smtplib.SMTP_SSL(
            host, port, message_host(), timeout=settings.smtp_timeout_s, context=context
        )
    else:
        smtp = smtplib.SMTP(host, port, message_host(), timeout=settings.smtp_timeout_s)
    try:
        if settings.smtp_security == "starttls":
            smtp.starttls(context=context)
        if settings.smtp_username and settings.smtp_password:
            smtp.login(settings.smtp_username, settings.smtp_password.get_secret_value())
    except BaseException:
        smtp.close()
        raise
    return smtp


def _expect(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code // 10 != OK // 10:
        raise smtplib.SMTPResponseException(code, text)
