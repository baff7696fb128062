"""Control charts of failures per period: u, Laney u′, exact, EWMA, g and t charts."""

from dataclasses import dataclass

import numpy as np

from service.analytics.methods.distributions import Floats, Ints, poisson_quantile
from service.analytics.methods.too_few import Missing, TooFew

SIGMAS = 3.0
EXACT_BELOW = 5.0  # mean failures per period
_TAIL = 0.00135  # one side of ± 3 σ
_MEAN_MOVING_RANGE = 1.128  # of two normal values, in σ
_INDIVIDUALS = 2.66  # 3 / 1.128
_NELSON_POWER = 3.6
MIN_PERIODS = 3


@dataclass(frozen=True)
class Chart:
    """Values with centre line and limits; ``signals`` are the positions outside."""

    values: Floats
    centre: float
    lower: Floats
    upper: Floats
    signals: Ints
    dispersion: float = 1.0


def u_chart(
    counts: Floats,
    exposure: Floats,
    *,
    baseline: slice | Ints = slice(None),
    given_centre: float | None = None,
    sigmas: float = SIGMAS,
    laney: bool = False,
) -> Chart | TooFew:
    """Failures per exposure u_i with ū ± k√(ū/n_i), lower limit not below 0.

    Periods without exposure are NaN and never signal. Where ū·n_i < 5 take `exact_u_chart`.

    Args:
        counts: Failures by period, in order.
        exposure: Device-days (or any) by period.
        baseline: Periods that fix the centre; print them.
        given_centre: A centre fixed beforehand instead of the baseline's ("standard given").
        sigmas: k.
        laney: Widen by σ_z, the mean moving range of z ÷ 1.128, where it is above 1: for counts
            more uneven than Poisson.

    Source: Montgomery, Introduction to Statistical Quality Control, 7.3; Laney (2002), Qual. Eng.
    14, 531–537.
    """
    seen = exposure > 0
    base_time = float(exposure[baseline].sum())
    if base_time <= 0 or int(seen.sum()) < MIN_PERIODS:
        return TooFew(Missing.EXPOSURE, int(seen.sum()), MIN_PERIODS)
    centre = float(counts[baseline].sum()) / base_time if given_centre is None else given_centre
    time = np.where(seen, exposure, np.nan)
    values, sigma = counts / time, np.sqrt(centre / time)
    spread = 1.0
    if laney and centre > 0:
        z = ((values - centre) / sigma)[seen]
        spread = max(1.0, float(np.abs(np.diff(z)).mean()) / _MEAN_MOVING_RANGE)
    lower = np.maximum(0.0, centre - sigmas * spread * sigma)
    upper = centre + sigmas * spread * sigma
    return _chart(values, centre, (lower, upper), spread)


def exact_u_chart(
    counts: Floats, exposure: Floats, *, baseline: slice | Ints = slice(None)
) -> Chart | TooFew:
    """Limits from Poisson quantiles at 0.135 % and 99.865 %: for mean counts below 5."""
    plain = u_chart(counts, exposure, baseline=baseline)
    if isinstance(plain, TooFew):
        return plain
    time = np.where(exposure > 0, exposure, np.nan)
    ends = [
        np.array([poisson_quantile(share, plain.centre * t) if t > 0 else np.nan for t in exposure])
        for share in (_TAIL, 1 - _TAIL)
    ]
    return _chart(plain.values, plain.centre, (ends[0] / time, ends[1] / time), 1.0)


def ewma_chart(
    counts: Floats,
    exposure: Floats,
    *,
    baseline: slice | Ints = slice(None),
    weight: float = 0.2,
    sigmas: float = SIGMAS,
) -> Chart | TooFew:
    """Exponentially weighted mean of z_i = (u_i − ū)/√(ū/n_i): sees small lasting shifts.

    E_i = w·z_i + (1−w)·E_{i−1}, limits ± k√(w/(2−w)·[1 − (1−w)^{2i}]) around 0. A period without
    exposure keeps the last value. Source: Montgomery 9.2; Borror, Champ & Rigdon (1998).
    """
    plain = u_chart(counts, exposure, baseline=baseline)
    if isinstance(plain, TooFew):
        return plain
    if plain.centre == 0:
        return TooFew(Missing.FAILURES, 0, 1)
    z = (plain.values - plain.centre) / np.sqrt(
        plain.centre / np.where(exposure > 0, exposure, np.nan)
    )
    mean, means = 0.0, []
    for value in z:
        mean = mean if np.isnan(value) else weight * float(value) + (1 - weight) * mean
        means.append(mean)
    steps = np.arange(1, len(z) + 1)
    limit = sigmas * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * steps)))
    return _chart(np.array(means), 0.0, (-limit, limit), 1.0)


@dataclass(frozen=True)
class GapChart:
    """Opportunities (days, starts) between rare failures; the lower limit of 3 σ is mostly 0."""

    mean: float
    upper: float
    lower: float
    probability: float
    probability_unbiased: float
    upper_exact: float
    lower_exact: float
    median: float
    signals: Ints


def g_chart(gaps: Floats, *, sigmas: float = SIGMAS) -> GapChart | TooFew:
    """Limits ḡ ± k√(ḡ(ḡ+1)), and geometric quantiles with p = 1/(ḡ+1) at 0.135 % and 99.865 %.

    p unbiased is (n−1)/n times that. Signals are gaps above the upper limit (improvement).
    Source: Benneyan (2001), Health Care Manag. Sci. 4, 305–318.
    """
    count = len(gaps)
    if count < MIN_PERIODS or float(gaps.sum()) <= 0:
        return TooFew(Missing.FAILURES, count, MIN_PERIODS)
    mean = float(gaps.mean())
    margin = sigmas * float(np.sqrt(mean * (mean + 1)))
    chance = 1 / (mean + 1)

    def quantile(share: float) -> float:
        return max(0.0, float(np.ceil(np.log1p(-share) / np.log1p(-chance) - 1e-12)) - 1)

    return GapChart(
        mean=mean,
        upper=mean + margin,
        lower=max(0.0, mean - margin),
        probability=chance,
        probability_unbiased=chance * (count - 1) / count,
        upper_exact=quantile(1 - _TAIL),
        lower_exact=quantile(_TAIL),
        median=quantile(0.5),
        signals=np.flatnonzero(gaps > mean + margin),
    )


def t_chart(gaps: Floats) -> Chart | TooFew:
    """Days between failures, made nearly normal by the power 1/3.6: mean ± 2.66 moving ranges.

    Source: Nelson (1994), J. Qual. Technol. 26, 239.
    """
    if len(gaps) < MIN_PERIODS:
        return TooFew(Missing.FAILURES, len(gaps), MIN_PERIODS)
    even = gaps ** (1 / _NELSON_POWER)
    margin = _INDIVIDUALS * float(np.abs(np.diff(even)).mean())
    middle = float(even.mean())
    lower = np.full(len(gaps), max(0.0, middle - margin) ** _NELSON_POWER)
    upper = np.full(len(gaps), (middle + margin) ** _NELSON_POWER)
    return _chart(gaps, middle**_NELSON_POWER, (lower, upper), 1.0)


def _chart(values: Floats, centre: float, ends: tuple[Floats, Floats], spread: float) -> Chart:
    outside = (values < ends[0]) | (values > ends[1])
    return Chart(values, centre, ends[0], ends[1], np.flatnonzero(outside), spread)
