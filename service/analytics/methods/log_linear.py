"""Log-linear process (Cox–Lewis): intensity exp(γ0 + γ1·t), where age zero is unknown."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from service.analytics.methods.distributions import Floats, root, two_sided_z
from service.analytics.methods.histories import Histories
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.methods.too_few import Missing, TooFew

MIN_FAILURES = 3
_STEEPEST = 200.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


@dataclass(frozen=True)
class LogLinear:
    """γ1 = 0 is a constant rate; the rate doubles in ln 2/γ1 of the unit of time."""

    g0: float
    g1: float
    g1_error: float
    failures: int
    loglik: float

    def intensity(self, time: float) -> float:
        return exp(self.g0 + self.g1 * time)

    def expected(self, start: float, end: float) -> float:
        """Expected failures of one device between two times."""
        if abs(self.g1 * (end - start)) < 1e-12:  # noqa: PLR2004  # the limit of the formula
            return exp(self.g0) * (end - start)
        return (self.intensity(end) - self.intensity(start)) / self.g1

    def growth_limits(self, confidence: float = CONFIDENCE) -> Limits:
        """Limits of γ1: estimate ± z·se (Fisher)."""
        margin = two_sided_z(confidence) * self.g1_error
        return Limits(self.g1 - margin, self.g1 + margin)


def log_linear(histories: Histories) -> LogLinear | TooFew:
    """Maximum likelihood: Σx = N·E(t), E(t) the mean time under the intensity over all windows.

    γ0 = ln[N / Σ∫ e^{γ1 t} dt]. `TooFew` below 3 failures, or when all events are at one end.

    Source: Cox & Lewis (1966) ch. 3; Meeker & Escobar (1998) ch. 16.
    """
    if histories.events < MIN_FAILURES:
        return TooFew(Missing.FAILURES, histories.events, MIN_FAILURES)
    unit = float(np.abs(np.concatenate([histories.starts, histories.ends])).max())
    mean = float(histories.times.mean()) / unit
    slope = root(lambda g: mean - _moments(histories, unit, g)[1], -_STEEPEST, _STEEPEST)
    if slope is None:
        return TooFew(Missing.CONTRAST, 0, 1)
    log_mass, _, variance = _moments(histories, unit, slope)
    count = histories.events
    g0, g1 = log(count) - log_mass - log(unit), slope / unit
    loglik = count * g0 + g1 * float(histories.times.sum()) - count
    return LogLinear(g0, g1, 1 / sqrt(count * variance) / unit, count, loglik)


def _moments(histories: Histories, unit: float, slope: float) -> tuple[float, float, float]:
    """Log of ∫ e^{γt} over all windows, and mean and variance of t under it (times ÷ unit)."""
    starts, ends = histories.starts / unit, histories.ends / unit
    half = (ends - starts)[:, None] / 2
    at: Floats = (starts + ends)[:, None] / 2 + half * _NODES
    highest = float((slope * at).max())
    weight = _WEIGHTS * half * np.exp(slope * at - highest)
    mass = float(weight.sum())
    mean = float((weight * at).sum()) / mass
    variance = float((weight * (at - mean) ** 2).sum()) / mass
    return highest + log(mass), mean, variance
