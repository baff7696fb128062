"""Dates of Japanese ledgers: eras, fiscal years, half-known and unknown ones."""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded
from service.core.clock import JST, now
from service.core.i18n.dates import ERAS
from service.core.partial_date import PartialDate, Precision

UNKNOWN_WORDS = frozenset(
    {"不明", "-", "?", "??", "調査中", "未定", "無し", "なし", "不詳", "未確認", "unknown", "n/a"}
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━ー"), "-")
_APPROXIMATE = re.compile(r"^約|(頃|ごろ|ころ)$")
_TIME_AT_END = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([+-]\d{2}(:?\d{2})?|Z)?$")
_ERA_WORD = re.compile(r"^(明治?|大正?|昭和?|平成?|令和?|[MTSHR])\s*\.?\s*", re.IGNORECASE)
_PARTS = re.compile(r"(\d+)(?:[./年-](\d+)?(?:[./月-](\d+)?日?)?)?月?")
_FISCAL = re.compile(r"(\d+)年度")
_YEAR_LOST = re.compile(r"\d{1,2}/\d{1,2}|\d{1,2}月\d{1,2}日?")  # 3/4 of a spreadsheet
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 80_000)  # 1927-05-18 to 2119-01-10
_DAYS_TO_1904 = 1462
_FOUR_DIGITS = 1000
_WESTERN = "西暦"
_FIRST_YEARS = {"明治": 1868} | {era.name: era.starts_on.year for era in ERAS if era.name != "明治"}
_ERA_NAMES = {word: era.name for era in ERAS for word in (era.letter, era.name, era.name[:1])}
_LAST_DAYS = {older.name: newer.starts_on - timedelta(days=1) for newer, older in pairwise(ERAS)}
_STARTS = {era.name: era.starts_on for era in ERAS}


def read_partial_date(raw: str, *, default_era: str | None = None) -> Reading:
    """A `PartialDate`; its raw text is the cell as written.

    Raises:
        Unreadable: ``ambiguous-era`` (asks), ``year-lost``, ``impossible-date``, ``not-a-date``.
    """
    text = _prepared(raw)
    if text.lower() in UNKNOWN_WORDS or not text.strip("-?"):
        return Reading(PartialDate.unknown(raw), (Change("unknown-date", raw, ""),))
    found, warnings = _interval(text, raw, default_era)
    value = replace(found, raw=raw)
    return Reading(value, (*_listed(value, raw), *(Change(w, raw, iso(value)) for w in warnings)))


def date_reader(*, era: str | None = None, epoch_1904: bool = False) -> Reader:
    """Partial dates of a column whose years without an era are of ``era``; see `Decisions.eras`."""

    def read(raw: str) -> Reading:
        if epoch_1904 and raw.isdecimal() and int(raw) in _EXCEL_SERIALS:
            day = PartialDate.day(_EXCEL_DAY_0 + timedelta(days=int(raw) + _DAYS_TO_1904))
            return Reading(replace(day, raw=raw), (Change("excel-serial-1904", raw, iso(day)),))
        return read_partial_date(raw, default_era=era)

    return read


def _listed(value: PartialDate, raw: str) -> tuple[Change, ...]:
    written = iso(value)
    return () if written == raw else (Change("date", raw, written),)


def iso(value: PartialDate) -> str:
    """The shortest ISO writing: 1983-03, 1983, 1975FY, 1982/1983."""
    start, end = value.start, value.end
    if start is None or end is None:
        return ""
    shown = {
        Precision.DAY: start.isoformat(),
        Precision.MONTH: f"{start:%Y-%m}",
        Precision.YEAR: f"{start:%Y}",
        Precision.FISCAL_YEAR: f"{start:%Y}FY",
    }
    return shown.get(value.precision) or f"{start.isoformat()}/{end.isoformat()}"


def read_day(raw: str) -> Reading:
    """A very day, for fields that need one.

    Raises:
        Unreadable: ``day-needed`` when only a month or a year is known.
    """
    reading = read_partial_date(raw)
    if reading.value.precision is not Precision.DAY:
        raise Unreadable("day-needed", value=raw)
    return Reading(reading.value.start, reading.changes)


