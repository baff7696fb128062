"""The window of a report, in whole months of Japan."""

import re
from dataclasses import dataclass
from datetime import date

from service.core.errors import FieldError, Invalid
from service.core.i18n.dates import fiscal_year
from service.core.i18n.marker import N_

EPOCH = date(1970, 1, 1)
DEFAULT_FISCAL_YEARS = 5
# No ledger of equipment is older, and no window of a report need reach further.
FIRST_YEAR, LAST_YEAR = 1900, 2100
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class PeriodBackwards(Invalid):
    code = "period-backwards"
    message = N_("期間の終わりの月が始まりの月より前になっています。")


class MonthMalformed(Invalid):
    code = "month-malformed"
    message = N_("月は「2026-04」のように、1900年から2100年までの年と月で指定してください。")


def day_number(day: date) -> int:
    """Days since 1970-01-01, as polars counts a Date."""
    return (day - EPOCH).days


def parse_month(text: str, field: str = "") -> date:
    """First day of a month written as 2026-04; ``field`` is where it was written, for the error."""
    written = _MONTH.fullmatch(text)
    if written is None or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
        named = [FieldError(f"/{field}", MonthMalformed.message)] if field else []
        raise MonthMalformed(errors=named)
    return date(int(written[1]), int(written[2]), 1)


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """``starts_on`` is inclusive, ``ends_on`` is the first day that is no longer in it."""

    starts_on: date
    ends_on: date

    @classmethod
    def of_months(cls, first: date, last: date, field: str = "") -> "Period":
        if last < first:
            named = [FieldError(f"/{field}", PeriodBackwards.message)] if field else []
            raise PeriodBackwards(errors=named)
        return cls(first, next_month(last))

    @classmethod
    def default(cls, today: date) -> "Period":
        """Five fiscal years up to the last complete month; at least that month."""
        ends_on = today.replace(day=1)
        last_day = date.fromordinal(ends_on.toordinal() - 1)
        return cls(date(fiscal_year(last_day) - DEFAULT_FISCAL_YEARS + 1, 4, 1), ends_on)

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.ends_on.toordinal() - 1)

    @property
    def months(self) -> tuple[str, str]:
        """As in the address: 2022-04, 2026-10."""
        return f"{self.starts_on:%Y-%m}", f"{self.last_day:%Y-%m}"
