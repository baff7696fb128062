"""Days as a case gives them: dates, their text, years as decimals, or a year or month alone."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from service.analytics import periods
from service.analytics.methods.exposure import DAYS_PER_YEAR


def day_number(found: Any) -> int:
    """Days since 1970: of a date, of its text, or of a year as a decimal."""
    if isinstance(found, str):
        found = datetime.fromisoformat(f"{found}-01-01"[:10] if len(found) == 4 else found).date()  # noqa: PLR2004  # a year
    if isinstance(found, datetime):
        found = found.date()
    if isinstance(found, date):
        return periods.day_number(found)
    return int((float(found) - 1970) * DAYS_PER_YEAR)


def installed_day(found: Any) -> int:
    """The same; of a year alone its 1 July, of a month its 15th."""
    text = str(found) if isinstance(found, str | int) else ""
    if re.fullmatch(r"\d{4}", text):
        return day_number(f"{text}-07-01")
    return day_number(f"{text}-15" if re.fullmatch(r"\d{4}-\d\d", text) else found)


def year_starts(first: int, last: int, month: Any) -> dict[int, int]:
    """First days of the years that begin in a month, from before ``first`` to after ``last``.

    ``month`` is a number or a date such as 04-01.
    """
    begins = int(str(month).split("-")[0])
    first_year, last_year = ((periods.EPOCH + timedelta(day)).year for day in (first, last))
    years = range(first_year - 1, last_year + 2)
    return {year: day_number(date(year, begins, 1)) for year in years}
