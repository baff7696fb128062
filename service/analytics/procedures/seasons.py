from collections.abc import Iterator
from math import cos, pi, sin
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.seasons import EdwardsSeason, Season, edwards, season
from service.analytics.methods.too_few import TooFew
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.naming import Either
from service.analytics.procedures.series import counts_of, labels_of, months_of

_MONTHS = 12
_LENGTHS: given.Names = ("days", "month_days", "length", "month_lengths", "days_in_month")
_ALIASES = {
    "chi2_days": ("chi2", "x2", "chisq", "chi2_exposure", "chi2_device_days", "chi_square"),
    "p_days": ("p", "p_value", "p_exposure", "p_chi2", "chi2_p"),
    "chi2_scaled": ("chi2_phi", "chi2_over_phi", "chi2_dispersion"),
    "p_scaled": ("p_phi", "p_over_phi"),
    "chi2_equal_months": ("chi2_equal",),
    "p_equal": ("p_equal_months",),
    "harmonic_lr": ("harmonic_chi2", "lr", "harmonic_lr_chi2", "lr_harmonic"),
    "harmonic_lr_p": ("harmonic_p", "p_harmonic"),
    "amplitude_log": ("amplitude", "harmonic_amplitude", "log_amplitude"),
    "peak_to_trough_rate_ratio": ("peak_to_trough", "peak_trough_ratio", "rate_ratio"),
    "seasonal_index": ("index", "month_index", "indices", "monthly_index", "season_index"),
    "peak_day_of_year": ("peak_day", "peak", "harmonic_peak_day"),
    "peak_fraction": ("peak_fraction_of_year", "peak_share_of_year"),
    "coef_cos": ("cos", "a_cos", "harmonic_cos"),
    "coef_sin": ("sin", "b_sin", "harmonic_sin"),
    "counts": ("counts_by_month", "month_counts", "failures_by_month"),
}


def check_season(case: Case) -> Iterator[Check]:
    counts, exposure, lengths = _by_month(case)
    phi = float(given.value(case, ("dispersion", "phi"), 1))
    found = _season(counts, exposure, lengths, phi)
    bare = _season(counts, exposure, lengths, 1.0)
    equal = _season(counts, np.ones(len(counts)), np.ones(len(counts)), phi)
    figures: dict[str, Any] = {
        "chi2_days": Either((found.chi2, bare.chi2)),
        "p_days": Either((found.p_value, bare.p_value)),
        "chi2_scaled": found.chi2,
        "p_scaled": found.p_value,
        "chi2_equal_months": equal.chi2,
        "p_equal": equal.p_value,
        "df": len(counts) - 1,
        "counts": [float(count) for count in counts],
        "total": float(counts.sum()),
        "exposure": float(exposure.sum()),
    }
    simple = edwards(counts)
    if isinstance(simple, EdwardsSeason):
        figures["edwards"] = {
            "amplitude": simple.amplitude,
            "peak": simple.peak,
            "peak_day": simple.peak * 365,
            "chi2": simple.chi2,
            "p": simple.p_value,
        }
    labels = [str(label) for label in labels_of(case, len(counts))]
    yield from compare(case, figures | _of_wave(found), aliases=_ALIASES, labels=labels)


def _season(counts: Floats, exposure: Floats, lengths: Floats, phi: float) -> Season:
    found = season(counts, exposure, days=lengths, dispersion=phi)
    if isinstance(found, TooFew):
        raise CaseIncomplete("12 failures at least, and exposure in every month")
    return found


def _of_wave(found: Season) -> dict[str, Any]:
    angle = 2 * pi * found.peak
    return {
        "harmonic_lr": found.wave_chi2,
        "harmonic_lr_p": found.wave_p_value,
        "harmonic_df": 2,
        "amplitude_log": found.amplitude,
        "coef_cos": found.amplitude * cos(angle),
        "coef_sin": found.amplitude * sin(angle),
        "peak_to_trough_rate_ratio": found.peak_to_trough,
        "peak_fraction": found.peak,
        "peak_day_of_year": found.peak * 365,
        "peak_month": int(np.argmax(found.index)) + 1,
        "trough_month": int(np.argmin(found.index)) + 1,
        "seasonal_index": [float(value) for value in found.index],
    }


def _by_month(case: Case) -> tuple[Floats, Floats, Floats]:
    """Counts, exposure and lengths; months of several years are added up."""
    counts, exposure = counts_of(case)
    given_lengths = given.numbers(case, _LENGTHS)
    if given_lengths is not None and (exposure == 1).all():
        exposure = np.array(given_lengths)
    lengths = np.ones(len(counts)) if given_lengths is None else np.array(given_lengths)
    months = months_of(case, len(counts))
    if months is not None and len(counts) > _MONTHS and len(set(months)) == _MONTHS:
        counts, exposure, lengths = (
            np.bincount(months, values, _MONTHS).astype(np.float64)
            for values in (counts, exposure, lengths)
        )
    return counts, exposure, lengths
