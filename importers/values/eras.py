"""Years of eras as days of the calendar."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from importers.values.reading import Unreadable
from service.core.clock import JST, now
from service.core.i18n.dates import ERAS
from service.core.partial_date import Precision

WESTERN = "西暦"
YEARS = range(1868, 2200)
_FOUR_DIGITS = 1000
_FIRST_YEARS = {"明治": 1868} | {era.name: era.starts_on.year for era in ERAS if era.name != "明治"}
ERA_NAMES = {word: era.name for era in ERAS for word in (era.letter, era.name, era.name[:1])} | {
    WESTERN: WESTERN
}
_LAST_DAYS = {older.name: newer.starts_on - timedelta(days=1) for newer, older in pairwise(ERAS)}
_STARTS = {era.name: era.starts_on for era in ERAS}


class Days(NamedTuple):
    """The days that a writing may mean, both ends inclusive, and the rules worth telling."""

    start: date
    end: date
    precision: Precision
    rules: tuple[str, ...] = ()


def of_era(era: str | None, year: int, month: str | None, day: str | None, raw: str) -> Days:
    found = days_of(_western_year(era, year, raw), int(month or 0), int(day or 0), raw)
    return found._replace(rules=_outside_era(found, era))


def fiscal_year(era: str | None, year: int, raw: str) -> Days:
    first = _western_year(era, year, raw)
    days = Days(date(first, 4, 1), date(first + 1, 3, 31), Precision.FISCAL_YEAR)
    return days._replace(rules=_outside_era(days, era))


def _western_year(era: str | None, number: int, raw: str) -> int:
    """「58」 of a ledger in western years is the last such year that has begun."""
    year = number
    if era == WESTERN and number < _FOUR_DIGITS:
        this_year = now().astimezone(JST).year
        year = this_year - this_year % 100 + number % 100
        year -= 100 if year > this_year else 0
    elif era is not None and era != WESTERN:
        if not 1 <= number < 100:  # noqa: PLR2004 - no era has had a hundred years
            raise Unreadable("impossible-date", value=raw)
        year = _FIRST_YEARS[era] + number - 1
    if year not in YEARS:
        raise Unreadable("impossible-date", value=raw)
    return year


def days_of(year: int, month: int, day: int, raw: str) -> Days:
    """Zero for month or day means that the ledger does not say."""
    if year not in YEARS:
        raise Unreadable("impossible-date", value=raw)
    if month == 0:
        if day:
            raise Unreadable("impossible-date", value=raw)
        return Days(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    if day == 0:
        first = calendar_day(year, month, 1, raw)
        return Days(first, first.replace(day=monthrange(year, month)[1]), Precision.MONTH)
    found = calendar_day(year, month, day, raw)
    return Days(found, found, Precision.DAY)


def calendar_day(year: int, month: int, day: int, raw: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unreadable("impossible-date", value=raw) from error


def _outside_era(found: Days, era: str | None) -> tuple[str, ...]:
    """平成35年 was written in contracts before 2019: readable, but worth a look."""
    if era is None or era == WESTERN:
        return ()
    if era in _LAST_DAYS and found.start > _LAST_DAYS[era]:
        return ("era-overrun",)
    return ("before-era",) if found.end < _STARTS[era] else ()
