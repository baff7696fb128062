"""Tests of trend in repeated failures, by age or calendar; Benjamini–Hochberg over many devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from service.analytics.methods.distributions import Floats, chi2_tail, two_sided_p
from service.analytics.methods.histories import Histories
from service.analytics.methods.too_few import Missing, TooFew

MIN_FAILURES = 4
MIN_DEVICES = 5


@dataclass(frozen=True)
class TrendTest:
    """``direction`` +1: failures come faster (worsening), −1: slower, 0: the test has no sign."""

    statistic: float
    p_value: float
    direction: int
    failures: int


def laplace(histories: Histories) -> TrendTest | TooFew:
    """U = Σ(x − (S+T)/2) / √(Σ n(T−S)²/12), standard normal for constant rates of each device.

    For observation stopped at the last event use `Histories.before_last_event`. From 4 failures.
    Source: Cox & Lewis (1966) 3.3; Ascher & Feingold (1984) 5.3.
    """
    if (few := _too_few(histories)) is not None:
        return few
    widths = histories.ends - histories.starts
    variance = float((histories.by_window() * widths**2).sum()) / 12
    u = float(_centred(histories).sum()) / sqrt(variance)
    return TrendTest(u, two_sided_p(u), _sign(u), histories.events)


def generalised_laplace(histories: Histories) -> TrendTest | TooFew:
    """Σu_i / √Σu_i², u_i = Σx − n(S+T)/2 of device i: no trend, though devices be unlike.

    Neither equal rates nor Poisson counts are assumed; the default for a fleet. From 5 devices
    with a failure. Source: Lawless, Çiğşar & Cook (2012), Technometrics 54, 165–176.
    """
    if (few := _too_few(histories)) is not None:
        return few
    sums = np.bincount(histories.event_device, _centred(histories))
    active = len(np.unique(histories.event_device))
    spread = sqrt(float((sums**2).sum()))
    if active < MIN_DEVICES or spread == 0:
        return TooFew(Missing.DEVICES, active, MIN_DEVICES)
    z = float(sums.sum()) / spread
    return TrendTest(z, two_sided_p(z), _sign(z), histories.events)


def military_handbook(histories: Histories) -> TrendTest | TooFew:
    """2Σ ln((T−S)/(x−S)) ~ χ²(2N) for constant rates; large means improving. Two-sided p.

    Source: MIL-HDBK-189C 6.1.2; best power against the power law.
    """
    if (few := _too_few(histories)) is not None:
        return few
    statistic = -2 * float(np.log(_shares(histories)).sum())
    df = 2 * histories.events
    above = chi2_tail(statistic, df)
    return TrendTest(
        statistic, min(1.0, 2 * min(above, 1 - above)), _sign(df - statistic), histories.events
    )


def lewis_robinson(
    times: Floats, end: float, start: float = 0.0, *, failed_at_end: bool = False
) -> TrendTest | TooFew:
    """Laplace's U ÷ coefficient of variation of the complete gaps (divisor n−1), one device.

    ``failed_at_end``: observation stopped at the event at ``end``, which is not among ``times``;
    the gap before it is complete, too. Holds for any renewal process, so gaps may be more or less
    even than a Poisson process has them.

    Source: Lewis & Robinson (1974); Kvaløy & Lindqvist (2020), Technometrics 62, 101–115.
    """
    test = laplace(Histories.one(times, end, start))
    if isinstance(test, TooFew):
        return test
    ended = np.append(times, end) if failed_at_end else times
    gaps = np.diff(np.sort(ended), prepend=start)
    variation = float(gaps.std(ddof=1) / gaps.mean())
    if variation == 0:
        return TooFew(Missing.CONTRAST, 0, 1)
    z = test.statistic / variation
    return TrendTest(z, two_sided_p(z), _sign(z), test.failures)


def anderson_darling(histories: Histories) -> TrendTest | TooFew:
    """A² of u = (x−S)/(T−S) against the uniform law: sees bathtubs too, so it has no direction.

    A² = −n − (1/n) Σ (2i−1)[ln u_i + ln(1 − u_{n+1−i})]; p from the limit law.

    Source: Kvaløy & Lindqvist (1998); Marsaglia & Marsaglia (2004), J. Stat. Softw. 9(2).
    """
    if (few := _too_few(histories)) is not None:
        return few
    share = np.sort(_shares(histories))
    count = len(share)
    odd = 2 * np.arange(1, count + 1) - 1
    statistic = -count - float((odd * (np.log(share) + np.log1p(-share[::-1]))).sum()) / count
    return TrendTest(statistic, 1 - _anderson_darling_law(statistic), 0, count)


@dataclass(frozen=True)
class Reversals:
    """Pairs of gaps of which the later is longer, out of ``pairs``; many mean improving."""

    count: int
    gaps: int

    @property
    def pairs(self) -> int:
        return self.gaps * (self.gaps - 1) // 2

    @property
    def expected(self) -> float:
        return self.pairs / 2

    @property
    def variance(self) -> float:
        return self.gaps * (self.gaps - 1) * (2 * self.gaps + 5) / 72

    @property
    def z(self) -> float:
        return (self.count + 0.5 - self.expected) / sqrt(self.variance)

    @property
    def p_value(self) -> float:
        return two_sided_p(self.z)


def reverse_arrangements(times: Floats, start: float = 0.0) -> Reversals | TooFew:
    """R against its mean n(n−1)/4 and variance n(n−1)(2n+5)/72, with ½ added to R.

    Tied gaps count as no reversal. Source: NIST/SEMATECH e-Handbook 8.2.3.4.
    """
    count = len(times)
    if count < MIN_FAILURES:
        return TooFew(Missing.FAILURES, count, MIN_FAILURES)
    gaps = np.diff(np.sort(times), prepend=start)
    found = int(np.triu(gaps[None, :] > gaps[:, None], 1).sum())
    return Reversals(found, count)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q values in the given order: share of false alarms if all with q ≤ this are flagged.

    q_(i) = min_{j ≥ i} p_(j)·m/j. Source: Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57.
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return [float(value) for value in np.maximum(q, p)]  # never below p by rounding


def _too_few(histories: Histories) -> TooFew | None:
    if histories.events < MIN_FAILURES:
        return TooFew(Missing.FAILURES, histories.events, MIN_FAILURES)
    return None


def _centred(histories: Histories) -> Floats:
    middle = (histories.starts + histories.ends) / 2
    return np.asarray(histories.times - middle[histories.event_window])


def _shares(histories: Histories) -> Floats:
    """(x−S)/(T−S), kept off 0 and 1 by a hair: an event on the last day is not impossible."""
    start = histories.starts[histories.event_window]
    width = histories.ends[histories.event_window] - start
    return np.asarray(np.clip((histories.times - start) / width, 1e-9, 1 - 1e-9))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


_CENTRE = (2.00012, 0.247105, -0.0649821, 0.0347962, -0.0116720, 0.00168691)
_TAIL = (1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146)
_SPLIT = 2.0


def _anderson_darling_law(value: float) -> float:
    """P(A² < value) in the limit."""
    if value <= 0:
        return 0.0
    if value < _SPLIT:
        return exp(-1.2337141 / value) / sqrt(value) * float(np.polyval(_CENTRE[::-1], value))
    return exp(-exp(float(np.polyval(_TAIL[::-1], value))))
