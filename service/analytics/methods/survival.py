"""Share of devices still in service by age: Kaplan–Meier, Nelson–Aalen, Aalen–Johansen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from service.analytics.methods.distributions import Floats, two_sided_z
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.rates import CONFIDENCE
from service.analytics.methods.too_few import Missing, TooFew

LimitLaw = Literal["loglog", "log", "plain"]


@dataclass(frozen=True)
class SurvivalCurve:
    """Steps at the ages with an end; all figures are given survival to ``from_age``."""

    ages: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    survival_error: Floats
    hazard: Floats
    hazard_error: Floats
    from_age: float
    until_age: float
    dropped: int

    def limits(
        self, confidence: float = CONFIDENCE, *, law: LimitLaw = "loglog"
    ) -> tuple[Floats, Floats]:
        """Log–log limits S^exp(±zθ), θ = se/(S|ln S|); both 0 or 1 where S is.

        Other laws are for comparison with what others print: "log" S·exp(±z·se/S), "plain"
        S ± z·se, both cut at 0 and 1.
        """
        inside = (self.survival > 0) & (self.survival < 1)
        safe = np.where(inside, self.survival, 0.5)
        margin = two_sided_z(confidence) * np.where(inside, self.survival_error, 0.0)
        if law == "plain":
            lower, upper = safe - margin, safe + margin
        elif law == "log":
            lower, upper = safe * np.exp(-margin / safe), safe * np.exp(margin / safe)
        else:
            factor = np.exp(margin / (safe * np.abs(np.log(safe))))
            lower, upper = safe**factor, safe ** (1 / factor)
        return (
            np.asarray(np.where(inside, np.clip(lower, 0.0, 1.0), self.survival)),
            np.asarray(np.where(inside, np.clip(upper, 0.0, 1.0), self.survival)),
        )

    def at(self, ages: Floats) -> Floats:
        """S at any ages up to ``until_age``; NaN after it."""
        step = np.searchsorted(self.ages, ages, side="right")
        values = np.concatenate([[1.0], self.survival])[step]
        return np.asarray(np.where(ages <= self.until_age, values, np.nan))

    def quantile(self, share: float = 0.5) -> float | None:
        """First age with S ≤ 1 − share (the median at ½); None: not reached."""
        reached = np.flatnonzero(self.survival <= 1 - share + 1e-12)
        return float(self.ages[reached[0]]) if len(reached) else None

    def quantile_limits(
        self, share: float = 0.5, *, confidence: float = CONFIDENCE, law: LimitLaw = "loglog"
    ) -> tuple[float | None, float | None]:
        """Ages at which the limits of S pass 1 − share (Brookmeyer & Crowley 1982).

        Where S itself is 0 it has no limits, so that an age that would be found only there is not
        known: all of a few devices removed on one day say little about the next ones.
        """
        ends = []
        for curve in self.limits(confidence, law=law):
            reached = np.flatnonzero((curve <= 1 - share + 1e-12) & (self.survival > 0))
            ends.append(float(self.ages[reached[0]]) if len(reached) else None)
        return ends[0], ends[1]

    def restricted_mean(self, horizon: float) -> float | None:
        """∫ S from ``from_age`` to the horizon: mean service inside it; None past the data."""
        if horizon > self.until_age or horizon <= self.from_age:
            return None
        inside = self.ages[self.ages < horizon]
        edges = np.concatenate([[self.from_age], inside, [horizon]])
        heights = np.concatenate([[1.0], self.survival[: len(inside)]])
        return float((np.diff(edges) * heights).sum())


def kaplan_meier(
    lives: Lifetimes, *, from_age: float | None = None, min_at_risk: int = 1
) -> SurvivalCurve | TooFew:
    """S = Π(1 − d/r) with Greenwood's error, H = Σ d/r (Nelson–Aalen) with √Σ d/r².

    At risk: entry < age ≤ exit; ends come before removals at the same age. Ties are one step d/r.
    Where S reaches 0 its Greenwood error is 0.

    Args:
        lives: Lives in any one unit.
        from_age: Condition on survival to this age.
        min_at_risk: Else condition on the youngest age with so many at risk (10 for old records:
            a small early risk set would bring S to 0 for ever).

    Source: Kaplan & Meier (1958); Klein & Moeschberger (2003) 4.2, 4.6; Nelson (1972).
    """
    start = from_age if from_age is not None else youngest_age(lives, min_at_risk)
    if start is None:
        return TooFew(Missing.DEVICES, lives.rows, min_at_risk)
    seen = lives.given_survival_to(start)
    if not seen.rows:
        return TooFew(Missing.DEVICES, 0, 1)
    ages, events = np.unique(seen.exit[seen.ended > 0], return_counts=True)
    at_risk = _at_risk(seen, ages)
    return SurvivalCurve(
        ages=ages,
        at_risk=at_risk,
        events=events.astype(float),
        survival=np.asarray(np.cumprod(1 - events / at_risk), dtype=np.float64),
        survival_error=_greenwood(events, at_risk),
        hazard=np.cumsum(events / at_risk),
        hazard_error=np.sqrt(np.cumsum(events / at_risk**2)),
        from_age=start,
        until_age=float(seen.exit.max()),
        dropped=lives.dropped,
    )


def youngest_age(lives: Lifetimes, min_at_risk: int) -> float | None:
    """Youngest age after which at least so many are at risk."""
    if min_at_risk <= 1 and lives.rows:
        return float(lives.entry.min())
    ages = np.unique(lives.entry)
    entered = np.searchsorted(np.sort(lives.entry), ages, side="right")
    gone = np.searchsorted(np.sort(lives.exit), ages, side="right")
    enough = np.flatnonzero(entered - gone >= min_at_risk)
    return float(ages[enough[0]]) if len(enough) else None


def cumulative_incidence(lives: Lifetimes, causes: Floats, cause: int) -> tuple[Floats, Floats]:
    """Ages and share ended by one cause when others compete (Aalen & Johansen 1978).

    F_c(t) = Σ S(t−)·d_c/r; the causes' shares and S add up to 1. ``causes`` has a whole number
    per row of ``lives``, 0 where nothing ended.
    """
    ages = np.unique(lives.exit[causes > 0])
    at_risk = _at_risk(lives, ages)

    def count(of: Floats) -> Floats:
        return np.bincount(np.searchsorted(ages, of), minlength=len(ages)).astype(float)

    every = count(lives.exit[causes > 0])
    before = np.concatenate([[1.0], np.cumprod(1 - every / at_risk)])[:-1]
    return ages, np.cumsum(before * count(lives.exit[causes == cause]) / at_risk)


def _at_risk(lives: Lifetimes, ages: Floats) -> Floats:
    entered = np.searchsorted(np.sort(lives.entry), ages, side="left")
    gone = np.searchsorted(np.sort(lives.exit), ages, side="left")
    return (entered - gone).astype(float)


def _greenwood(events: "np.typing.NDArray[np.int64]", at_risk: Floats) -> Floats:
    left = at_risk - events
    terms = np.where(left > 0, events / (at_risk * np.where(left > 0, left, 1.0)), 0.0)
    survival = np.cumprod(1 - events / at_risk)
    return np.asarray(survival * np.sqrt(np.cumsum(terms)))
