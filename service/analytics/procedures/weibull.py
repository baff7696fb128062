from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import exp, gamma, inf, log
from typing import Any

import numpy as np

from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.rates import Limits
from service.analytics.methods.survival import SurvivalCurve, kaplan_meier
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.weibull import (
    Weibayes,
    Weibull,
    likelihood_beta_limits,
    likelihood_eta_limits,
    weibayes,
    weibull,
    weibull_between,
)
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.given import Row
from service.analytics.procedures.naming import Curve, Estimate, LimitsOf
from service.analytics.procedures.samples import (
    LIFE_ALIASES,
    by_group,
    numbers_of_names,
    of_rows,
    sample_of,
)

_FIXED: given.Names = (
    "assumed_beta", "beta", "beta_assumed", "shape", "given_beta", "fixed_beta", "beta_fixed",
    "known_beta", "assumed_shape", "fixed_shape", "shape_fixed",
)  # fmt: skip
_SHARES = (0.01, 0.05, 0.1, 0.5)


def check_weibull(case: Case) -> Iterator[Check]:
    sample = sample_of(case)
    beta = given.value(case, _FIXED)
    fit = weibull(sample.lives) if sample.between is None else weibull_between(*sample.between)
    figures = fit_figures(case, sample.lives, fit, is_between=sample.between is not None)
    if isinstance(beta, int | float):
        figures |= _assumed(sample.lives, float(beta))
    figures |= by_group(case, sample.rows, lambda rows: _group_fit(case, rows))
    yield from compare(case, figures, aliases=LIFE_ALIASES)


def _group_fit(case: Case, rows: Sequence[Row]) -> dict[str, Any]:
    lives = of_rows(rows).lives
    return fit_figures(case, lives, weibull(lives))


def _assumed(lives: Lifetimes, beta: float) -> dict[str, Any]:
    """With β from elsewhere every figure of the law is η times something."""
    found = weibayes(lives, beta)
    if not isinstance(found, Weibayes):
        return {}

    def limits(level: float) -> Limits:
        again = weibayes(lives, beta, confidence=level)
        return again.eta_limits if isinstance(again, Weibayes) else Limits(0.0, inf)

    def times(factor: float) -> Estimate:
        value = None if found.eta is None else found.eta * factor
        return Estimate(value, None, lambda level: limits(level).scaled(factor))

    def life(share: float) -> Estimate:
        return times((-log(1 - share)) ** (1 / beta))

    def survival(age: float) -> float | None:
        return None if found.eta is None else exp(-((age / found.eta) ** beta))

    return {
        "eta": times(1.0),
        "beta": beta,
        "mean": times(gamma(1 + 1 / beta)),
        "median": life(0.5),
        "b": Curve(lambda percent: life(percent / 100)),
        "q": Curve(lambda share: life(share if share < 1 else share / 100)),
        "survival": survival,
        "cdf": lambda age: None if found.eta is None else 1 - (survival(age) or 0.0),
        "estimable": found.eta is not None,
    } | {f"b{100 * share:g}": life(share) for share in _SHARES}


def fit_figures(
    case: Case, lives: Lifetimes, fit: Weibull | TooFew, *, is_between: bool = False
) -> dict[str, Any]:
    """Of a fit, and of the lives it was made of (middles of ages where ``is_between``)."""
    counts: dict[str, Any] = {
        "n_failed": lives.ends,
        "n_suspended": lives.rows - lives.ends,
        "n": lives.rows,
        "entry_gt0": int((lives.entry > 0).sum()),
        "dropped": lives.dropped,
        "total_time": float((lives.exit - lives.entry).sum()),
    }
    if isinstance(fit, TooFew):
        return counts | {"beta": None, "eta": None, "estimable": False}
    figures = counts | _law(fit, None if is_between else lives)
    if numbers_of_names(case, "mrl_next_year_prob"):
        figures["mrl_next_year_prob_at"] = fit.ends_within
    naive = weibull(Lifetimes.of(lives.exit, lives.ended))
    if isinstance(naive, Weibull):
        figures["naive_without_truncation"] = _law(naive, None)
    curve = kaplan_meier(lives)
    if isinstance(curve, SurvivalCurve):
        figures["km_left_truncated"] = lambda at: float(curve.at(np.array([at]))[0])
    return figures


def _law(fit: Weibull, lives: Lifetimes | None) -> dict[str, Any]:
    """Limits of the likelihood ratio where the ``lives`` themselves are known."""
    laws_of_eta: dict[str, LimitsOf] = {"wald": fit.eta_limits}
    laws_of_beta: dict[str, LimitsOf] = {"wald": fit.beta_limits}
    if lives is not None:
        laws_of_eta["lr"] = partial(_by_likelihood, likelihood_eta_limits, lives, fit)
        laws_of_beta["lr"] = partial(_by_likelihood, likelihood_beta_limits, lives, fit)
    eta = Estimate(fit.eta, fit.eta_error, fit.eta_limits, laws_of_eta)
    beta = Estimate(fit.beta, fit.beta_error, fit.beta_limits, laws_of_beta)
    return {
        "beta": beta,
        "eta": eta,
        "weibull_eta": eta,
        "weibull_beta": beta,
        "loglik": fit.loglik,
        "aic": fit.aic,
        "mean": fit.mean,
        "sd": fit.deviation,
        "variance": fit.deviation**2,
        "median": _b_life(fit, 0.5),
        "weibull_median": fit.b_life(0.5),
        "q": Curve(lambda share: _b_life(fit, share if share < 1 else share / 100)),
        "b": Curve(lambda percent: _b_life(fit, percent / 100)),
        "weibull_survival": fit.survival,
        "cdf": lambda at: 1 - fit.survival(at),
        "survival": fit.survival,
        "hazard": lambda at: (at / fit.eta) ** fit.beta,
        "failure_rate": lambda at: fit.beta / fit.eta * (at / fit.eta) ** (fit.beta - 1),
        "mrl_next_year_prob": fit.ends_within,
        "mu": Estimate(log(fit.eta), fit.eta_error / fit.eta, _of_mu(fit)),
        "sigma": Estimate(1 / fit.beta, fit.beta_error / fit.beta**2),
        "estimable": True,
    } | {f"b{100 * share:g}": _b_life(fit, share) for share in _SHARES}


def _of_mu(fit: Weibull) -> LimitsOf:
    """Limits of ln η."""

    def limits(level: float) -> Limits:
        ends = fit.eta_limits(level)
        return Limits(log(ends.lower), log(ends.upper))

    return limits


def _by_likelihood(
    limits_of: Callable[..., Limits], lives: Lifetimes, fit: Weibull, level: float
) -> Limits:
    return limits_of(lives, fit, confidence=level)


def _b_life(fit: Weibull, share: float) -> Estimate:
    return Estimate(fit.b_life(share), None, lambda level: fit.b_life_limits(share, level))
