"""Forecasts of fiscal years from the window before them: the next year, and years that are over."""

from dataclasses import dataclass, replace
from datetime import date
from math import ceil, floor

from service.analytics.methods.forecast import Forecast, predict_group
from service.analytics.methods.rates import DeviceSums, Limits
from service.analytics.periods import Period, day_number
from service.analytics.reports.frame import Frame
from service.analytics.reports.yearly_tallies import YearlyTallies, first_days, yearly_tallies
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.dates import fiscal_year, fiscal_year_days

BACKTESTS = 3
NARROW, WIDE = 0.8, 0.95


@dataclass(frozen=True)
class Outlook:
    """One forecast: of a fiscal year from a window. ``actual`` None: the year is not over."""

    year: int
    sums: dict[str, DeviceSums]
    sums_of_all: DeviceSums
    in_service: dict[str, int]
    actual: dict[str, int] | None
    phi: float
    phi_of_all: float

    def predicted(self, key: str | None, confidence: float = NARROW) -> Forecast | None:
        """Of a group, or of everything for None."""
        sums = self.sums_of_all if key is None else self.sums.get(key)
        if sums is None:
            return None
        phi = self.phi_of_all if key is None else self.phi
        found = predict_group(sums, self.devices(key), period_dispersion=phi, confidence=confidence)
        if not isinstance(found, Forecast):
            return None
        expected, limits = self.expected(key), found.limits
        # Of devices hardly seen yet the limits come from before the data; they hold the estimate.
        return replace(
            found,
            limits=Limits(min(limits.lower, floor(expected)), max(limits.upper, ceil(expected))),
        )

    def devices(self, key: str | None) -> int:
        return sum(self.in_service.values()) if key is None else self.in_service.get(key, 0)

    def expected(self, key: str | None) -> float:
        """The rate of the window times the devices in service."""
        sums = self.sums_of_all if key is None else self.sums[key]
        return sums.failures / sums.exposure * self.devices(key) if sums.exposure > 0 else 0.0

    def happened(self, key: str | None) -> int | None:
        if self.actual is None:
            return None
        return sum(self.actual.values()) if key is None else self.actual.get(key, 0)

    def is_hit(self, key: str | None) -> bool | None:
        """Whether what happened lay in the narrow limits; None where nothing was predicted."""
        found, count = self.predicted(key), self.happened(key)
        if found is None or count is None:
            return None
        return found.limits.lower <= count <= found.limits.upper


def outlooks(frame: Frame) -> tuple[YearlyTallies, Outlook | None, list[Outlook]]:
    """What they rest on, the next year's, and those of the past years from their own past.

    None where nothing was in service in the window.
    """
    seen, period = frame.observation, frame.conditions.period
    window = (max(seen.window_start, seen.records_start), seen.window_end)
    years = _past_years(frame.snapshot, period)
    starts = {year: day_number(_back(period, year)) for year in years}
    tallies = yearly_tallies(_wide(frame, years), (*starts.values(), *window))
    now = _outlook(tallies, _target_year(period), window, is_past=False)
    if not now.in_service or window[1] <= window[0]:
        return tallies, None, []
    pasts = [
        _outlook(tallies, year, (starts[year], first_days((year,))[0]), is_past=True)
        for year in years
    ]
    return tallies, now, [past for past in pasts if past.sums and past.in_service]


def _target_year(period: Period) -> int:
    """The first fiscal year that begins on or after the end of the window."""
    year = fiscal_year(period.ends_on)
    return year if fiscal_year_days(year)[0] == period.ends_on else year + 1


def _past_years(snapshot: Snapshot, period: Period) -> range:
    """The last fiscal years that were over when the window ended, and are over now."""
    over = min(fiscal_year(period.ends_on), fiscal_year(snapshot.day)) - 1
    return range(over - BACKTESTS + 1, over + 1)


def _back(period: Period, year: int) -> date:
    """As many months before the fiscal year as the window is long."""
    months = (period.ends_on.year - period.starts_on.year) * 12
    months += period.ends_on.month - period.starts_on.month
    first = fiscal_year_days(year)[0]
    at = max(12, first.year * 12 + first.month - 1 - months)
    return date(at // 12, at % 12 + 1, 1)


def _wide(frame: Frame, years: range) -> Frame:
    """All that the past forecasts look at as well."""
    period = frame.conditions.period
    first = min(period.starts_on, _back(period, years[0]))
    last = max(period.ends_on, fiscal_year_days(years[-1] + 1)[0])
    if (first, last) == (period.starts_on, period.ends_on):
        return frame
    return Frame(frame.snapshot, replace(frame.conditions, period=Period(first, last)))


def _outlook(
    tallies: YearlyTallies, year: int, window: tuple[int, int], *, is_past: bool
) -> Outlook:
    start, end = first_days((year, year + 1))
    return Outlook(
        year=year,
        sums=tallies.sums(*window),
        sums_of_all=tallies.sums_of_all(*window),
        in_service=tallies.in_service(start if is_past else window[1] - 1),
        actual=tallies.failures(start, end) if is_past else None,
        phi=tallies.dispersion_of_years(),
        phi_of_all=tallies.dispersion_of_years(together=True),
    )
