"""Failure rates (故障率) with limits that stay honest when devices are unlike.

N failures in an exposure T (device-years, hours; the rate has the inverse unit). The exact Poisson
limits of Garwood assume that every device has the same rate. Real devices do not, so the limits of
a group are scaled by the dispersion φ seen between its devices.
"""

from dataclasses import dataclass
from math import inf, log
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_DEVICES = 5
MIN_FAILURES = 5
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Limits:
    """A two-sided interval."""

    lower: float
    upper: float

    def scaled(self, factor: float) -> "Limits":
        return Limits(self.lower * factor, self.upper * factor)


@dataclass(frozen=True)
class RateEstimate:
    """``dispersion`` is None where devices had to be assumed alike (too few to see)."""

    rate: float
    limits: Limits
    dispersion: float | None


def garwood(count: float, exposure: float, *, confidence: float = CONFIDENCE) -> Limits:
    """Exact limits of a Poisson rate observed for a fixed time (Type I).

    lower = χ²(α/2; 2N) / 2T, upper = χ²(1−α/2; 2N+2) / 2T, two-sided. N = 0: lower 0, upper
    −ln(α/2)/T (3.689/T at 95 %). T = 0: nothing is known, (0, ∞). N need not be whole.

    Source: Garwood (1936), Biometrika 28, 437–442; NIST/SEMATECH e-Handbook 8.4.5.1.
    """
    from scipy.special import gammainccinv, gammaincinv  # noqa: PLC0415  # 0.1 s at first use

    if exposure <= 0:
        return Limits(0.0, inf)
    tail = (1 - confidence) / 2
    lower = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return Limits(lower / exposure, float(gammainccinv(count + 1, tail)) / exposure)


def garwood_failure_terminated(
    count: int, exposure: float, *, confidence: float = CONFIDENCE
) -> Limits:
    """Limits when observation stopped at the last failure (Type II): 2N df on both sides.

    N = 0 cannot happen there and gives (0, ∞). Source: IEC 60605-4; NIST e-Handbook 8.4.5.1.
    """
    from scipy.special import gammainccinv, gammaincinv  # noqa: PLC0415

    if count < 1 or exposure <= 0:
        return Limits(0.0, inf)
    tail = (1 - confidence) / 2
    return Limits(
        float(gammaincinv(count, tail)) / exposure, float(gammainccinv(count, tail)) / exposure
    )


def upper_bound(count: float, exposure: float, *, confidence: float = CONFIDENCE) -> float:
    """One-sided upper bound of the rate: χ²(confidence; 2N+2) / 2T (2.996/T at N = 0, 95 %)."""
    return garwood(count, exposure, confidence=2 * confidence - 1).upper


@dataclass(frozen=True)
class DeviceSums:
    """What the dispersion needs of a group: sums over its devices, so no device list is kept."""

    devices: int
    failures: float
    exposure: float
    failures_squared: float
    failures_exposure: float
    exposure_squared: float

    @classmethod
    def of(cls, failures: "Sequence[float]", exposure: "Sequence[float]") -> "DeviceSums":
        pairs = list(zip(failures, exposure, strict=True))
        return cls(
            devices=len(pairs),
            failures=sum(x for x, _ in pairs),
            exposure=sum(t for _, t in pairs),
            failures_squared=sum(x * x for x, _ in pairs),
            failures_exposure=sum(x * t for x, t in pairs),
            exposure_squared=sum(t * t for _, t in pairs),
        )


def device_sums(failures: pl.Expr, exposure: pl.Expr) -> dict[str, pl.Expr]:
    """The same sums as polars aggregations over rows of one device each."""
    return {
        "devices": pl.len(),
        "failures": failures.sum(),
        "exposure": exposure.sum(),
        "failures_squared": (failures * failures).sum(),
        "failures_exposure": (failures * exposure).sum(),
        "exposure_squared": (exposure * exposure).sum(),
    }


def dispersion(group: DeviceSums) -> float | None:
    """How much more failures vary between devices than the Poisson law allows: φ ≥ 1.

    φ = max(1, V/N), V = K/(K−1) · Σ(x_i − λ̂T_i)², λ̂ = N/T. None when fewer than 5 devices or
    5 failures: then the spread cannot be seen and devices are assumed alike.

    Source: McCullagh & Nelder (1989) ch. 6, with the robust variance of a ratio of sums.
    """
    if group.devices < MIN_DEVICES or group.failures < MIN_FAILURES or group.exposure <= 0:
        return None
    return max(1.0, (spread(group) or 0.0) / group.failures)


