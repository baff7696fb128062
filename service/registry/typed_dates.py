"""Half-known dates as people type them: 「1983-03」, 「S58.3」, 「平成10年度」, 「不明」."""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from service.core.i18n.dates import ERAS, FISCAL_YEAR_STARTS_IN_MONTH
from service.core.partial_date import PartialDate, Precision

_FIRST_YEARS = {
    word: era.starts_on.year if era.letter != "M" else 1868
    for era in ERAS
    for word in (era.letter, era.name, era.name[0])
}
_ERA = "|".join(sorted(_FIRST_YEARS, key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?P<era>{_ERA})?\.?(?P<year>\d{{4}}|\d{{1,2}}|元)(?:(?P<fiscal>年度)"
    r"|(?:年|[./-]|$)(?:(?P<month>\d{1,2})(?:月|[./-]|$)(?:(?P<day>\d{1,2})日?)?)?)$",
    re.IGNORECASE,
)
_UNKNOWN = frozenset({"不明", "?", "unknown"})
_YEARS = range(1868, 2200)


def read_typed_date(typed: str) -> PartialDate:
    """Raises `ValueError` when nobody can say which days it means."""
    plain = unicodedata.normalize("NFKC", typed).replace(" ", "")
    if plain.lower() in _UNKNOWN:
        return PartialDate.unknown(typed.strip())
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise ValueError(typed)
    year = _year(found["era"], found["year"])
    start, end, precision = _days(year, found["month"], found["day"], is_fiscal=found["fiscal"])
    return PartialDate(start, end, precision, typed.strip())


def write_typed_date(known: PartialDate | None) -> str:
    """What reads back as the same date; as the ledger wrote it where that says more."""
    if known is None:
        return ""
    if known.start is None or known.end is None:
        return "不明"
    forms = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}
    if known.precision in forms:
        return known.start.strftime(forms[known.precision])
    return f"{known.start.year}年度" if known.precision is Precision.FISCAL_YEAR else known.raw


def _year(era: str | None, year: str) -> int:
    number = 1 if year == "元" else int(year)
    if era is not None:
        number += _FIRST_YEARS[era.upper()] - 1
    if number not in _YEARS or (era is not None and len(year) > 2):  # noqa: PLR2004  # digits
        raise ValueError(year)
    return number


def _days(
    year: int, month: str | None, day: str | None, *, is_fiscal: str | None
) -> tuple[date, date, Precision]:
    if is_fiscal:
        start = date(year, FISCAL_YEAR_STARTS_IN_MONTH, 1)
        return start, date(year + 1, 3, 31), Precision.FISCAL_YEAR
    if month is None:
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    if day is None:
        last = monthrange(year, int(month))[1] if 1 <= int(month) <= 12 else 0  # noqa: PLR2004
        return date(year, int(month), 1), date(year, int(month), last), Precision.MONTH
    exact = date(year, int(month), int(day))
    return exact, exact, Precision.DAY
