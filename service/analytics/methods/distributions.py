"""Quantiles, tails and roots from scipy, which is loaded at first use (0.1 s)."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def normal_quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))


def two_sided_z(confidence: float) -> float:
    """1.959964 at 95 %."""
    return normal_quantile((1 + confidence) / 2)


def two_sided_p(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def chi2_quantile(share: float, df: float) -> float:
    from scipy.special import gammaincinv

    return float(2 * gammaincinv(df / 2, share))


def chi2_tail(value: float, df: float) -> float:
    """P(χ² > value)."""
    from scipy.special import gammaincc

    return float(gammaincc(df / 2, max(value, 0.0) / 2))


def gamma_quantile(share: float, shape: float) -> float:
    """Of the gamma law with rate 1."""
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, share))


def gamma_tail(value: float, shape: float) -> float:
    """P(gamma with rate 1 > value)."""
    from scipy.special import gammaincc

    return float(gammaincc(shape, value))


def log_gamma(values: Floats) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(values), dtype=np.float64)


def negative_binomial_quantile(share: float, size: float, probability: float) -> float:
    """Smallest whole count whose distribution function reaches ``share``."""
    from scipy.stats import nbinom

    return max(0.0, float(nbinom.ppf(share, size, probability)))


def binomial_tails(part: int, whole: int, probability: float) -> tuple[float, float]:
    """P(X ≤ part), P(X ≥ part)."""
    from scipy.stats import binom

    below = float(binom.cdf(part, whole, probability))
    return below, float(binom.sf(part - 1, whole, probability))


def poisson_quantile(share: float, mean: float) -> float:
    from scipy.stats import poisson

    return float(poisson.ppf(share, mean))


def root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function of one sign change is zero; None when it does not change sign."""
    from scipy.optimize import brentq

    first, last = function(low), function(high)
    if not (isfinite(first) and isfinite(last)) or first * last > 0:
        return None
    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-13, maxiter=500))


def minimum(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one valley is smallest."""
    from scipy.optimize import minimize_scalar

    return float(
        minimize_scalar(
            function, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * (high - low)}
        ).x
    )


def lowest(function: Callable[[Floats], float], start: Floats) -> tuple[Floats, float]:
    """Smallest value of a smooth function of several parameters, without derivatives."""
    from scipy.optimize import minimize

    found = minimize(
        function,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000, "maxfev": 8000},
    )
    return np.asarray(found.x, dtype=np.float64), float(found.fun)


def lowest_by_slope(
    function: Callable[[Floats], tuple[float, Floats]], start: Floats
) -> tuple[Floats, float]:
    """Smallest value of a smooth function that gives (value, slope): far fewer evaluations."""
    from scipy.optimize import minimize

    found = minimize(function, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(found.x, dtype=np.float64), float(found.fun)


def curvature(function: Callable[[Floats], float], at: Floats, step: float = 1e-4) -> Floats:
    """Second derivatives by central differences (Hessian)."""
    count = len(at)
    steps = np.eye(count) * step
    hessian = np.empty((count, count))
    for row in range(count):
        for column in range(count):
            plus = function(at + steps[row] + steps[column]) + function(
                at - steps[row] - steps[column]
            )
            minus = function(at + steps[row] - steps[column]) + function(
                at - steps[row] + steps[column]
            )
            hessian[row, column] = (plus - minus) / (4 * step * step)
    return hessian


def likelihood_limits(
    loglik: Callable[[float], float], best: float, confidence: float
) -> tuple[float, float]:
    """Where twice the loss of a profile log-likelihood reaches χ²(1), of a positive parameter.

    An end that the likelihood never reaches is 0 or ∞.
    """
    target = loglik(best) - chi2_quantile(confidence, 1) / 2

    def loss(log_parameter: float) -> float:
        return loglik(float(np.exp(log_parameter))) - target

    centre = float(np.log(best))
    return (
        _crossing(loss, centre, -1.0, otherwise=0.0),
        _crossing(loss, centre, 1.0, otherwise=inf),
    )


def _crossing(
    loss: Callable[[float], float], centre: float, direction: float, *, otherwise: float
) -> float:
    """Steps outward until the loss is negative: the tail of a likelihood may overflow."""
    inner = centre
    for width in (0.25, 0.5, 1.0, 2.0, 4.0, 6.0):
        outer = centre + direction * width
        if loss(outer) < 0:
            found = root(loss, min(inner, outer), max(inner, outer))
            return otherwise if found is None else float(np.exp(found))
        inner = outer
    return otherwise