def spread(group: DeviceSums) -> float | None:
    """V = K/(K−1) · Σ(x_i − λ̂T_i)²: variance of the group's failures as its devices show it."""
    if group.devices < 2 or group.exposure <= 0:  # noqa: PLR2004  # a spread needs two
        return None
    rate = group.failures / group.exposure
    squares = (
        group.failures_squared
        - 2 * rate * group.failures_exposure
        + rate * rate * group.exposure_squared
    )
    return squares * group.devices / (group.devices - 1)


def group_rate(group: DeviceSums, *, confidence: float = CONFIDENCE) -> RateEstimate | None:
    """Rate of a group of devices with dispersion-scaled Garwood limits.

    λ̂ = N/T; limits = `garwood` (N/φ, T/φ): never narrower than Garwood, equal to it at φ = 1.
    None when the group was not observed at all (T = 0).
    """
    if group.exposure <= 0:
        return None
    phi = dispersion(group)
    scale = phi or 1.0
    limits = garwood(group.failures / scale, group.exposure / scale, confidence=confidence)
    return RateEstimate(group.failures / group.exposure, limits, phi)


def rate_ratio(
    first: tuple[float, float], second: tuple[float, float], *, confidence: float = CONFIDENCE
) -> Limits:
    """Exact limits of the ratio of two independent Poisson rates, first ÷ second.

    Given the sum of both counts the first is binomial; its Clopper–Pearson limits p become
    p/(1−p) · T2/T1. No failure in either: (0, ∞).

    Args:
        first: Failures and exposure.
        second: Failures and exposure.
        confidence: Two-sided.

    Source: Przyborowski & Wilenski (1940); R `poisson.test`.
    """
    (x1, t1), (x2, t2) = first, second
    if x1 + x2 == 0 or t1 <= 0 or t2 <= 0:
        return Limits(0.0, inf)
    share = clopper_pearson(x1, x1 + x2, confidence=confidence)
    return Limits(_odds(share.lower) * t2 / t1, _odds(share.upper) * t2 / t1)


def rate_ratio_p(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Chance of a ratio so far from 1 or farther where both rates are one: twice the smaller tail.

    Given the sum of both counts the first is binomial with share T1/(T1 + T2). Counts need not be
    whole, as when they are divided by a dispersion. Both counts 0: 1.
    """
    from scipy.special import betainc  # noqa: PLC0415

    (x1, t1), (x2, t2) = first, second
    if x1 + x2 <= 0:
        return 1.0
    share = t1 / (t1 + t2)
    at_most = float(betainc(x2, x1 + 1, 1 - share)) if x2 > 0 else 1.0
    at_least = float(betainc(x1, x2 + 1, share)) if x1 > 0 else 1.0
    return min(1.0, 2 * min(at_most, at_least))


def rate_ratio_p_as_r(first: tuple[float, float], second: tuple[float, float]) -> float:
    """The same by the chances of all divisions of the sum that are no likelier than the one seen.

    Whole counts only; R's `poisson.test` and `binom.test` print this one. It can differ from
    `rate_ratio_p`, which agrees with the limits of `rate_ratio`.
    """
    import numpy as np  # noqa: PLC0415
    from scipy.stats import binom  # noqa: PLC0415  # 0.5 s at first use

    whole = int(first[0] + second[0])
    chances = binom.pmf(np.arange(whole + 1), whole, first[1] / (first[1] + second[1]))
    return min(1.0, float(chances[chances <= chances[int(first[0])] * (1 + 1e-7)].sum()))


def _odds(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)


def clopper_pearson(part: float, whole: float, *, confidence: float = CONFIDENCE) -> Limits:
    """Exact limits of a binomial share; counts need not be whole (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv  # noqa: PLC0415

    tail = (1 - confidence) / 2
    lower = float(betaincinv(part, whole - part + 1, tail)) if part > 0 else 0.0
    upper = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return Limits(lower, upper)


def ratio_to_all(
    group: DeviceSums, everything: DeviceSums, *, confidence: float = CONFIDENCE
) -> tuple[float, Limits] | None:
    """Rate of a group ÷ rate of all devices, the group being one part of all.

    Given N, the group's failures are a binomial share π of N, and the ratio is π · T/T_g: the
    Clopper–Pearson limits of x_g/N carry over, and part and whole are not treated as independent.
    With the group's φ above 1, x_g/φ out of N/φ is used. None without any failure or exposure.
    """
    if everything.failures <= 0 or group.exposure <= 0:
        return None
    phi = dispersion(group) or 1.0
    factor = everything.exposure / group.exposure
    share = clopper_pearson(group.failures / phi, everything.failures / phi, confidence=confidence)
    return group.failures / everything.failures * factor, share.scaled(factor)


def zero_failure_mtbf(exposure: float, *, confidence: float = CONFIDENCE) -> float:
    """One-sided lower bound of the MTBF after no failure: T / −ln(1 − confidence)."""
    return exposure / -log(1 - confidence)
