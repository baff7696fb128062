"""The register as it was: for a while, the same queries tell of a past day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

_TURN_BACK = text(
    "select set_config('search_path', gesuibo.past_path(gesuibo.role()), true),"
    " set_config('gesuibo.day', cast(cast(:day as date) as text), true),"
    " set_config('gesuibo.state_at', cast(cast(:state_at as timestamptz) as text), true),"
    " set_config('gesuibo.known_at', cast(cast(:known_at as timestamptz) as text), true)"
)
_RETURN = text(
    "select set_config('search_path', gesuibo.reading_path(gesuibo.role()), true),"
    " set_config('gesuibo.day', '', true),"
    " set_config('gesuibo.state_at', '', true), set_config('gesuibo.known_at', '', true)"
)
_PAST = "gesuibo.past"


def is_past(session: Session) -> bool:
    """Whether the register is being read as it was on a past day."""
    return _PAST in session.info


@contextmanager
def as_of(session: Session, day: date, *, state_at: datetime, known_at: datetime) -> Iterator[None]:
    """Within it, statements that name tables without a schema read `as_of`'s views.

    ``day`` decides which devices stand where, ``state_at`` what records said, ``known_at`` which
    of today's knowledge counts. Nothing may be written.
    """
    session.flush()
    session.execute(_TURN_BACK, {"day": day, "state_at": state_at, "known_at": known_at})
    session.info[_PAST] = True
    try:
        yield
    finally:
        del session.info[_PAST]
        if session.is_active:
            session.execute(_RETURN)
