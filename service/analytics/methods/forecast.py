"""Failures and replacements to expect, with prediction limits (予測区間).

Prediction limits hold the count that will be seen; they are wider than the limits of its mean and
must be labelled apart from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from service.analytics.methods.distributions import (
    Floats,
    binomial_tails,
    negative_binomial_quantile,
)
from service.analytics.methods.rates import CONFIDENCE, DeviceSums, Limits, dispersion
from service.analytics.methods.too_few import Missing, TooFew

JEFFREYS = (0.5, 0.0)
_SAMPLES = 4000
_MOST_PICKS = 300


@dataclass(frozen=True)
class Forecast:
    """``mean`` failures expected; ``limits`` hold the count itself."""

    mean: float
    limits: Limits
    dispersion: float


def predict_count(
    failures: float,
    exposure: float,
    future: float,
    *,
    dispersion: float = 1.0,
    prior: tuple[float, float] = JEFFREYS,
    confidence: float = CONFIDENCE,
) -> Forecast | TooFew:
    """Count in a future exposure: negative binomial, gamma(½ + N/φ, T/φ) for the rate (Jeffreys).

    For φ = 1: NB(size N + ½, probability T/(T + E)), mean (N + ½)·E/T. With φ > 1 the variance of
    the history and of the future count are both φ-fold: φ·NB(N/φ + ½, T/(T + E)). No failure in
    the past still gives an upper limit. ``prior`` (a, b) of a class stands for the ½ and adds b to
    T: NB(a + N, (b + T)/(b + T + E)).

    Source: Hahn & Meeker (1991) ch. 7; Bernardo & Smith; analogue of quasi-Poisson for φ.
    """
    if exposure <= 0:
        return TooFew(Missing.EXPOSURE, exposure, 1)
    if future <= 0:
        return Forecast(0.0, Limits(0.0, 0.0), dispersion)
    known = exposure + prior[1]
    size, chance = failures / dispersion + prior[0], known / (known + future)
    tail = (1 - confidence) / 2
    low, high = (
        negative_binomial_quantile(share, size, chance) * dispersion for share in (tail, 1 - tail)
    )
    mean = size * dispersion * future / known
    return Forecast(mean, Limits(float(np.floor(low)), float(np.ceil(high))), dispersion)


def predict_group(
    group: DeviceSums,
    future: float,
    *,
    period_dispersion: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Forecast | TooFew:
    """`predict_count` for the same devices, the future exposure shared equally among them.

    Unlike devices stay as they are, so most of their unlikeness cancels: what is left is that the
    past weighs them by exposure T_i and the future alike. With τ² = max(0, (φ − 1)·N/ΣT_i²), the
    variance of rates between devices, τ²E²(ΣT_i²/T² − 1/K) is added to the Poisson variance
    N·E/T·(1 + E/T), as a factor ``dispersion``.

    Args:
        group: Sums over the devices seen so far.
        future: Exposure E of all of them together.
        period_dispersion: φ of the counts from year to year (storms), multiplied in.
        confidence: Of the prediction limits.
    """
    if group.exposure <= 0:
        return TooFew(Missing.EXPOSURE, group.exposure, 1)
    ratio = future / group.exposure
    between = 0.0
    if (phi := dispersion(group)) is not None and group.exposure_squared > 0:
        between = (phi - 1) * group.failures / group.exposure_squared
    unequal = max(0.0, group.exposure_squared / group.exposure**2 - 1 / group.devices)
    poisson = group.failures * ratio * (1 + ratio)
    factor = 1 + between * future**2 * unequal / poisson if poisson > 0 else 1.0
    return predict_count(
        group.failures,
        group.exposure,
        future,
        dispersion=factor * period_dispersion,
        confidence=confidence,
    )


def predict_count_exact(
    failures: int, exposure: float, future: float, *, confidence: float = CONFIDENCE
) -> Limits:
    """Frequentist limits: counts y for which x out of x + y is not extreme at future/(n + m).

    Both binomial tails of y must exceed α/2. No exposure: (0, ∞).
    Source: Nelson (1982) 6.6; Hahn & Meeker (1991) 7.6.
    """
    if exposure <= 0:
        return Limits(0.0, inf)
    share, tail = future / (exposure + future), (1 - confidence) / 2

    def tails(count: int) -> tuple[float, float]:
        return binomial_tails(count, failures + count, share)

    middle = int(failures * future / exposure)
    lower = middle
    while lower > 0 and tails(lower - 1)[0] > tail:
        lower -= 1
    upper = middle
    while tails(upper + 1)[1] > tail:
        upper += 1
    return Limits(float(lower), float(upper))


def replacements(
    chances: Floats, draws: Sequence[Floats] = (), *, confidence: float = CONFIDENCE, seed: int = 1
) -> Forecast:
    """Number replaced in a year: Poisson-binomial sum of the devices' own chances.

    Args:
        chances: 1 − S(a+1)/S(a) of each device.
        draws: The same under other plausible parameters (bootstrap); without them the limits
            take the fit as true and are too narrow.
        confidence: Of the prediction limits.
        seed: Of the draws.
    """
    if not draws:
        return Forecast(float(chances.sum()), _limits_of(count_law(chances), confidence), 1.0)
    generator = np.random.default_rng(seed)
    sets = list(draws)
    each = -(-_SAMPLES // len(sets))
    counts = np.concatenate(
        [
            np.array([int((generator.random(len(one)) < one).sum()) for _ in range(each)])
            for one in sets
        ]
    )
    tail = (1 - confidence) / 2
    low, high = np.quantile(counts, [tail, 1 - tail], method="inverted_cdf")
    return Forecast(float(chances.sum()), Limits(float(low), float(high)), 1.0)


def count_law(chances: Floats) -> Floats:
    """Chances of 0, 1, 2, … devices, each with its own (Poisson-binomial), by convolution."""
    law = np.ones(1)
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return np.asarray(law, dtype=np.float64)


def _limits_of(law: Floats, confidence: float) -> Limits:
    tail = (1 - confidence) / 2
    low, high = np.searchsorted(np.cumsum(law), [tail, 1 - tail])
    return Limits(float(low), float(high))


@dataclass(frozen=True)
class Budget:
    """Yen of the price year of ``costs``."""

    median: float
    limits: Limits


def budget(
    forecast_counts: Floats, costs: Floats, *, confidence: float = 0.8, seed: int = 1
) -> Budget | TooFew:
    """Draws of the count × costs drawn again from those seen in the class (bootstrap).

    Args:
        forecast_counts: Draws of the count, as from `draw_counts`.
        costs: Costs of single failures seen, of one price year.
        confidence: 80 % by default.
        seed: Of the draws.
    """
    if not len(costs):
        return TooFew(Missing.FAILURES, 0, 1)
    return budget_of(draw_costs(forecast_counts, costs, seed=seed), confidence=confidence)


def budget_of(sums: Floats, *, confidence: float = 0.8) -> Budget:
    """Median and limits of sums drawn by `draw_costs`; those of several groups may be added."""
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(sums, [tail, 0.5, 1 - tail])
    return Budget(float(middle), Limits(float(low), float(high)))


def draw_costs(counts: Floats, costs: Floats, *, seed: int = 1) -> Floats:
    """For each count the sum of so many costs drawn again from those seen.

    Sums of more than 300 are drawn from the normal law that they come close to.
    """
    generator = np.random.default_rng(seed)
    whole = np.floor(np.asarray(counts, dtype=np.float64))
    if float(whole.max(initial=0)) > _MOST_PICKS:
        spread = generator.normal(size=len(whole)) * np.sqrt(whole) * costs.std()
        return np.asarray(np.maximum(whole * costs.mean() + spread, 0.0), dtype=np.float64)
    picked = generator.choice(costs, int(whole.sum()))
    running = np.concatenate([[0.0], np.cumsum(picked)])
    ends = np.cumsum(whole).astype(np.int64)
    return np.asarray(running[ends] - running[ends - whole.astype(np.int64)], dtype=np.float64)


def draw_counts(  # as `predict_count`, and two of the drawing
    failures: float,
    exposure: float,
    future: float,
    *,
    dispersion: float = 1.0,
    draws: int = _SAMPLES,
    seed: int = 1,
) -> Floats:
    """Counts drawn from the law of `predict_count`."""
    generator = np.random.default_rng(seed)
    rates = generator.gamma(failures / dispersion + 0.5, 1 / exposure, draws)
    return (generator.poisson(rates * future) * dispersion).astype(np.float64)
