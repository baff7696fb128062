"""Are the rates of several devices one, and rates of groups with unlike make-up compared."""

from dataclasses import dataclass

from service.analytics.methods.distributions import Floats, chi2_tail, gamma_quantile
from service.analytics.methods.rates import CONFIDENCE, Limits, RateEstimate
from service.analytics.methods.too_few import Missing, TooFew


@dataclass(frozen=True)
class Homogeneity:
    """χ² of equal rates; small p: the devices are unlike."""

    chi2: float
    degrees_of_freedom: int
    p_value: float


def homogeneity(failures: Floats, exposure: Floats) -> Homogeneity | TooFew:
    """Σ(x_i − E_i)²/E_i against χ²(K − 1), E_i = T_i·N/T.

    Devices without exposure are left out. `TooFew` below 2 devices or without a failure. The law
    is a fair one where most E_i are above 1.

    Source: Cox & Lewis (1966) 9.3; Hoel (1945), Ann. Math. Stat. 16, 362–368.
    """
    seen = exposure > 0
    counts, times = failures[seen], exposure[seen]
    if len(counts) < 2:  # noqa: PLR2004  # a comparison
        return TooFew(Missing.DEVICES, len(counts), 2)
    if counts.sum() == 0:
        return TooFew(Missing.FAILURES, 0, 1)
    expected = times * counts.sum() / times.sum()
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    return Homogeneity(chi2, len(counts) - 1, chi2_tail(chi2, len(counts) - 1))


def standardised_rate(
    failures: Floats, exposure: Floats, standard: Floats, *, confidence: float = CONFIDENCE
) -> RateEstimate | TooFew:
    """Rate if the age bands had the shares of a standard population: Σ w_i x_i/T_i, Σ w_i = 1.

    Gamma limits of Fay & Feuer: with y the rate, v = Σ (w_i/T_i)² x_i and w the greatest w_i/T_i,
    lower = v/2y · χ²(α/2; 2y²/v), upper = (v + w²)/2(y + w) · χ²(1−α/2; 2(y + w)²/(v + w²)).
    Equal weights per exposure give Garwood's limits. No failure: lower 0, upper from w alone.

    Args:
        failures: By band.
        exposure: By band; a band of the standard that was never observed is `TooFew`.
        standard: Size of the bands in the standard population, in any unit.
        confidence: Two-sided.

    Source: Fay & Feuer (1997), Stat. Med. 16, 791–801; R package epitools, `ageadjust.direct`.
    """
    share = standard / standard.sum()
    if ((exposure <= 0) & (share > 0)).any():
        return TooFew(Missing.EXPOSURE, float((exposure > 0).sum()), len(exposure))
    kept = share > 0
    weight = share[kept] / exposure[kept]
    counts = failures[kept]
    rate, variance = float((weight * counts).sum()), float((weight**2 * counts).sum())
    most, tail = float(weight.max()), (1 - confidence) / 2
    lower = variance / rate * gamma_quantile(tail, rate**2 / variance) if rate > 0 else 0.0
    spread = variance + most**2
    upper = spread / (rate + most) * gamma_quantile(1 - tail, (rate + most) ** 2 / spread)
    return RateEstimate(rate, Limits(lower, upper), None)
