"""Power-law process (Crow–AMSAA, べき乗則): failures of repairable devices that age or improve.

Intensity λβt^(β−1), t an age. β > 1 ageing, β = 1 constant, β < 1 improving. Devices may have late
windows and gaps; observation ends where the records end, never at the last failure.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from service.analytics.methods.distributions import (
    Floats,
    chi2_quantile,
    likelihood_limits,
    root,
    two_sided_z,
)
from service.analytics.methods.histories import Histories
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.methods.too_few import Missing, TooFew

MIN_FAILURES = 3
BETAS = (1e-3, 60.0)


@dataclass(frozen=True)
class PowerLaw:
    """A fit. ``common_end`` is set when all devices were seen from age 0 to one same age.

    ``covariance`` is of (ln λ, β) by Fisher; ``robust_covariance`` clusters by device, so it stays
    right when devices are unlike (None below 5 devices).
    """

    beta: float
    scale: float
    failures: int
    devices: int
    loglik: float
    failure_terminated: bool
    common_end: float | None
    covariance: Floats
    robust_covariance: Floats | None
    histories: Histories

    def expected(self, start: float, end: float) -> float:
        """Expected failures of one device between two ages: λ(end^β − start^β)."""
        return growth((self.scale, self.beta), start, end)

    def intensity(self, age: float) -> float:
        """λβ·age^(β−1): failures per device and unit of time."""
        return float(self.scale * self.beta * age ** (self.beta - 1))

    def mtbf(self, age: float) -> float:
        """Instantaneous MTBF: 1 / intensity."""
        return 1 / self.intensity(age)


def growth(law: tuple[float, float], start: float, end: float) -> float:
    """Failures expected of one device between two ages under a law (λ, β)."""
    scale, beta = law
    return float(scale * (end**beta - start**beta))


def power_law(histories: Histories, *, failure_terminated: bool = False) -> PowerLaw | TooFew:
    """Maximum likelihood over all windows (S, T] of all devices.

    λ̂ = N / Σ(T^β − S^β), β̂ root of N/β + Σ ln x − λ̂ Σ(T^β ln T − S^β ln S) = 0 (0·ln 0 = 0).
    From age 0 to one common end T: β̂ = N / Σ ln(T/x).

    Args:
        histories: Ages counted from the device's age zero; unknown ages cannot be used.
        failure_terminated: Observation stopped at the last event: window ends are that event.

    Returns:
        `TooFew` below 3 failures, or where no finite β fits (all events at the end).

    Source: Crow (1974); MIL-HDBK-189 (1981) appendix C; Rigdon & Basu (2000) ch. 5.
    """
    if histories.events < MIN_FAILURES:
        return TooFew(Missing.FAILURES, histories.events, MIN_FAILURES)
    unit = float(histories.ends.max())
    beta = root(lambda value: _score(histories, unit, value), *BETAS)
    if beta is None or (histories.times <= 0).any():
        return TooFew(Missing.CONTRAST, 0, 1)
    scale = histories.events / _spread(histories, unit, beta) / unit**beta
    return PowerLaw(
        beta=beta,
        scale=scale,
        failures=histories.events,
        devices=histories.devices,
        loglik=profile_loglik(histories, beta),
        failure_terminated=failure_terminated,
        common_end=_common_end(histories),
        covariance=_covariance(histories, scale, beta, robust=False),
        robust_covariance=_robust(histories, scale, beta),
        histories=histories,
    )


def unbiased_beta(fit: PowerLaw) -> float:
    """β̂(N−1)/N, or (N−2)/N when failure terminated (MIL-HDBK-189; NIST's "modified" MLE)."""
    lost = 2 if fit.failure_terminated else 1
    return fit.beta * (fit.failures - lost) / fit.failures


def unbiased(fit: PowerLaw) -> tuple[float, float]:
    """(β̄, λ̄): λ̄ = N / Σ(T^β̄ − S^β̄)."""
    beta = unbiased_beta(fit)
    unit = float(fit.histories.ends.max())
    return beta, fit.failures / _spread(fit.histories, unit, beta) / unit**beta


def beta_limits(fit: PowerLaw, *, confidence: float = CONFIDENCE) -> Limits:
    """Limits of β for alike devices.

    All seen from age 0 to one end: β̂·χ²(α/2; d)/2N with d = 2N (2(N−1) when failure
    terminated). Otherwise where the profile likelihood falls by χ²(1)/2.
    """
    if fit.common_end is None:
        return likelihood_beta_limits(fit, confidence=confidence)
    tail = (1 - confidence) / 2
    df = 2 * (fit.failures - 1) if fit.failure_terminated else 2 * fit.failures
    per_unit = fit.beta / (2 * fit.failures)
    return Limits(chi2_quantile(tail, df) * per_unit, chi2_quantile(1 - tail, df) * per_unit)


def likelihood_beta_limits(fit: PowerLaw, *, confidence: float = CONFIDENCE) -> Limits:
    """Where the profile likelihood of β falls by χ²(1)/2."""
    ends = likelihood_limits(lambda beta: profile_loglik(fit.histories, beta), fit.beta, confidence)
    return Limits(*ends)


def wald_beta_limits(fit: PowerLaw, *, confidence: float = CONFIDENCE) -> Limits:
    """β̂·exp(±z·se/β̂) by Fisher, for alike devices; to compare with programs that print it."""
    factor = exp(two_sided_z(confidence) * sqrt(fit.covariance[1, 1]) / fit.beta)
    return Limits(fit.beta / factor, fit.beta * factor)


def robust_beta_limits(
    fit: PowerLaw, *, confidence: float = CONFIDENCE, at_least_fisher: bool = False
) -> Limits | TooFew:
    """β̂·exp(±z·se/β̂) with the device-clustered error: for unlike devices, from 5 devices.

    ``at_least_fisher``: with that of alike devices where it is the larger one. Devices that fail
    on the same days are so alike that clustering alone would take β for known.
    """
    error = _log_error(fit, at_least_fisher=at_least_fisher)
    if isinstance(error, TooFew):
        return error
    factor = exp(two_sided_z(confidence) * error)
    return Limits(fit.beta / factor, fit.beta * factor)


def _log_error(fit: PowerLaw, *, at_least_fisher: bool) -> float | TooFew:
    """Standard error of ln β."""
    if fit.robust_covariance is None:
        return TooFew(Missing.DEVICES, fit.devices, MIN_CLUSTERS)
    least = float(fit.covariance[1, 1]) if at_least_fisher else 0.0
    return sqrt(max(least, float(fit.robust_covariance[1, 1]))) / fit.beta


def robust_beta_p(fit: PowerLaw, *, at_least_fisher: bool = False) -> float | TooFew:
    """Two-sided p of β = 1 from the device-clustered error of ln β (Wald), from 5 devices."""
    from scipy.special import erfc  # noqa: PLC0415  # 0.1 s at first use

    error = _log_error(fit, at_least_fisher=at_least_fisher)
    if isinstance(error, TooFew):
        return error
    return float(erfc(abs(log(fit.beta)) / error / sqrt(2))) if error > 0 else 1.0


@dataclass(frozen=True)
class Fitness:
    """Cramér–von Mises statistic and the value it exceeds by chance with probability ``alpha``."""

    statistic: float
    critical: float
    alpha: float

    @property
    def fits(self) -> bool:
        return self.statistic <= self.critical


# Critical values by the number of failures: MIL-HDBK-189 (1981), table C-II (α = 10 %, 5 %).
_COUNTS = (3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17, 20, 30, 60, 100)
_CRITICAL = {
    0.10: (0.154, 0.155, 0.160, 0.162, 0.165, 0.165, 0.167, 0.169, 0.169, 0.171, 0.171, 0.172,
           0.172, 0.173, 0.173),
    0.05: (0.184, 0.191, 0.199, 0.204, 0.208, 0.210, 0.212, 0.214, 0.215, 0.216, 0.217, 0.217,
           0.218, 0.220, 0.220),
}  # fmt: skip


def cramer_von_mises(fit: PowerLaw, *, alpha: float = 0.10) -> Fitness | None:
    """C² = 1/12M + Σ[(x_i/T)^β̄ − (2i−1)/2M]², ages in order; None unless all start at age 0.

    ``alpha`` 0.10 or 0.05. Source: MIL-HDBK-189 (1981) C.4; Crow (1974).
    """
    if fit.histories.starts.any():
        return None
    share = np.sort(fit.histories.times / fit.histories.ends[fit.histories.event_window])
    if fit.failure_terminated:
        share = share[share < 1]
    count = len(share)
    middle = (2 * np.arange(1, count + 1) - 1) / (2 * count)
    statistic = 1 / (12 * count) + float(((share ** unbiased_beta(fit) - middle) ** 2).sum())
    row = max(0, int(np.searchsorted(_COUNTS, count, side="right")) - 1)
    return Fitness(statistic, _CRITICAL[alpha][row], alpha)


def profile_loglik(histories: Histories, beta: float) -> float:
    """Log-likelihood at β with λ chosen best: N ln λ + N ln β + (β−1) Σ ln x − N."""
    unit = float(histories.ends.max())
    count = histories.events
    log_scale = log(count / _spread(histories, unit, beta)) - beta * log(unit)
    total = (beta - 1) * float(np.log(histories.times).sum())
    return count * (log_scale + log(beta) - 1) + total


MIN_CLUSTERS = 5


def _power(values: Floats, beta: float, degree: int = 0) -> Floats:
    """Value^β · (ln value)^degree, 0 at 0."""
    safe = np.where(values > 0, values, 1.0)
    return np.asarray(np.where(values > 0, safe**beta * np.log(safe) ** degree, 0.0))


def _spread(histories: Histories, unit: float, beta: float, degree: int = 0) -> float:
    ends, starts = histories.ends / unit, histories.starts / unit
    return float((_power(ends, beta, degree) - _power(starts, beta, degree)).sum())


def _score(histories: Histories, unit: float, beta: float) -> float:
    logs = float(np.log(np.maximum(histories.times / unit, 1e-300)).sum())
    weight = _spread(histories, unit, beta, 1) / _spread(histories, unit, beta)
    return histories.events * (1 / beta - weight) + logs


def _common_end(histories: Histories) -> float | None:
    alike = not histories.starts.any() and len(np.unique(histories.ends)) == 1
    return float(histories.ends[0]) if alike else None


def _covariance(histories: Histories, scale: float, beta: float, *, robust: bool) -> Floats:
    parts = [
        scale * (_power(histories.ends, beta, degree) - _power(histories.starts, beta, degree))
        for degree in (0, 1, 2)
    ]
    cross, count = float(parts[1].sum()), histories.events
    information = np.array(
        [[float(parts[0].sum()), cross], [cross, count / beta**2 + float(parts[2].sum())]]
    )
    inverse = np.linalg.inv(information)
    if not robust:
        return np.asarray(inverse)
    logs = np.bincount(
        histories.event_window, np.log(histories.times), minlength=len(histories.starts)
    )
    seen = histories.by_window()
    scores = np.stack(
        [
            histories.per_device(seen - parts[0]),
            histories.per_device(seen / beta + logs - parts[1]),
        ]
    )
    devices = histories.devices
    return np.asarray(inverse @ (scores @ scores.T) @ inverse * devices / (devices - 1))


def _robust(histories: Histories, scale: float, beta: float) -> Floats | None:
    if histories.devices < MIN_CLUSTERS:
        return None
    return _covariance(histories, scale, beta, robust=True)
