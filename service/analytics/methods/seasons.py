"""Season of failures by month, against the device-days of each month."""

from dataclasses import dataclass
from math import exp, hypot, inf, nan

import numpy as np

from service.analytics.methods.count_regression import (
    CountRegression,
    Design,
    poisson_regression,
)
from service.analytics.methods.distributions import Floats, chi2_tail
from service.analytics.methods.too_few import Missing, TooFew

MIN_FAILURES = 12


@dataclass(frozen=True)
class Season:
    """``index`` of a month is its rate ÷ the rate of the year.

    ``amplitude`` is on the log scale: the rate swings by exp(±amplitude); ``peak`` is the share
    of the year at which the fitted wave is highest. Where failures fell in one month only, no wave
    fits: the amplitude is infinite, and what else is said of it NaN.
    """

    index: Floats
    chi2: float
    p_value: float
    amplitude: float
    peak: float
    wave_chi2: float
    wave_p_value: float

    @property
    def peak_to_trough(self) -> float:
        return exp(2 * self.amplitude)


def season(
    counts: Floats, exposure: Floats, *, days: Floats | None = None, dispersion: float = 1.0
) -> Season | TooFew:
    """Index, χ² of equal rates over the periods, and the first harmonic by Poisson regression.

    Args:
        counts: Failures by month of the year, in order (12 usually).
        exposure: Device-days of each month: months have different lengths.
        days: Lengths of the periods, to place their middles; equal when absent.
        dispersion: φ of the counts; both χ² are divided by it.

    The wave is fitted at the middle of each period, a year being 1. From 12 failures.

    Source: Edwards (1961); Walter & Elwood (1975), Br. J. Prev. Soc. Med. 29, 18–21.
    """
    if (exposure <= 0).any():
        return TooFew(Missing.EXPOSURE, int((exposure > 0).sum()), len(exposure))
    if counts.sum() < MIN_FAILURES:
        return TooFew(Missing.FAILURES, float(counts.sum()), MIN_FAILURES)
    expected = exposure * counts.sum() / exposure.sum()
    chi2 = float(((counts - expected) ** 2 / expected).sum()) / dispersion
    amplitude, peak, gain = _wave(counts, exposure, np.ones(len(counts)) if days is None else days)
    return Season(
        index=np.asarray(counts / expected),
        chi2=chi2,
        p_value=chi2_tail(chi2, len(counts) - 1),
        amplitude=amplitude,
        peak=peak,
        wave_chi2=gain / dispersion,
        wave_p_value=chi2_tail(gain / dispersion, 2) if amplitude < inf else nan,
    )


@dataclass(frozen=True)
class EdwardsSeason:
    """``amplitude`` is the share by which the rate swings; ``peak`` a share of the year."""

    amplitude: float
    peak: float
    chi2: float
    p_value: float


def edwards(counts: Floats) -> EdwardsSeason | TooFew:
    """The wave of equal periods without a regression: centre of gravity of the square roots.

    d = |Σ√n·e^{iθ}| / Σ√n at the middles θ, amplitude 4d, 8N·d² against χ²(2). From 12 failures.
    To compare with what is printed so; `season` allows for unlike exposure.

    Source: Edwards (1961), Ann. Hum. Genet. 25, 83–87.
    """
    if counts.sum() < MIN_FAILURES:
        return TooFew(Missing.FAILURES, float(counts.sum()), MIN_FAILURES)
    turn = np.exp(2j * np.pi * (np.arange(len(counts)) + 0.5) / len(counts))
    centre = complex((np.sqrt(counts) * turn).sum() / np.sqrt(counts).sum())
    chi2 = 8 * float(counts.sum()) * abs(centre) ** 2
    peak = float(np.angle(centre) / (2 * np.pi)) % 1.0
    return EdwardsSeason(4 * abs(centre), peak, chi2, chi2_tail(chi2, 2))


def _wave(counts: Floats, exposure: Floats, days: Floats) -> tuple[float, float, float]:
    """Amplitude, peak and χ² of the first harmonic; infinite where all fell in one month."""
    size = len(counts)
    angle = 2 * np.pi * (np.cumsum(days) - days / 2) / days.sum()
    columns = np.column_stack([np.ones(size), np.cos(angle), np.sin(angle)])
    flat, wave = (
        poisson_regression(
            Design(names, columns[:, : len(names)], counts, exposure, np.arange(size), 0)
        )
        for names in (("(Intercept)",), ("(Intercept)", "cos", "sin"))
    )
    if not (isinstance(flat, CountRegression) and isinstance(wave, CountRegression)):
        return inf, nan, nan
    cosine, sine = float(wave.coefficients[1]), float(wave.coefficients[2])
    peak = float(np.arctan2(sine, cosine) / (2 * np.pi)) % 1.0
    return hypot(cosine, sine), peak, max(0.0, 2 * (wave.loglik - flat.loglik))
