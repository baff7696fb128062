"""MTBF that a power-law process has reached at the end of its observation, and its limits."""

from collections.abc import Callable
from functools import partial
from math import exp, log, sqrt

import numpy as np

from service.analytics.methods.distributions import Floats, log_gamma, root, two_sided_z
from service.analytics.methods.power_law import PowerLaw, unbiased
from service.analytics.methods.rates import CONFIDENCE, Limits

_MOST_FACTOR = 60.0


def mtbf_now(fit: PowerLaw, *, confidence: float = CONFIDENCE) -> tuple[float, Limits]:
    """MTBF at the end of observation and its limits.

    One common end: from the unbiased fit, with limits
    M·N(N−1)/[N + z²/4 + √(Nz²/2 + z⁴/16)]² and M·N(N−1)/[N − z√(N/2)]² (NIST/SEMATECH
    e-Handbook 8.4.5.2). Otherwise from the fit, M·exp(±z·se), se by the delta method from the
    device-clustered covariance where there is one.
    """
    age, count = float(fit.histories.ends.max()), fit.failures
    z = two_sided_z(confidence)
    if fit.common_end is None:
        covariance = fit.covariance if fit.robust_covariance is None else fit.robust_covariance
        slope = np.array([1.0, 1 / fit.beta + log(age)])
        factor = exp(z * sqrt(float(slope @ covariance @ slope)))
        return fit.mtbf(age), Limits(fit.mtbf(age) / factor, fit.mtbf(age) * factor)
    beta, scale = unbiased(fit)
    mtbf = 1 / (scale * beta * age ** (beta - 1))
    pairs = count * (count - 1)
    low = pairs / (count + z * z / 4 + sqrt(count * z * z / 2 + z**4 / 16)) ** 2
    room = count - z * sqrt(count / 2)
    return mtbf, Limits(mtbf * low, mtbf * pairs / room**2 if room > 0 else float("inf"))


def mtbf_limits_exact(fit: PowerLaw, *, confidence: float = CONFIDENCE) -> Limits | None:
    """Limits around the plain MTBF of alike devices, all seen from age 0 to one end.

    Time terminated: given W = Σ ln(T/x), P(N = n) is proportional to (φW)ⁿ/(n!(n−1)!) with φ the
    devices' T/MTBF together, so φ has exact limits whatever β is. Failure terminated (one device):
    MTBF ÷ estimate = N²/(Y·G), Y and G gamma variables of N−1 and N. None elsewhere.

    Source: Crow (1982), Proc. Annual Reliability and Maintainability Symposium, 197–203 (his
    tables: N = 10, 90 %: 0.476, 2.575); Lee & Lee (1978), Technometrics 20, 187–199.
    """
    if fit.common_end is None or (fit.failure_terminated and fit.devices > 1):
        return None
    tail, count = (1 - confidence) / 2, fit.failures
    if fit.failure_terminated:
        law = partial(_product_law, count)
        factors = tuple(count**2 / _solved(law, share, count**2) for share in (1 - tail, tail))
    else:
        most = _solved(lambda value: 1 - _count_law(count, value)[0], 1 - tail, count**2)
        least = _solved(lambda value: _count_law(count, value)[1], tail, count**2)
        factors = count**2 / most, count**2 / least
    return Limits(*(fit.mtbf(fit.common_end) * factor for factor in factors))


def _count_law(count: int, product: float) -> tuple[float, float]:
    """P(N ≤ count), P(N ≥ count) where P(N = n) goes as productⁿ/(n!(n−1)!), n ≥ 1."""
    n = np.arange(1, int(4 * count + 4 * sqrt(product) + 50), dtype=np.float64)
    logs = n * log(product) - log_gamma(n + 1) - log_gamma(n)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    return float(chances[:count].sum()), float(chances[count - 1 :].sum())


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def _product_law(count: int, value: float) -> float:
    """P(Y·G ≤ value) of gamma variables with count − 1 and count."""
    from scipy.special import gammainc  # noqa: PLC0415  # 0.1 s at first use

    shape = count - 1.0
    low, high = max(1e-9, shape - 12 * sqrt(shape)), shape + 14 * sqrt(shape) + 20
    y: Floats = (low + high) / 2 + (high - low) / 2 * _NODES
    density = np.exp((shape - 1) * np.log(y) - y - log_gamma(np.array([shape])))
    return float((_WEIGHTS * density * gammainc(count, value / y)).sum() * (high - low) / 2)


def _solved(law: Callable[[float], float], share: float, near: float) -> float:
    """Where a rising law reaches a share, within a factor of 60 of ``near``."""
    widest = log(_MOST_FACTOR)
    found = root(lambda logs: law(near * exp(logs)) - share, -widest, widest)
    return float("inf") if found is None else near * exp(found)
