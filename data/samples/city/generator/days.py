"""Days, office hours and the ways in which a Japanese ledger writes a date."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from random import Random

from generator.streams import weighted
from generator.tables import read

JST = timezone(timedelta(hours=9), "JST")
LEDGER_DAY = date(2026, 10, 31)
CUTOFF = datetime(2026, 10, 31, 17, 0, tzinfo=JST)
RECORDS_FROM = date(2020, 4, 1)
CONTRACTOR_CHANGE = date(2023, 10, 1)
OPENING, CLOSING = time(8, 30), time(17, 15)
APRIL, DECEMBER, SATURDAY = 4, 12, 5
ERA_CHANGE_MONTH = (1989, 1)  # S64.1 and H1.1 both mean it, so only exact days are written

ERAS = (
    (date(2019, 5, 1), "R", "令和"),
    (date(1989, 1, 8), "H", "平成"),
    (date(1926, 12, 25), "S", "昭和"),
)


@dataclass(frozen=True)
class Written:
    """What the ledger says, and the first and last day it may mean."""

    text: str
    first: date | None = None
    last: date | None = None


UNKNOWN = Written("不明")


def fiscal_year(day: date) -> int:
    return day.year if day.month >= APRIL else day.year - 1


def months_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def write_date(day: date, chance: Random, *, fiscal_years: bool = True) -> Written:
    forms = {"month": 0.5, "day": 0.33, "fiscal_year": 0.17 if fiscal_years else 0.0}
    form = weighted(chance, forms)
    if form == "day" or (day.year, day.month) == ERA_CHANGE_MONTH:
        return exact(day)
    return in_fiscal_year(day) if form == "fiscal_year" else in_month(day)


def exact(day: date) -> Written:
    letter, _, year = _era(day)
    return Written(f"{letter}{year}.{day.month}.{day.day}", day, day)


def in_month(day: date) -> Written:
    letter, _, year = _era(day)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Written(f"{letter}{year}.{day.month}", day.replace(day=1), last)


def in_fiscal_year(day: date) -> Written:
    year = fiscal_year(day)
    # 令和元年度 began in Heisei and 平成元年度 in Heisei: the name follows the year's later part.
    _, era, number = _era(date(year, 12, 1))
    label = "元" if number == 1 else str(number)
    return Written(f"{era}{label}年度", date(year, 4, 1), date(year + 1, 3, 31))


def _era(day: date) -> tuple[str, str, int]:
    start, letter, name = next(era for era in ERAS if day >= era[0])
    return letter, name, day.year - start.year + 1


@cache
def closed_days() -> frozenset[tuple[int, int]]:
    return frozenset((int(row["月"]), int(row["日"])) for row in read("closed_days"))


def is_closed(day: date) -> bool:
    """Weekends, year-end and holidays with a fixed date; movable holidays are left out."""
    return day.weekday() >= SATURDAY or (day.month, day.day) in closed_days()


def is_off_hours(moment: datetime) -> bool:
    return is_closed(moment.date()) or not OPENING <= moment.time() < CLOSING


def at(day: date, minute_of_day: int) -> datetime:
    return datetime.combine(day, time(), tzinfo=JST) + timedelta(minutes=minute_of_day)


def stamp(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
