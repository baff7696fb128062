from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods.count_regression import (
    CountRegression,
    Design,
    poisson_regression,
)
from service.analytics.methods.distributions import Floats
from service.analytics.methods.shrinkage import (
    GammaPrior,
    MultiSample,
    bad_actors,
    gamma_prior,
    multi_sample,
)
from service.analytics.procedures.case import Case, Check, compare
from service.analytics.procedures.rates import pair


def check_count_regression(case: Case) -> Iterator[Check]:
    rows = list(case.rows("data"))
    reference = case.inputs["reference"]
    fit = poisson_regression(
        Design.of(
            [row["incidents"] for row in rows],
            [row["service"] for row in rows],
            {name: [row[name] for row in rows] for name in reference},
            reference,
        )
    )
    if not isinstance(fit, CountRegression):
        raise TypeError("no fit")
    names = fit.design.names

    def by_name(values: Floats) -> dict[str, float]:
        return dict(zip(names, (float(value) for value in values), strict=True))

    figures = {
        "coef": by_name(fit.coefficients),
        "se": by_name(fit.error),
        "se_quasi": by_name(fit.quasi_error),
        "rate_ratio": by_name(np.exp(fit.coefficients)),
        "deviance": fit.deviance,
        "df": fit.degrees_of_freedom,
        "df_resid": fit.degrees_of_freedom,
        "pearson_dispersion": fit.dispersion,
        "dispersion": fit.dispersion,
        "loglik": fit.loglik,
    }
    yield from compare(case, figures)


def check_shrinkage(case: Case) -> Iterator[Check]:
    failures = np.array(case.inputs["failures"], dtype=float)
    time = next(value for name, value in case.inputs.items() if name.startswith("exposure"))
    exposure = np.array(time, dtype=float)
    prior, moments = gamma_prior(failures, exposure), multi_sample(failures, exposure)
    if not (isinstance(prior, GammaPrior) and isinstance(moments, MultiSample)):
        raise TypeError("no prior")
    actors = sorted(bad_actors(failures, exposure, prior), key=lambda actor: actor.index)
    for row, actor in zip(case.rows("pumps"), actors, strict=False):
        limits = actor.limits
        found = {"raw_rate": actor.raw_rate, "eb_rate": actor.rate}
        if limits is not None:
            found |= {"lo95": limits.lower, "hi95": limits.upper}
        for name in found:
            yield case.check(f"{row['pump']}: {name}", row[name], found[name])
    figures: dict[str, Any] = {
        "shape_a": prior.shape,
        "rate_b": prior.exposure,
        "prior_mean": prior.mean,
        "loglik": prior.loglik,
        "posterior_mean": [actor.rate for actor in actors],
        "posterior_ci95": [pair(actor.limits) for actor in actors if actor.limits is not None],
        "raw_rate": [actor.raw_rate for actor in actors],
        "rank_by_raw": [a.index + 1 for a in sorted(actors, key=lambda a: a.raw_rank)],
        "rank_by_eb": [a.index + 1 for a in sorted(actors, key=lambda a: a.rank)],
        "oreda": {
            "theta1": moments.pooled,
            "V": moments.spread_sum,
            "sigma2": moments.variance,
            "theta_star": moments.mean,
            "sd": moments.deviation,
        },
    }
    yield from compare(case, figures)
