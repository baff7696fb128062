"""Dates of Japanese ledgers: eras, fiscal years, half-known and unknown ones."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from importers.values.eras import (
    ERA_NAMES,
    WESTERN,
    YEARS,
    Days,
    calendar_day,
    days_of,
    fiscal_year,
    of_era,
)
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded
from importers.values.unknown import absence_of
from service.core.partial_date import PartialDate, Precision

FISCAL = "年度"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━ー"), "-") | {ord("〜"): "~"}
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_APPROXIMATE = re.compile(r"^約|^推定|\(推定\)$|推定$|頃$|ごろ$|ころ$|前後$|\?+$")
_TIME_AT_END = re.compile(
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[+-]\d{2}(?::?\d{2})?|Z)?"
    r"|[ 日](?=\d)\d{1,2}時(?:\d{1,2}分)?)$"
)
_WEEKDAY = re.compile(r"\([月火水木金土日](?:曜日?)?\)")
_EVENT = re.compile(r"(?:竣工|設置|完成|取得|納入|据付|製造|製|供用開始|運転開始)$")
_TWICE = re.compile(r"([^()]+)\(([^()]+)\)([^()]*)")
_ERA = r"(明治?|大正?|昭和?|平成?|令和?|西暦|[MTSHRmtshr])"
_WRITTEN = re.compile(
    rf"{_ERA}?[.']?(\d{{4}}|\d{{1,2}})(?:(年度)|[年./-]?|[年./-](\d{{1,2}})(?:月|[月./-](\d{{1,2}})日?)?)"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_COMPACT_ERA = re.compile(rf"{_ERA}(\d\d)(\d\d)(\d\d)?")
_SIX_DIGITS = re.compile(r"(\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_YEAR_LOST = re.compile(
    r"(?:0?[1-9]|1[0-2])[/月](?:0?[1-9]|[12]\d|3[01])日?"
    r"|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    re.IGNORECASE,
)
_ISO_FORMS = {
    Precision.DAY: "%Y-%m-%d",
    Precision.MONTH: "%Y-%m",
    Precision.YEAR: "%Y",
    Precision.FISCAL_YEAR: "%YFY",
}
_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 80_000)  # 1927-05-18 to 2119-01-10
_DAYS_TO_1904 = 1462
_MONTHS, _LAST_DAY = 12, 31
_APRIL = 4


class _Column(NamedTuple):
    """What is known of all years of a column."""

    era: str | None = None
    fiscal: bool = False
    epoch_1904: bool = False


def date_reader(
    *, era: str | None = None, epoch_1904: bool = False, unit: str | None = None
) -> Reader:
    """Partial dates of a column whose years without an era are of ``era``; see `Decisions.eras`.

    ``unit`` is what the header adds: below 「設置年度」 a bare year is a fiscal one, below
    「(西暦)」 it is a western one.
    """
    column = _Column(era or (WESTERN if unit == WESTERN else None), unit == FISCAL, epoch_1904)

    def read(raw: str) -> Reading:
        return _read(raw, column)

    return read


def read_partial_date(raw: str, *, default_era: str | None = None) -> Reading:
    """A `PartialDate`; its raw text is the cell as written.

    Raises:
        Unreadable: ``ambiguous-era``, ``ambiguous-date`` (both ask), ``year-lost``,
        ``impossible-date``, ``two-dates``, ``not-a-date``.
    """
    return _read(raw, _Column(default_era))


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


def join_year_month(year: str, month: str, day: str | None = None) -> str:
    """One writing of a date that stands in two or three columns: 「S58」 and 「3」 are S58.3.

    Raises:
        Unreadable: ``year-lost`` without a year, ``not-a-date``.
    """
    stem = folded(year).replace(" ", "")
    if absence_of(stem):
        raise Unreadable("year-lost", value=f"{year} {month}".strip())
    if absence_of(month):
        return stem
    parts = [_part_of(month, "月")]
    if day is not None and not absence_of(day):
        parts.append(_part_of(day, "日"))
    if stem.endswith(FISCAL):
        stem = _year_of_fiscal(stem, int(parts[0]))
    return ".".join([stem.removesuffix("年").rstrip("./-"), *parts])


def iso(value: PartialDate) -> str:
    """The shortest ISO writing: 1983-03, 1983, 1975FY, 1982/1983."""
    start, end = value.start, value.end
    if start is None or end is None:
        return ""
    shown = _ISO_FORMS.get(value.precision)
    return f"{start:{shown}}" if shown else f"{start.isoformat()}/{end.isoformat()}"


def _read(raw: str, column: _Column) -> Reading:
    if _ISO.fullmatch(raw):
        day = calendar_day(int(raw[:4]), int(raw[5:7]), int(raw[8:]), raw)
        return Reading(PartialDate(day, day, Precision.DAY, raw))
    usual = _WRITTEN.fullmatch(raw)
    if usual and (usual[3] or usual[4]):
        found = _dated(raw, raw, column)
    elif absence_of(raw):
        return Reading(PartialDate.unknown(raw), (Change("unknown-date", raw, ""),))
    else:
        found = _interval(_prepared(raw), raw, column)
    value = PartialDate(found.start, found.end, found.precision, raw)
    written = iso(value)
    listed = (Change("date", raw, written),) if written != raw else ()
    return Reading(value, listed + tuple(Change(rule, raw, written) for rule in found.rules))


def _prepared(raw: str) -> str:
    text = folded(raw).translate(_DASHES)
    text = _TIME_AT_END.sub("", text)
    text = _WEEKDAY.sub("", text).replace(" ", "").replace("\n", "")
    text = re.sub(r"元(?=年|[./-]|$)", "1", text)
    return _EVENT.sub("", text)


def _interval(text: str, raw: str, column: _Column) -> Days:
    bare = _APPROXIMATE.sub("", text)
    if bare != text:
        found = _interval(bare, raw, column)
        return found._replace(precision=Precision.APPROXIMATE)
    if "~" in text:
        return _range(text, raw, column)
    twice = _TWICE.fullmatch(text)
    if twice:
        return _agreed(twice[1] + twice[3], twice[2], raw, column)
    return _of_digits(text, raw, column) or _dated(text.rstrip("./-"), raw, column)


def _range(text: str, raw: str, column: _Column) -> Days:
    """「S57～58」; what 「S58.3～5」 ends with, nobody can say."""
    first, _, last = text.partition("~")
    era = re.match(_ERA, first)
    if last.isdecimal() and not re.fullmatch(rf"{_ERA}?\d+", first):
        raise Unreadable("not-a-date", value=raw)
    inherited = column._replace(era=ERA_NAMES[era[1].upper()]) if era else column
    start, end = _interval(first, raw, column), _interval(last, raw, inherited)
    if start.start > end.end:
        raise Unreadable("impossible-date", value=raw)
    return Days(start.start, end.end, Precision.RANGE, start.rules + end.rules)


def _agreed(outer: str, inner: str, raw: str, column: _Column) -> Days:
    """「1983年(昭和58年)3月」 says one thing twice."""
    told, beside = _interval(outer, raw, column), _interval(inner, raw, column)
    if told.start > beside.end or beside.start > told.end:
        raise Unreadable("two-dates", value=raw)
    return told


def _of_digits(text: str, raw: str, column: _Column) -> Days | None:
    """20230331, S580331, 198303 and the serial numbers of spreadsheets."""
    if match := _COMPACT.fullmatch(text):
        return days_of(int(match[1]), int(match[2]), int(match[3]), raw)
    if match := _COMPACT_ERA.fullmatch(text):
        return of_era(ERA_NAMES[match[1].upper()], int(match[2]), match[3], match[4], raw)
    if match := _SERIAL.fullmatch(text):
        return _of_serial(int(match[1]), raw, column)
    match = _SIX_DIGITS.fullmatch(text)
    return _of_six_digits(match, raw, column) if match else None


def _of_serial(number: int, raw: str, column: _Column) -> Days:
    if number not in _EXCEL_SERIALS:
        raise Unreadable("not-a-date", value=raw)
    late = column.epoch_1904
    day = _EXCEL_DAY_0 + timedelta(days=number + (_DAYS_TO_1904 if late else 0))
    return Days(day, day, Precision.DAY, ("excel-serial-1904" if late else "excel-serial",))


def _of_six_digits(match: re.Match[str], raw: str, column: _Column) -> Days:
    """198303 is a year and a month; 580331 has an era nobody wrote; 201005 may be either."""
    year, month = int(match[1] + match[2]), int(match[3])
    monthly = year in YEARS and 1 <= month <= _MONTHS
    daily = 1 <= int(match[2]) <= _MONTHS and 1 <= month <= _LAST_DAY
    if monthly and daily:
        raise Unreadable("ambiguous-date", asks=True, value=raw)
    if monthly:
        return days_of(year, month, 0, raw)
    if not daily:
        raise Unreadable("not-a-date", value=raw)
    if column.era is None:
        raise Unreadable("ambiguous-era", asks=True, value=raw)
    return of_era(column.era, int(match[1]), match[2], match[3], raw)


def _dated(text: str, raw: str, column: _Column) -> Days:
    if _YEAR_LOST.fullmatch(text):
        raise Unreadable("year-lost", value=raw)
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise Unreadable("not-a-date", value=raw)
    word, number, fiscal, month, day = match.groups()
    era = ERA_NAMES[word.upper()] if word else None
    year = int(number)
    if era is None and len(number) < 4:  # noqa: PLR2004 - a western year has four digits
        era = column.era
        if era is None:
            _refuse_impossible(month, day, raw)
            raise Unreadable("ambiguous-era", asks=True, value=raw)
    if fiscal or (column.fiscal and month is None):
        return fiscal_year(era, year, raw)
    return of_era(era, year, month, day, raw)


def _refuse_impossible(month: str | None, day: str | None, raw: str) -> None:
    if int(month or 0) > _MONTHS or int(day or 0) > _LAST_DAY:
        raise Unreadable("impossible-date", value=raw)


def _part_of(cell: str, unit: str) -> str:
    text = folded(cell).replace(" ", "").removesuffix(unit).removesuffix(".0")
    if not re.fullmatch(r"\d{1,2}", text):
        raise Unreadable("not-a-date", value=cell)
    return text


def _year_of_fiscal(stem: str, month: int) -> str:
    """The months before April belong to the year after that of the fiscal year."""
    match = re.fullmatch(rf"({_ERA}?)(元|\d+){FISCAL}", stem)
    if match is None:
        raise Unreadable("not-a-date", value=stem)
    number = 1 if match[3] == "元" else int(match[3])
    return f"{match[1]}{number + (1 <= month < _APRIL)}"