def read_first_day(raw: str) -> Reading:
    """A day for columns that hold one: the first that the writing may mean, and said so."""
    reading = read_partial_date(raw)
    value: PartialDate = reading.value
    if value.start is None or value.precision is Precision.DAY:
        return Reading(value.start, reading.changes)
    return Reading(value.start, (Change("first-day", raw, value.start.isoformat()),))


def _prepared(raw: str) -> str:
    text = folded(raw).translate(_DASHES)
    text = _TIME_AT_END.sub("", text)
    return re.sub(r"元(?=[年./-])", "1", text).replace(" ", "")


def _interval(text: str, raw: str, default_era: str | None) -> tuple[PartialDate, tuple[str, ...]]:
    bare = _APPROXIMATE.sub("", text)
    if bare != text:
        found, warnings = _interval(bare, raw, default_era)
        return replace(found, precision=Precision.APPROXIMATE), warnings
    if "~" in text or "〜" in text:
        return _range(text.replace("〜", "~"), raw, default_era)
    compact = _COMPACT.fullmatch(text)
    if compact:
        return _between(int(compact[1]), int(compact[2]), int(compact[3]), raw), ()
    if text.isdecimal() and int(text) in _EXCEL_SERIALS:
        return PartialDate.day(_EXCEL_DAY_0 + timedelta(days=int(text))), ("excel-serial",)
    return _dated(text, raw, default_era)


def _range(text: str, raw: str, default_era: str | None) -> tuple[PartialDate, tuple[str, ...]]:
    first, _, last = text.partition("~")
    from_era = _ERA_WORD.match(first)
    inherited = _ERA_NAMES[from_era[1].upper()] if from_era else default_era
    start, early = _interval(first, raw, default_era)
    end, late = _interval(last, raw, inherited)
    if start.start is None or end.end is None or start.start > end.end:
        raise Unreadable("impossible-date", value=raw)
    return PartialDate(start.start, end.end, Precision.RANGE), early + late


def _dated(text: str, raw: str, default_era: str | None) -> tuple[PartialDate, tuple[str, ...]]:
    word = _ERA_WORD.match(text)
    era = _ERA_NAMES[word[1].upper()] if word else None
    rest = text[word.end() :] if word else text
    if era is None and _YEAR_LOST.fullmatch(rest) and not default_era:
        raise Unreadable("year-lost", value=raw)
    fiscal = _FISCAL.fullmatch(rest)
    parts = _PARTS.fullmatch(rest)
    if not fiscal and not parts:
        raise Unreadable("not-a-date", value=raw)
    number = int((fiscal or parts)[1])  # type: ignore[index]  # one of the two matched
    if era is None and number < _FOUR_DIGITS:
        era = default_era
        if era is None:
            raise Unreadable("ambiguous-era", asks=True, value=raw)
    if era == _WESTERN:
        year, era = _full_year(number), None
    else:
        year = number if era is None else _FIRST_YEARS[era] + number - 1
    if fiscal:
        found = PartialDate(date(year, 4, 1), date(year + 1, 3, 31), Precision.FISCAL_YEAR)
    else:
        found = _between(year, _part(parts, 2), _part(parts, 3), raw)
    return found, _outside_era(found, era)


def _full_year(number: int) -> int:
    """「58」 of a ledger in western years: the last such year that has begun."""
    if number >= _FOUR_DIGITS:
        return number
    this_year = now().astimezone(JST).year
    year = this_year - this_year % 100 + number % 100
    return year if year <= this_year else year - 100


def _part(parts: re.Match[str] | None, index: int) -> int:
    return int(parts[index] or 0) if parts else 0


def _between(year: int, month: int, day: int, raw: str) -> PartialDate:
    """Zero for month or day means that the ledger does not say."""
    try:
        if month == 0:
            return PartialDate(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
        if day == 0:
            last = monthrange(year, month)[1]
            return PartialDate(date(year, month, 1), date(year, month, last), Precision.MONTH)
        return PartialDate.day(date(year, month, day))
    except ValueError as error:
        raise Unreadable("impossible-date", value=raw) from error


def _outside_era(found: PartialDate, era: str | None) -> tuple[str, ...]:
    """平成35年 was written in contracts before 2019: readable, but worth a look."""
    if era is None or found.start is None or found.end is None:
        return ()
    if era in _LAST_DAYS and found.start > _LAST_DAYS[era]:
        return ("era-overrun",)
    return ("before-era",) if found.end < _STARTS[era] else ()
