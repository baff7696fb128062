"""Power law from counts per interval, where only the month of a failure is known."""

from dataclasses import dataclass
from math import log

import numpy as np

from service.analytics.methods.distributions import Floats, likelihood_limits, root
from service.analytics.methods.power_law import MIN_FAILURES
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.methods.too_few import Missing, TooFew


@dataclass(frozen=True)
class GroupedPowerLaw:
    """Intensity λβt^(β−1) per device; ``loglik`` leaves out the factorials of the counts."""

    beta: float
    scale: float
    failures: int
    beta_limits: Limits
    loglik: float


def grouped_power_law(
    starts: Floats, ends: Floats, counts: Floats, devices: Floats, *, confidence: float = CONFIDENCE
) -> GroupedPowerLaw | TooFew:
    """Maximum likelihood of Poisson counts with means λ r_k (t_k^β − s_k^β).

    Args:
        starts: Ages at which the intervals start, s_k.
        ends: Ages at which they end, t_k.
        counts: Failures n_k in them.
        devices: Devices r_k under observation through them.
        confidence: Of the limits of β, by profile likelihood.

    With adjoining intervals of one system this is
    Σ n_k[(t_k^β ln t_k − s_k^β ln s_k)/(t_k^β − s_k^β) − ln t_m] = 0.

    Source: MIL-HDBK-189C 6.2.3; IEC 61164; Crow (1974).
    """
    unit = float(ends.max()) if len(ends) else 1.0
    total = float(counts.sum())
    if total < MIN_FAILURES:
        return TooFew(Missing.FAILURES, total, MIN_FAILURES)
    spans = (starts / unit, ends / unit)

    def loglik(beta: float) -> float:
        means = devices * _growth(spans, beta)
        seen = counts > 0
        scale = total / float(means.sum())
        with np.errstate(divide="ignore"):
            return float((counts[seen] * np.log(scale * means[seen])).sum()) - total

    def slope(beta: float) -> float:
        step = 1e-5 * beta
        return (loglik(beta + step) - loglik(beta - step)) / (2 * step)

    beta = root(slope, 0.01, 20.0)
    if beta is None:
        return TooFew(Missing.CONTRAST, 0, 1)
    scale = total / float((devices * _growth(spans, beta)).sum()) * np.exp(-beta * log(unit))
    limits = Limits(*likelihood_limits(loglik, beta, confidence))
    return GroupedPowerLaw(beta, float(scale), int(total), limits, loglik(beta))


def _growth(spans: tuple[Floats, Floats], beta: float) -> Floats:
    return np.asarray(spans[1] ** beta - spans[0] ** beta)
