from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from service.analytics.methods.count_regression import (
    CountRegression,
    Design,
    negative_binomial_regression,
    poisson_regression,
)
from service.analytics.methods.distributions import Floats
from service.analytics.methods.rates import Limits
from service.analytics.methods.shrinkage import (
    GammaPrior,
    MultiSample,
    bad_actors,
    gamma_prior,
    multi_sample,
)
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import Estimate, Naming, compare, confidence_of
from service.analytics.procedures.rates import EXPOSURE, FAILURES, pair

_COUNTS: given.Names = (
    "incidents", "y", "count", "counts", "failures", "events", "deaths", "days", "cases",
    "n_events",
)  # fmt: skip
_TIME: given.Names = (
    "service", "exposure", "time", "person_years", "pyears", "n", "device_years", "years", "pop",
    "t", "offset_exposure",
)  # fmt: skip
REGRESSION_ALIASES = {
    "coef": ("coefficients", "beta", "estimates", "params"),
    "se": ("std_err", "standard_errors", "bse", "error"),
    "se_robust": ("robust_se", "se_sandwich", "sandwich_se", "hc0", "se_hc0"),
    "se_quasi": ("quasi_se", "se_quasipoisson"),
    "rate_ratio": ("rr", "irr", "rate_ratios", "exp_coef"),
    "df": ("df_resid", "df_residual", "residual_df"),
    "pearson_dispersion": ("dispersion", "phi", "pearson_chi2_df"),
    "theta": ("size", "nb_theta", "k"),
    "alpha": ("nb_alpha", "overdispersion_alpha"),
    "loglik": ("log_likelihood", "llf", "ll", "poisson_loglik"),
    "(Intercept)": ("intercept", "const", "constant"),
    "dropped": ("rows_dropped", "n_dropped"),
    "n": ("nobs", "n_rows"),
}


def check_count_regression(case: Case) -> Iterator[Check]:
    design, clusters = _design(case)
    wants_negative_binomial = any(
        "neg" in str(word).casefold() or str(word).casefold().startswith("nb")
        for word in (case.inputs.get("family"), case.inputs.get("model"), case.inputs.get("method"))
    )
    poisson, binomial = poisson_regression(design), negative_binomial_regression(design)
    if not isinstance(poisson, CountRegression):
        yield from compare(case, {"estimable": False, "coef": None}, aliases=REGRESSION_ALIASES)
        return
    figures = _of_fit(case, poisson, clusters)
    nested: dict[str, Any] = {"poisson": figures}
    if isinstance(binomial, CountRegression):
        nested["nb"] = _of_fit(case, binomial, clusters)
        nested |= {"negative_binomial": nested["nb"], "theta": binomial.size, "nb_converges": True}
        if wants_negative_binomial:
            figures = nested["nb"]
    else:
        nested |= {"theta": float("inf"), "nb_converges": False, "nb_improves": False}
    if isinstance(binomial, CountRegression) and binomial.size:
        nested["alpha"] = 1 / binomial.size
        nested |= {"nb_loglik": binomial.loglik, "nb_improves": True}
    yield from compare(case, nested | figures, aliases=REGRESSION_ALIASES)


def _design(case: Case) -> tuple[Design, list[object] | None]:
    rows = given.rows_of(case, ("data", "cells", "rows"), _named_or(case, "response", _COUNTS))
    if not rows:
        raise CaseIncomplete(f"tables: data ({' / '.join(_COUNTS[:5])}; {' / '.join(_TIME[:3])})")
    response = given.named(rows[0], _named_or(case, "response", _COUNTS))
    exposure = _exposure_column(case, rows[0])
    cluster = given.value(case, ("cluster", "clusters", "id"))
    reference: Mapping[str, object] = given.value(case, ("reference", "baseline"), {})
    factors = given.value(case, ("factors", "covariates", "predictors", "terms"))
    names = list(factors or reference or ())
    names = names or [name for name in rows[0] if name not in {response, exposure, cluster}]
    columns = {name: [row[name] for row in rows] for name in names}
    design = Design.of(
        [float(row[str(response)] or 0) for row in rows],
        [1.0 if exposure is None else float(row[exposure] or 0) for row in rows],
        columns,
        _references(columns, reference),
    )
    seen = [row for row in rows if exposure is None or float(row[exposure] or 0) > 0]
    return design, None if cluster is None else [row[str(cluster)] for row in seen]


def _named_or(case: Case, key: str, names: given.Names) -> given.Names:
    said = case.inputs.get(key)
    return (str(said),) if isinstance(said, str) else names


def _exposure_column(case: Case, row: given.Row) -> str | None:
    """The column that ``exposure`` or ``offset`` names (``log(service)`` too), else a usual one."""
    said = str(case.inputs.get("exposure") or case.inputs.get("offset") or "")
    inner = said.removeprefix("ln").removeprefix("log").strip("() ")
    if said.casefold() in {"none", "no", "1"}:
        return None
    return inner if inner in row else given.named(row, _TIME)


def _references(
    columns: Mapping[str, Sequence[Any]], reference: Mapping[str, object]
) -> dict[str, object]:
    """The stated reference level, else the first; a column of fractions stays a number."""
    found: dict[str, object] = {}
    for name, values in columns.items():
        if name in reference:
            found[name] = reference[name]
        elif any(isinstance(value, str | bool) for value in values):
            found[name] = min(str(value) for value in values)
    return found


