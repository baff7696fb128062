"""Order of renewal by risk: likelihood of trouble × its consequence, with weights one can see.

Source: 国土交通省「下水道事業のストックマネジメント実施に関するガイドライン」(2015): リスク =
発生確率 × 影響度. The weights are the authority's own.
"""

from dataclasses import dataclass, fields

import numpy as np

from service.analytics.methods.distributions import Floats

GRADES = 5
HEALTH_BEST, HEALTH_WORST = 5, 1
CRITICALITIES = {"A": 1.0, "B": 0.6, "C": 0.2}
REDUNDANCIES = {"none": 1.0, "alternating": 0.6, "standby": 0.3}


@dataclass(frozen=True)
class Weights:
    """Of what makes trouble likely (age to parts) and of what makes it grave (the other two)."""

    age: int = 30
    failures: int = 30
    health: int = 30
    parts: int = 10
    criticality: int = 70
    redundancy: int = 30

    def given(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Scores:
    """Each from 0 (good) to 1 (bad), one entry per device; NaN where nobody knows."""

    age: Floats
    failures: Floats
    health: Floats
    parts: Floats
    criticality: Floats
    redundancy: Floats


@dataclass(frozen=True)
class Risk:
    """``likelihood`` and ``consequence`` from 0 to 100; ``risk`` is their product ÷ 100."""

    likelihood: Floats
    consequence: Floats

    @property
    def risk(self) -> Floats:
        return self.likelihood * self.consequence / 100


def age_score(age_years: Floats, life_years: Floats) -> Floats:
    """Half at the end of the set life, 1 at twice of it: min(age / life, 2) / 2."""
    return np.clip(age_years / life_years, 0, 2) / 2


def failure_score(rate_per_year: Floats) -> Floats:
    """P(at least one failure within a year) = 1 − exp(−λ)."""
    return np.asarray(-np.expm1(-rate_per_year), dtype=np.float64)


def health_score(health: Floats) -> Floats:
    """健全度 5 (good) is 0, 1 (stopped) is 1."""
    return (HEALTH_BEST - health) / (HEALTH_BEST - HEALTH_WORST)


def risk_of(scores: Scores, weights: Weights) -> Risk:
    """Weighted means of what is known of each device; NaN where nothing is, or no weight is."""
    likely = ("age", "failures", "health", "parts")
    grave = ("criticality", "redundancy")
    return Risk(*(100 * _mean(scores, weights, names) for names in (likely, grave)))


def _mean(scores: Scores, weights: Weights, names: tuple[str, ...]) -> Floats:
    values = np.stack([getattr(scores, name) for name in names])
    each = np.array([[getattr(weights, name)] for name in names], dtype=float)
    known = np.where(np.isnan(values), 0.0, each)
    total = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(values * known, axis=0) / total, dtype=np.float64)


def grade(score: float) -> int:
    """1 to 5 of a score from 0 to 100, for the matrix."""
    return min(GRADES, int(score // (100 / GRADES)) + 1)
