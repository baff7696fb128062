"""Failure rates of single devices drawn towards their class (empirical Bayes), for bad actors.

A device with one failure in a month is not the worst of the city: its rate is mixed with what the
class shows, the more so the less it was seen.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from service.analytics.methods.distributions import (
    Floats,
    gamma_quantile,
    gamma_tail,
    log_gamma,
    lowest_by_slope,
)
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.methods.too_few import Missing, TooFew

MIN_DEVICES = 3
ALL_ALIKE = 1e5


@dataclass(frozen=True)
class GammaPrior:
    """Rates of a class vary as gamma(shape a, rate b). a = ∞: no device differs from N/T.

    Limits from fewer than 20 devices are somewhat short, because a and b are taken as known.
    """

    shape: float
    exposure: float
    mean: float
    loglik: float
    devices: int

    @property
    def alike(self) -> bool:
        """Nothing in the data says that any device stands out."""
        return bool(np.isinf(self.shape))

    def posterior_mean(self, failures: float, exposure: float) -> float:
        """(a + x)/(b + T)."""
        if self.alike:
            return self.mean
        return (self.shape + failures) / (self.exposure + exposure)

    def limits(
        self, failures: float, exposure: float, *, confidence: float = CONFIDENCE
    ) -> Limits | None:
        """Quantiles of gamma(a + x, b + T); None when all are alike."""
        if self.alike:
            return None
        tail = (1 - confidence) / 2
        shape, rate = self.shape + failures, self.exposure + exposure
        return Limits(gamma_quantile(tail, shape) / rate, gamma_quantile(1 - tail, shape) / rate)

    def chance_above(self, failures: float, exposure: float, times: float = 2.0) -> float:
        """P(rate > times × class mean | data): order bad actors by this."""
        if self.alike:
            return float(times < 1)
        rate = self.exposure + exposure
        return gamma_tail(times * self.mean * rate, self.shape + failures)


def gamma_prior(failures: Floats, exposure: Floats) -> GammaPrior | TooFew:
    """A and b of the greatest negative binomial likelihood Π NB(x_i; a, b/(b + T_i)).

    Devices without exposure say nothing and are left out. a = ∞ where the likelihood prefers
    devices that are all alike.

    Source: Gaver & O'Muircheartaigh (1987), Technometrics 29, 1–15; Clayton & Kaldor (1987).
    """
    seen = exposure > 0
    counts, times = failures[seen], exposure[seen]
    if len(counts) < MIN_DEVICES:
        return TooFew(Missing.DEVICES, len(counts), MIN_DEVICES)
    if counts.sum() == 0:
        return TooFew(Missing.FAILURES, 0, 1)
    pooled = float(counts.sum() / times.sum())

    start = np.array([0.0, np.log(pooled)])
    best, lost = lowest_by_slope(partial(_loss, counts, times), start)
    shape, mean = float(np.exp(min(best[0], 16))), float(np.exp(best[1]))
    alike = _poisson_loglik(counts, times, pooled)
    if shape > ALL_ALIKE or -lost <= alike + 1e-9:
        return GammaPrior(np.inf, np.inf, pooled, alike, len(counts))
    return GammaPrior(shape, shape / mean, mean, -lost, len(counts))


def _loglik(counts: Floats, times: Floats, shape: float, log_mean: float) -> float:
    rate = shape / np.exp(log_mean)
    ways = log_gamma(counts + shape) - log_gamma(np.array([shape])) - log_gamma(counts + 1)
    return float(
        (ways - shape * np.log1p(times / rate) + counts * np.log(times / (rate + times))).sum()
    )


def _loss(counts: Floats, times: Floats, logs: Floats) -> tuple[float, Floats]:
    """−log-likelihood at (ln a, ln mean) and its slope; flat beyond a = e¹⁶: all alike."""
    from scipy.special import digamma  # noqa: PLC0415  # 0.1 s at first use

    clipped = float(np.clip(logs[0], -20, 16))
    shape, mean = float(np.exp(clipped)), float(np.exp(logs[1]))
    rate = shape / mean
    share = (shape + counts) / (rate + times)
    by_shape = digamma(counts + shape) - digamma(shape) - np.log1p(times / rate) + 1 - share / mean
    slope = np.array(
        [shape * by_shape.sum() if clipped == logs[0] else 0.0, (rate * share - shape).sum()]
    )
    return -_loglik(counts, times, shape, float(logs[1])), -slope


def _poisson_loglik(counts: Floats, times: Floats, rate: float) -> float:
    return float((counts * np.log(rate * times) - rate * times - log_gamma(counts + 1)).sum())


@dataclass(frozen=True)
class MultiSample:
    """Moment estimate of OREDA: mean rate and spread between installations."""

    pooled: float
    spread_sum: float
    variance: float
    mean: float

    @property
    def deviation(self) -> float:
        return float(np.sqrt(self.variance))

    def limits(self, *, confidence: float = 0.90) -> Limits:
        """Rates of most installations: quantiles of the gamma law of this mean and variance."""
        if self.variance == 0:
            return Limits(self.mean, self.mean)
        shape, rate = self.mean**2 / self.variance, self.mean / self.variance
        tail = (1 - confidence) / 2
        return Limits(gamma_quantile(tail, shape) / rate, gamma_quantile(1 - tail, shape) / rate)


def multi_sample(failures: Floats, exposure: Floats) -> MultiSample | TooFew:
    """θ₁ = Σx/ΣT, V = Σ(x − θ₁T)²/T, σ² = (V − (k−1)θ₁)·S₁/(S₁² − S₂) (not below 0),
    θ* = Σ w·x/T ÷ Σw with w = 1/(θ₁/T + σ²).

    Source: OREDA Handbook, "Estimation: multi-sample"; Spjøtvoll (1985).
    """  # noqa: D205  # the formula is the summary
    seen = exposure > 0
    counts, times = failures[seen], exposure[seen]
    if len(counts) < 2 or counts.sum() == 0:  # noqa: PLR2004  # a spread needs two
        return TooFew(Missing.DEVICES, len(counts), 2)
    first, second = float(times.sum()), float((times**2).sum())
    pooled = float(counts.sum()) / first
    spread = float(((counts - pooled * times) ** 2 / times).sum())
    excess = (spread - (len(counts) - 1) * pooled) * first / (first**2 - second)
    variance = max(0.0, excess)
    weights = 1 / (pooled / times + variance)
    mean = float((weights * counts / times).sum() / weights.sum())
    return MultiSample(pooled, spread, variance, mean)


@dataclass(frozen=True)
class BadActor:
    """``index`` is the position in what was given; ranks start at 1, the worst."""

    index: int
    failures: int
    raw_rate: float
    raw_rank: int
    rate: float
    limits: Limits | None
    rank: int
    chance_above_twice: float


def bad_actors(failures: Floats, exposure: Floats, prior: GammaPrior) -> list[BadActor]:
    """All devices with exposure in the order of their shrunken rates, ties in the given order."""
    seen = np.flatnonzero(exposure > 0)
    raw = failures[seen] / exposure[seen]
    drawn = np.array([prior.posterior_mean(float(failures[i]), float(exposure[i])) for i in seen])
    raw_ranks, ranks = _ranks(raw), _ranks(drawn)
    found = [
        BadActor(
            index=int(i),
            failures=int(failures[i]),
            raw_rate=float(raw[k]),
            raw_rank=int(raw_ranks[k]),
            rate=float(drawn[k]),
            limits=prior.limits(float(failures[i]), float(exposure[i])),
            rank=int(ranks[k]),
            chance_above_twice=prior.chance_above(float(failures[i]), float(exposure[i])),
        )
        for k, i in enumerate(seen)
    ]
    return sorted(found, key=lambda actor: actor.rank)


def _ranks(values: Floats) -> "np.typing.NDArray[np.int64]":
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks
