"""Asking for the register of a past day."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import JST, now, today
from service.core.errors import Invalid
from service.core.i18n.marker import N_
from service.registry.queries.as_of import as_of


class DayInFuture(Invalid):
    code = "day-in-future"
    message = N_("これからの日付（%(day)s）の台帳はありません。")


class PastUnknown(Invalid):
    code = "past-unknown"
    message = N_("この一覧は今日のものだけです。過去の日の点検やQRタグの状態は残していません。")


def only_today(day: date | None) -> None:
    """For what nobody kept.

    Raises:
        PastUnknown: rather than telling of today under another date.
    """
    if past_unknown(day):
        raise PastUnknown


def past_unknown(day: date | None) -> str | None:
    """What a page says of today when it was asked for a day that nobody kept."""
    return PastUnknown.message if day is not None and day != today() else None


@contextmanager
def on_day(session: Session, day: date | None, *, by: Actor) -> Iterator[None]:
    """Everything read within tells of that day, by what is known now; None is the present.

    Contractors see the present only: what they may see follows from their contracts of today.
    """
    with past_of(session, day, by=by) if day is not None else nullcontext():
        yield


@contextmanager
def past_of(
    session: Session, day: date, *, by: Actor, known_at: datetime | None = None
) -> Iterator[None]:
    """As `on_day`; with ``known_at`` also nothing counts that was learned later.

    Raises:
        DayInFuture: nobody knows the register of tomorrow.
    """
    by.require(Permission.EXPORTS_READ)
    if day > today():
        raise DayInFuture(day=day.isoformat())
    end_of_day = datetime.combine(day + timedelta(days=1), time(), JST)
    with as_of(
        session,
        day,
        state_at=known_at or min(end_of_day, now()),
        known_at=known_at or now(),
    ):
        yield
