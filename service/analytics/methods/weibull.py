"""Weibull life to replacement by maximum likelihood, with delayed entry and censoring.

S(t) = exp(−(t/η)^β). β > 1: replaced more and more with age.
"""

from dataclasses import dataclass
from math import exp, gamma, log, sqrt

import numpy as np

from service.analytics.methods.distributions import (
    Floats,
    curvature,
    likelihood_limits,
    lowest,
    minimum,
    root,
    two_sided_z,
)
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.rates import CONFIDENCE, Limits, garwood
from service.analytics.methods.too_few import Missing, TooFew

MIN_ENDS = 2
BETAS = (1e-2, 80.0)


@dataclass(frozen=True)
class Weibull:
    """``covariance`` is of (ln β, ln η) from the observed information."""

    beta: float
    eta: float
    ends: int
    loglik: float
    covariance: Floats

    @property
    def aic(self) -> float:
        return 4 - 2 * self.loglik

    @property
    def mean(self) -> float:
        return self.eta * gamma(1 + 1 / self.beta)

    @property
    def deviation(self) -> float:
        """Standard deviation of the lives themselves."""
        return self.eta * sqrt(gamma(1 + 2 / self.beta) - gamma(1 + 1 / self.beta) ** 2)

    @property
    def beta_error(self) -> float:
        return self.beta * sqrt(float(self.covariance[0, 0]))

    @property
    def eta_error(self) -> float:
        return self.eta * sqrt(float(self.covariance[1, 1]))

    def survival(self, age: float) -> float:
        return exp(-((age / self.eta) ** self.beta))

    def ends_within(self, age: float, span: float = 1.0) -> float:
        """P(ends by age + span | in service at age) = 1 − S(age + span)/S(age)."""
        return chance_within(self.beta, self.eta, age, span)

    def b_life(self, share: float) -> float:
        """Age by which this share has ended (B10: 0.1): η(−ln(1−share))^(1/β)."""
        return float(self.eta * (-log(1 - share)) ** (1 / self.beta))

    def beta_limits(self, confidence: float = CONFIDENCE) -> Limits:
        """Wald limits on ln β."""
        return self._limits(self.beta, np.array([1.0, 0.0]), confidence)

    def eta_limits(self, confidence: float = CONFIDENCE) -> Limits:
        """Wald limits on ln η."""
        return self._limits(self.eta, np.array([0.0, 1.0]), confidence)

    def b_life_limits(self, share: float, confidence: float = CONFIDENCE) -> Limits:
        """Wald limits on the log of the B-life (delta method)."""
        slope = -log(-log(1 - share)) / self.beta
        return self._limits(self.b_life(share), np.array([slope, 1.0]), confidence)

    def _limits(self, value: float, slope: Floats, confidence: float) -> Limits:
        error = sqrt(float(slope @ self.covariance @ slope))
        factor = exp(two_sided_z(confidence) * error)
        return Limits(value / factor, value * factor)


def chance_within(beta: float, eta: float, age: float, span: float) -> float:
    """P(ends by age + span | in service at age) under a Weibull law."""
    return -float(np.expm1((age / eta) ** beta - ((age + span) / eta) ** beta))


def weibull(lives: Lifetimes) -> Weibull | TooFew:
    """Fits rows of (entry, exit, ended), right-censored where not ended.

    β̂: 1/β + mean ln t of the ends − Σ(t^β ln t − u^β ln u)/Σ(t^β − u^β) = 0, sums over all rows,
    u the entry age; η̂ = [Σ(t^β − u^β)/r]^{1/β}. Counts per distinct age are summed once.

    Returns:
        `TooFew` below 2 ends (see `weibayes`), or where the likelihood has no top (all ends at the
        oldest age).

    Source: Meeker & Escobar (1998) 8.4, 11.6; Hong, Meeker & McCalley (2009).
    """
    if lives.ends < MIN_ENDS:
        return TooFew(Missing.FAILURES, lives.ends, MIN_ENDS)
    sums = _Sums.of(lives)
    beta = root(sums.score, *BETAS)
    if beta is None:
        return TooFew(Missing.CONTRAST, 0, 1)
    eta = (sums.total(beta) / sums.ends) ** (1 / beta) * sums.unit
    return Weibull(beta, eta, sums.ends, sums.loglik(beta), sums.covariance(beta))


def likelihood_beta_limits(
    lives: Lifetimes, fit: Weibull, *, confidence: float = CONFIDENCE
) -> Limits:
    """Where the profile likelihood of β falls by χ²(1)/2: better than Wald below 20 ends."""
    return Limits(*likelihood_limits(_Sums.of(lives).loglik, fit.beta, confidence))


def likelihood_eta_limits(
    lives: Lifetimes, fit: Weibull, *, confidence: float = CONFIDENCE
) -> Limits:
    """Where the profile likelihood of η falls by χ²(1)/2; β is chosen best for every η."""
    sums = _Sums.of(lives)
    ends = likelihood_limits(sums.loglik_of_eta, fit.eta, confidence)
    return Limits(*ends)


@dataclass(frozen=True)
class Weibayes:
    """η for a β taken from elsewhere; name that β beside every figure."""

    beta: float
    eta: float | None
    eta_limits: Limits


def weibayes(lives: Lifetimes, beta: float, *, confidence: float = CONFIDENCE) -> Weibayes | TooFew:
    """(t/η)^β counts as exposure of a Poisson count: Garwood limits on 1/η^β, also without ends.

    Without an end ``eta`` is None and only a lower limit is known. Source: IEC 61649 clause 11;
    Nelson (1985), J. Qual. Technol. 17.
    """
    if not lives.rows:
        return TooFew(Missing.DEVICES, 0, 1)
    exposure = float((lives.exit**beta - lives.entry**beta).sum())
    rate = garwood(lives.ends, exposure, confidence=confidence)
    low = rate.upper ** (-1 / beta)
    high = rate.lower ** (-1 / beta) if rate.lower > 0 else float("inf")
    eta = (exposure / lives.ends) ** (1 / beta) if lives.ends else None
    return Weibayes(beta, eta, Limits(low, high))


def weibull_between(after: Floats, until: Floats, entry: Floats) -> Weibull | TooFew:
    """Fits lives known to end between two ages (the year of replacement only).

    ``after`` = ``until``: exact; ``until`` = ∞: still in service; ``after`` = 0: before. The
    likelihood is Π[S(after) − S(until)]/S(entry), or the density, maximised numerically.

    Source: Meeker & Escobar (1998) 7.2, 11.6.
    """
    known = np.isfinite(until)
    if int(known.sum()) < MIN_ENDS:
        return TooFew(Missing.FAILURES, int(known.sum()), MIN_ENDS)
    middle = np.where(known, (after + np.where(known, until, 0.0)) / 2, after)
    first = weibull(Lifetimes.of(middle, known.astype(float), np.minimum(entry, after * 0.999)))
    if isinstance(first, TooFew):
        return first

    def loss(logs: Floats) -> float:
        return -_between_loglik(logs, (after, until, entry))

    best, lost = lowest(loss, np.log([first.beta, first.eta]))
    covariance = np.asarray(np.linalg.inv(curvature(loss, best)), dtype=np.float64)
    return Weibull(
        float(np.exp(best[0])), float(np.exp(best[1])), int(known.sum()), -lost, covariance
    )


def _between_loglik(logs: Floats, rows: tuple[Floats, Floats, Floats]) -> float:
    beta, eta = np.exp(logs)
    after, until, entry = rows
    low, start = (after / eta) ** beta, (entry / eta) ** beta
    exact = after == until
    open_end = np.isinf(until)
    span = (np.where(open_end | exact, after + eta, until) / eta) ** beta - low
    with np.errstate(divide="ignore"):
        ended = -low + np.log(-np.expm1(-span))
        density = np.log(beta / eta) + (beta - 1) * np.log(np.maximum(after, 1e-300) / eta) - low
    each = np.where(exact, density, np.where(open_end, -low, ended))
    return float((each + start).sum())


# An entry this early is none: its logarithm says nothing of the life.
_NO_AGE = 1e-300


@dataclass(frozen=True)
class _Sums:
    """Distinct ages ÷ unit with their weights: +1 for an exit, −1 for a delayed entry."""

    ages: Floats
    logs: Floats
    weights: Floats
    ends: int
    end_log_sum: float
    unit: float

    @classmethod
    def of(cls, lives: Lifetimes) -> "_Sums":
        unit = float(lives.exit.max())
        late = lives.entry[lives.entry / unit > _NO_AGE]
        ages, index = np.unique(np.concatenate([lives.exit, late]) / unit, return_inverse=True)
        signs = np.concatenate([np.ones(lives.rows), -np.ones(len(late))])
        weights = np.bincount(index, signs).astype(np.float64)
        end_logs = float(np.log(lives.exit[lives.ended > 0] / unit).sum())
        return cls(ages, np.log(ages), weights, lives.ends, end_logs, unit)

    def total(self, beta: float, degree: int = 0) -> float:
        return float((self.weights * self.ages**beta * self.logs**degree).sum())

    def score(self, beta: float) -> float:
        return 1 / beta + self.end_log_sum / self.ends - self.total(beta, 1) / self.total(beta)

    def loglik(self, beta: float) -> float:
        """With the best η for this β."""
        count = self.ends
        scaled = count * (log(beta * count / self.total(beta)) - 1)
        return scaled + (beta - 1) * self.end_log_sum - count * log(self.unit)

    def loglik_of_eta(self, eta: float) -> float:
        """With the best β for this η."""

        def loss(log_beta: float) -> float:
            beta = exp(log_beta)
            with np.errstate(over="ignore"):
                grown = self.total(beta) * (self.unit / eta) ** beta
            ended = self.ends * (log_beta - beta * log(eta / self.unit) - log(self.unit))
            return float(grown - ended - (beta - 1) * self.end_log_sum)

        return -loss(minimum(loss, log(BETAS[0]), log(BETAS[1])))

    def covariance(self, beta: float) -> Floats:
        log_eta = log(self.total(beta) / self.ends) / beta
        ratio = self.logs - log_eta
        y = beta * ratio
        grown = self.weights * np.exp(y)
        end_y = beta * (self.end_log_sum - self.ends * log_eta)
        both = end_y - float(((y * y + y) * grown).sum())
        cross = -beta * self.ends + beta * float(((y + 1) * grown).sum())
        scale = -(beta**2) * float(grown.sum())
        return np.asarray(np.linalg.inv(-np.array([[both, cross], [cross, scale]])))
