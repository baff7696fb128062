from collections.abc import Iterator, Sequence
from math import inf
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
from service.analytics.procedures.figures import Estimate, compare
from service.analytics.procedures.given import Row
from service.analytics.procedures.samples import (
    LIFE_ALIASES,
    by_group,
    numbers_of_names,
    of_rows,
    sample_of,
)


def check_weibull(case: Case) -> Iterator[Check]:
    sample = sample_of(case)
    beta = given.value(case, ("assumed_beta", "beta", "beta_assumed", "shape", "given_beta"))
    figures: dict[str, Any] = {}
    if beta is not None:
        figures |= _assumed(sample.lives, float(beta))
    fit = weibull(sample.lives) if sample.between is None else weibull_between(*sample.between)
    figures |= {name: value for name, value in fit_figures(case, sample.lives, fit).items()
                if name not in figures}  # fmt: skip
    figures |= by_group(sample.rows, lambda rows: _group_fit(case, rows))
    yield from compare(case, figures, aliases=LIFE_ALIASES)


def _group_fit(case: Case, rows: Sequence[Row]) -> dict[str, Any]:
    lives = of_rows(rows).lives
    return fit_figures(case, lives, weibull(lives))


def _assumed(lives: Lifetimes, beta: float) -> dict[str, Any]:
    found = weibayes(lives, beta)
    if not isinstance(found, Weibayes):
        return {}

    def limits(level: float) -> Limits:
        again = weibayes(lives, beta, confidence=level)
        return again.eta_limits if isinstance(again, Weibayes) else Limits(0.0, inf)

    return {
        "eta": Estimate(found.eta, None, limits),
        "eta_lower_one_sided": limits(2 * 0.95 - 1).lower,
        "beta": beta,
    }


def fit_figures(case: Case, lives: Lifetimes, fit: Weibull | TooFew) -> dict[str, Any]:
    """Of a fit, and of the lives it was made of."""
    counts: dict[str, Any] = {
        "n_failed": lives.ends,
        "n_suspended": lives.rows - lives.ends,
        "n": lives.rows,
        "entry_gt0": int((lives.entry > 0).sum()),
    }
    if isinstance(fit, TooFew):
        return counts | {"beta": None, "eta": None, "estimable": False}
    figures = counts | _law(fit) | _likelihood_limits(lives, fit)
    if numbers_of_names(case, "mrl_next_year_prob"):
        figures["mrl_next_year_prob_at"] = fit.ends_within
    naive = weibull(Lifetimes.of(lives.exit, lives.ended))
    if isinstance(naive, Weibull):
        figures["naive_without_truncation"] = {"beta": naive.beta, "eta": naive.eta}
    curve = kaplan_meier(lives)
    if isinstance(curve, SurvivalCurve):
        figures["km_left_truncated"] = lambda at: float(curve.at(np.array([at]))[0])
    return figures


def _law(fit: Weibull) -> dict[str, Any]:
    eta = Estimate(fit.eta, fit.eta_error, fit.eta_limits)
    beta = Estimate(fit.beta, fit.beta_error, fit.beta_limits)
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
        "q": lambda share: fit.b_life(share if share < 1 else share / 100),
        "b": lambda percent: fit.b_life(percent / 100),
        "weibull_survival": fit.survival,
        "cdf": lambda at: 1 - fit.survival(at),
        "survival": fit.survival,
        "mrl_next_year_prob": fit.ends_within,
        "mu": np.log(fit.eta),
        "sigma": 1 / fit.beta,
        "estimable": True,
    } | {f"b{100 * share:g}": _b_life(fit, share) for share in (0.01, 0.05, 0.1, 0.5)}


def _likelihood_limits(lives: Lifetimes, fit: Weibull) -> dict[str, Any]:
    of_beta, of_eta = likelihood_beta_limits(lives, fit), likelihood_eta_limits(lives, fit)
    found: dict[str, Any] = {}
    for word in ("likelihood", "lr", "profile"):
        found[f"{word}_ci_beta"] = found[f"{word}_ci95_beta"] = _pair(of_beta)
        found[f"{word}_ci_eta"] = found[f"{word}_ci95_eta"] = _pair(of_eta)
    return found


def _pair(limits: Limits) -> tuple[float, float]:
    return limits.lower, limits.upper


def _b_life(fit: Weibull, share: float) -> Estimate:
    return Estimate(fit.b_life(share), None, lambda level: fit.b_life_limits(share, level))
