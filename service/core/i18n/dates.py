"""Dates as the city writes them: Japanese eras, fiscal years, Asia/Tokyo, partial dates."""

from dataclasses import dataclass
from datetime import date, datetime

from service.core.clock import JST
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.partial_date import PartialDate, Precision

FISCAL_YEAR_STARTS_IN_MONTH = 4


@dataclass(frozen=True)
class Era:
    starts_on: date
    name: str
    romaji: str
    letter: str


ERAS = (
    Era(date(2019, 5, 1), "令和", "Reiwa", "R"),
    Era(date(1989, 1, 8), "平成", "Heisei", "H"),
    Era(date(1926, 12, 25), "昭和", "Showa", "S"),
    Era(date(1912, 7, 30), "大正", "Taisho", "T"),
    # Japan counts days as the West does since 1873; earlier Meiji dates are another calendar.
    Era(date(1873, 1, 1), "明治", "Meiji", "M"),
)
_MEIJI_BEGAN = 1868
_WEEKDAYS = "月火水木金土日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def era_year(day: date) -> tuple[Era, int] | None:
    """The era and its year count; None before 1873."""
    era = next((era for era in ERAS if era.starts_on <= day), None)
    if era is None:
        return None
    first = _MEIJI_BEGAN if era is ERAS[-1] else era.starts_on.year
    return era, day.year - first + 1


def era_year_label(day: date, locale: Locale) -> str:
    """令和8年 · Reiwa 8; the first year is 元年; the plain year before 1873."""
    found = era_year(day)
    if found is None:
        return f"{day.year}年" if locale is Locale.JA else str(day.year)
    era, year = found
    if locale is Locale.EN:
        return f"{era.romaji} {year}"
    return f"{era.name}{'元' if year == 1 else year}年"


def wareki(day: date, locale: Locale = Locale.JA) -> str:
    """令和8年11月23日 · 23 Nov Reiwa 8."""
    if locale is Locale.EN:
        return f"{day.day} {_MONTHS[day.month - 1]} {era_year_label(day, locale)}"
    return f"{era_year_label(day, locale)}{day.month}月{day.day}日"


def wareki_short(day: date) -> str:
    """R8.11.23, for narrow columns and forms; the plain date before 1873."""
    found = era_year(day)
    if found is None:
        return f"{day.year}.{day.month}.{day.day}"
    era, year = found
    return f"{era.letter}{year}.{day.month}.{day.day}"


def civil_date(day: date, locale: Locale) -> str:
    """2026年11月23日 · 23 Nov 2026."""
    if locale is Locale.EN:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def tokyo_day(moment: datetime) -> date:
    return moment.astimezone(JST).date()


def jst(moment: datetime, locale: Locale = Locale.JA, *, seconds: bool = False) -> str:
    """2026/11/23(月) 16:05 · Mon 23 Nov 2026 16:05, always Asia/Tokyo."""
    local = moment.astimezone(JST)
    clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    if locale is Locale.EN:
        return f"{weekday(local, locale)} {civil_date(local, locale)} {clock}"
    return f"{local:%Y/%m/%d}({weekday(local, locale)}) {clock}"


def weekday(day: date, locale: Locale) -> str:
    if locale is Locale.EN:
        return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return _WEEKDAYS[day.weekday()]


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of the day began on 1 April."""
    return day.year - (day.month < FISCAL_YEAR_STARTS_IN_MONTH)


def fiscal_year_days(year: int) -> tuple[date, date]:
    """First and last day, both inclusive."""
    return date(year, FISCAL_YEAR_STARTS_IN_MONTH, 1), date(year + 1, 3, 31)


def nendo(year: int, locale: Locale = Locale.JA) -> str:
    """令和8年度 · FY2026. Named on 1 May, so that 2019 is 令和元年度 and 1988 昭和63年度."""
    if locale is Locale.EN:
        return f"FY{year}"
    return f"{era_year_label(date(year, 5, 1), locale)}度"


def partial_date_label(value: PartialDate, locale: Locale = Locale.JA) -> str:
    """As exact as the ledger was: 昭和58年3月, 平成10年度, 不明."""
    if value.start is None or value.end is None:
        return translate(N_("不明"), locale)
    match value.precision:
        case Precision.RANGE:
            separator = "～" if locale is Locale.JA else " – "
            return f"{wareki(value.start, locale)}{separator}{wareki(value.end, locale)}"
        case Precision.APPROXIMATE:
            around = era_year_label(value.midpoint or value.start, locale)
            return translate(N_("%(year)sごろ"), locale, year=around)
        case _:
            return _exact_label(value.start, value.precision, locale)


def _exact_label(start: date, precision: Precision, locale: Locale) -> str:
    if precision is Precision.DAY:
        return wareki(start, locale)
    if precision is Precision.FISCAL_YEAR:
        return nendo(fiscal_year(start), locale)
    year = era_year_label(start, locale)
    if precision is Precision.YEAR:
        return year
    return f"{year}{start.month}月" if locale is Locale.JA else f"{_MONTHS[start.month - 1]} {year}"
