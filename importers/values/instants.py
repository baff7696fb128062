"""Moments: dates with a time of day, in Japan unless the cell says otherwise."""

import re
from datetime import UTC, datetime, time, timedelta, timezone
from functools import partial

from importers.values.dates import read_partial_date
from importers.values.reading import Reader, Reading, Unreadable, changed
from importers.values.text import folded
from importers.values.unknown import absence_of
from service.core.clock import JST
from service.core.partial_date import Precision

_TIME = re.compile(
    r"(?:^|[ T]|(?<=日))(午前|午後|[AP]M)?\s*(\d{1,2})(?::|時)(\d{1,2})?(?::(\d{2})(?:\.\d+)?|分)?"
    r"\s*([AP]M)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)")
_DAY_S = 24 * 60 * 60
_JAPAN = timezone(timedelta(hours=9))
_ISO_MINUTE = re.compile(r"\d{4}-\d\d-\d\d (?:[01]\d|2[0-3]):[0-5]\d")
_LAST_HOUR = 29  # 「24:30」 is how night shifts write half past midnight
_MINUTES = 60
_NOON = 12
_TIME_AT_END = re.compile(r"[ T]0{1,2}:00(?::00)?$")


def instant_reader(*, era: str | None = None) -> Reader:
    """Moments of a column whose years without an era are of ``era``."""
    return partial(read_instant, default_era=era)


def read_instant(raw: str, *, default_era: str | None = None) -> Reading:
    """An aware datetime in UTC; a date alone is that day's first moment in Japan.

    Raises:
        Unreadable: as `read_partial_date`, and ``day-needed`` or ``impossible-time``.
    """
    if _ISO_MINUTE.fullmatch(raw):
        return _iso(raw)
    text = folded(raw)
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _of_serial(serial, raw)
    clock = _TIME.search(text)
    day = read_partial_date(text[: clock.start()] if clock else text, default_era=default_era).value
    if day.precision is not Precision.DAY:
        raise Unreadable("day-needed", value=raw)
    midnight = datetime.combine(day.start, time(), _zone(clock))
    moment = (midnight + (_since_midnight(clock, raw) if clock else timedelta())).astimezone(UTC)
    return changed("instant", raw, f"{moment.astimezone(JST):%Y-%m-%d %H:%M}", moment)


def _iso(raw: str) -> Reading:
    """The usual writing of programs, read without detours: histories hold tens of thousands."""
    try:
        moment = datetime.fromisoformat(raw).replace(tzinfo=_JAPAN).astimezone(UTC)
    except ValueError as error:
        raise Unreadable("impossible-date", value=raw) from error
    return Reading(moment)


def _of_serial(serial: re.Match[str], raw: str) -> Reading:
    """45016.3958 of a spreadsheet is half past nine."""
    reading = read_partial_date(serial[1])
    seconds = round(float(serial[2]) * _DAY_S)
    midnight = datetime.combine(reading.value.start, time(), _JAPAN)
    moment = (midnight + timedelta(seconds=seconds)).astimezone(UTC)
    return changed("instant", raw, f"{moment.astimezone(JST):%Y-%m-%d %H:%M}", moment)


def join_day_time(day: str, clock: str) -> str:
    """One writing of a moment that stands in two columns: 「R1.7.3」 and 「午後3時」.

    A time that nobody knows leaves the day alone.
    """
    if absence_of(clock):
        return day.strip()
    bare = _TIME_AT_END.sub("", folded(day))  # a spreadsheet's 0:00 beside the true time
    return f"{bare} {folded(clock).removeprefix('1899-12-30 ').removeprefix('1900-01-00 ')}"


def _since_midnight(clock: re.Match[str], raw: str) -> timedelta:
    hour, minute, second = (int(clock[index] or 0) for index in (2, 3, 4))
    half = (clock[1] or clock[5] or "").upper()
    if hour > (_NOON if half else _LAST_HOUR) or minute >= _MINUTES or second >= _MINUTES:
        raise Unreadable("impossible-time", value=raw)
    if half in {"午後", "PM"} and hour < _NOON:
        hour += _NOON
    elif half in {"午前", "AM"} and hour == _NOON:
        hour = 0
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(clock: re.Match[str] | None) -> timezone:
    offset = clock[6] if clock else None
    if not offset:
        return _JAPAN
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * _MINUTES + int(digits[2:] or 0)
    return timezone(timedelta(minutes=minutes if offset[0] == "+" else -minutes))