def _of_fit(case: Case, fit: CountRegression, clusters: list[object] | None) -> dict[str, Any]:
    names = fit.design.names

    def by_name(values: Floats) -> dict[str, float]:
        return dict(zip(names, (float(value) for value in values), strict=True))

    ratios = fit.rate_ratios(fit.error, confidence_of(case))
    level = confidence_of(case)
    robust = fit.robust_error(clusters)
    return {
        "coef": by_name(fit.coefficients),
        "se": by_name(fit.error),
        "se_quasi": by_name(fit.quasi_error),
        "se_robust": by_name(robust),
        "se_cluster": by_name(robust),
        "rate_ratio": by_name(np.exp(fit.coefficients)),
        "rate_ratio_ci": {name: pair(limits) for name, (_, limits) in ratios.items()},
        "rate_ratio_ci_robust": {
            name: pair(limits) for name, (_, limits) in fit.rate_ratios(robust, level).items()
        },
        "deviance": fit.deviance,
        "df": fit.degrees_of_freedom,
        "pearson_dispersion": fit.dispersion,
        "pearson_chi2": fit.dispersion * fit.degrees_of_freedom,
        "loglik": fit.loglik,
        "aic": 2 * (len(names) + (fit.size is not None)) - 2 * fit.loglik,
        "theta": fit.size,
        "fitted": [float(value) for value in fit.fitted],
        "dropped": fit.design.dropped,
        "n": len(fit.design.counts),
        "estimable": True,
    }


SHRINKAGE_ALIASES = {
    "shape_a": ("a", "alpha", "shape", "gamma_shape", "nu"),
    "rate_b": ("b", "beta", "rate", "gamma_rate"),
    "posterior_mean": ("eb_rate", "shrunken", "posterior_means", "eb", "eb_rates", "theta_eb"),
    "posterior_ci": ("posterior_limits", "posterior_ci95", "eb_ci95"),
    "raw_rate": ("raw_rates", "raw", "crude"),
    "rank_by_eb": ("eb_rank_order", "order_by_eb"),
    "prior_mean": ("mean", "pooled_eb"),
    "pooled": ("pooled_rate", "overall_rate", "theta1"),
    "p_above_twice": ("p_above_2x", "prob_above_twice", "p_gt_2x", "chance_above_twice"),
    "loglik": ("log_likelihood",),
    "alike": ("no_heterogeneity", "homogeneous"),
}


def check_shrinkage(case: Case) -> Iterator[Check]:
    failures = np.array(given.needed(case, FAILURES), dtype=float)
    exposure = np.array(given.needed(case, ("expected", "e", *EXPOSURE)), dtype=float)
    prior, moments = gamma_prior(failures, exposure), multi_sample(failures, exposure)
    if not isinstance(prior, GammaPrior):
        raise CaseIncomplete("at least 3 devices with exposure and 1 failure")
    actors = sorted(bad_actors(failures, exposure, prior), key=lambda actor: actor.index)
    level = confidence_of(case)
    limits = [
        prior.limits(float(failures[actor.index]), float(exposure[actor.index]), confidence=level)
        for actor in actors
    ]
    yield from _each_actor(case, actors, limits)
    figures: dict[str, Any] = {
        "shape_a": prior.shape,
        "rate_b": prior.exposure,
        "prior_mean": prior.mean,
        "loglik": prior.loglik,
        "alike": prior.alike,
        "pooled": float(failures.sum() / exposure.sum()),
        "posterior_mean": [actor.rate for actor in actors],
        "posterior_ci": [pair(one) for one in limits if one is not None],
        "raw_rate": [actor.raw_rate for actor in actors],
        "p_above_twice": [actor.chance_above_twice for actor in actors],
        "rank_by_raw": [a.index + 1 for a in sorted(actors, key=lambda a: a.raw_rank)],
        "rank_by_eb": [a.index + 1 for a in sorted(actors, key=lambda a: a.rank)],
        "ranks_eb": [actor.rank for actor in actors],
    }
    if isinstance(moments, MultiSample):
        figures["oreda"] = {
            "theta1": moments.pooled,
            "V": moments.spread_sum,
            "sigma2": moments.variance,
            "theta_star": moments.mean,
            "sd": moments.deviation,
        }
        figures |= {name: value for name, value in figures["oreda"].items() if name != "V"}
    yield from compare(case, figures, aliases=SHRINKAGE_ALIASES)


def _each_actor(
    case: Case, actors: Sequence[Any], limits: Sequence[Limits | None]
) -> Iterator[Check]:
    """Tables with a row per device and its figures beside its counts."""
    for _, rows in given.tables_with(case, FAILURES):
        for number, (row, actor, ends) in enumerate(zip(rows, actors, limits, strict=False), 1):
            naming = Naming(
                {
                    "raw_rate": actor.raw_rate,
                    "eb_rate": Estimate(actor.rate, None),
                    "raw_rank": actor.raw_rank,
                    "eb_rank": actor.rank,
                    "p_above_twice": actor.chance_above_twice,
                    "lo95": None if ends is None else ends.lower,
                    "hi95": None if ends is None else ends.upper,
                },
                {"eb_rate": ("posterior_mean", "shrunken"), "lo95": ("lower",), "hi95": ("upper",)},
            )
            for name, wanted in row.items():
                have = naming.find(name)
                if isinstance(have, int | float) and isinstance(wanted, int | float):
                    yield case.check(f"{number}: {name}", wanted, float(have))
