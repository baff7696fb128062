from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from service.analytics.methods.count_regression import (
    CountRegression,
    Design,
    negative_binomial_regression,
    poisson_regression,
)
from service.analytics.methods.distributions import Floats, two_sided_p
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.formula import Formula, column, exposure_of
from service.analytics.procedures.naming import Estimate, even_limits

_COUNTS: given.Names = (
    "incidents", "y", "count", "counts", "failures", "events", "deaths", "days", "cases",
    "n_events", "claims", "n_failures", "breaks", "faults", "accidents", "observed",
)  # fmt: skip
_TIME: given.Names = (
    "service", "exposure", "time", "person_years", "pyears", "n", "device_years", "years", "pop",
    "t", "offset_exposure", "holders", "population", "hours", "py", "pyr", "machine_years",
)  # fmt: skip
_ALIASES = {
    "coef": ("coefficients", "beta", "estimates", "params", "coefs"),
    "se": (
        "std_err",
        "standard_errors",
        "bse",
        "error",
        "std_error",
        "se_naive",
        "se_model",
        "naive_se",
        "model_se",
        "se_poisson",
    ),
    "se_robust": ("robust_se", "se_sandwich", "sandwich_se", "hc0", "se_hc0"),
    "se_quasi": ("quasi_se", "se_quasipoisson"),
    "se_cluster": ("cluster_se", "se_clustered", "se_robust_cluster"),
    "rate_ratio": ("rr", "irr", "rate_ratios", "exp_coef"),
    "df": ("df_resid", "df_residual", "residual_df"),
    "pearson_dispersion": ("dispersion", "phi", "pearson_chi2_df"),
    "pearson_chi2": ("pearson", "chi2_pearson", "x2"),
    "theta": ("size", "nb_theta", "k"),
    "theta_se": ("se_theta",),
    "alpha": ("nb_alpha", "overdispersion_alpha"),
    "loglik": ("log_likelihood", "llf", "ll", "poisson_loglik"),
    "deviance": ("residual_deviance", "resid_dev", "resid_deviance"),
    "(Intercept)": ("intercept", "const", "constant"),
    "dropped": ("rows_dropped", "n_dropped", "zero_exposure_rows"),
    "n": ("nobs", "n_rows", "n_used"),
    "levels_without_failure": ("empty_levels", "zero_levels"),
}


def check_count_regression(case: Case) -> Iterator[Check]:
    design, clusters = _design(case)
    poisson, binomial = poisson_regression(design), negative_binomial_regression(design)
    aliases = _ALIASES | _other_spellings(design)
    if not isinstance(poisson, CountRegression):
        empty = np.flatnonzero(design.matrix.T @ design.counts == 0)
        figures: dict[str, Any] = {"estimable": False, "coef": None}
        figures["levels_without_failure"] = [design.names[int(index)] for index in empty]
        yield from compare(case, figures, aliases=aliases)
        return
    nested = _of_fit(poisson, clusters)
    nested["poisson"] = dict(nested)
    nested |= {"theta": float("inf"), "nb_converges": False, "nb_improves": False}
    if isinstance(binomial, CountRegression) and binomial.size:
        found = _of_fit(binomial, clusters)
        nested |= {"nb": found, "negative_binomial": found, "nb_loglik": binomial.loglik}
        nested |= {name: found[name] for name in ("theta", "theta_se", "alpha")}
        nested |= {"nb_converges": True, "nb_improves": True}
        nested |= found if _wants_negative_binomial(case) else {}
    yield from compare(case, nested, aliases=aliases)


def _wants_negative_binomial(case: Case) -> bool:
    said = (case.method, *(case.inputs.get(key) for key in ("family", "model", "method", "law")))
    words = [str(word).casefold() for word in said]
    return any("neg" in word or word.startswith("nb") for word in words)


def _design(case: Case) -> tuple[Design, list[object] | None]:
    formula = _formula(case)
    wanted = (formula.response,) if formula else _named_or(case, "response", _COUNTS)
    rows = given.rows_of(case, ("data", "cells", "rows"), wanted)
    if not rows:
        raise CaseIncomplete(f"tables: data ({' / '.join(_COUNTS[:5])}; {' / '.join(_TIME[:3])})")
    response = str(given.named(rows[0], wanted))
    said = _offset(case, rows[0], formula)
    exposure = [1.0 if said is None else exposure_of(row, said) for row in rows]
    cluster = given.value(case, ("cluster", "clusters", "id"))
    taken = {response, said, cluster}
    if formula is None:
        formula = Formula(
            response, _listed(case) or [name for name in rows[0] if name not in taken]
        )
        formula.factors |= set(given.value(case, ("factors", "categorical"), ()))
    columns = {name: column(rows, name) for name in formula.terms}
    _by_their_coefficients(case, columns, formula.factors)
    design = Design.of(
        [float(row[response] or 0) for row in rows],
        exposure,
        columns,
        _references(columns, _stated(case), formula.factors),
        formula.together,
    )
    seen = [row for row, time in zip(rows, exposure, strict=True) if time > 0]
    return design, None if cluster is None else [row[str(cluster)] for row in seen]


def _by_their_coefficients(
    case: Case, columns: Mapping[str, Sequence[Any]], factors: set[str]
) -> None:
    """``year`` among the coefficients says that it is a number, ``year65`` that it has levels."""
    named = _keys(case.expected) | _keys(case.published)
    for name, values in columns.items():
        if name in named:
            factors.discard(name)
        elif any(f"{name}{level}" in named for level in set(values)):
            factors.add(name)


def _keys(found: Mapping[str, Any]) -> set[str]:
    inner = [_keys(part) for part in found.values() if isinstance(part, Mapping)]
    return set(found).union(*inner)


def _formula(case: Case) -> Formula | None:
    said = next((one for one in case.inputs.values() if isinstance(one, str) and "~" in one), None)
    return None if said is None else Formula.of(said)


def _listed(case: Case) -> list[str]:
    names = ("factors", "categorical", "covariates", "predictors", "terms", "numeric", "continuous")
    found: list[str] = []
    for name in names:
        listed = case.inputs.get(name)
        found += (
            [str(one) for one in listed if one not in found] if isinstance(listed, list) else []
        )
    return found or list(_stated(case))


def _stated(case: Case) -> Mapping[str, object]:
    found = given.value(
        case, ("reference", "baseline", "reference_levels", "base", "base_levels", "ref"), {}
    )
    return found if isinstance(found, Mapping) else {}


def _named_or(case: Case, key: str, names: given.Names) -> given.Names:
    said = case.inputs.get(key)
    return (str(said),) if isinstance(said, str) else names


def _offset(case: Case, row: given.Row, formula: Formula | None) -> str | None:
    """What stands for the exposure: said by ``exposure`` or ``offset``, else a usual column."""
    said = case.inputs.get("exposure") or case.inputs.get("offset")
    if formula is not None and formula.offset:
        return formula.offset
    if said is None:
        return None if formula is not None else given.named(row, _TIME)
    text = str(said)
    if text.casefold() in {"none", "no", "1", "false"}:
        return None
    is_known = text in row or any(f"({name})" in text.replace(" ", "") for name in row)
    return text if is_known else given.named(row, _TIME)


def _references(
    columns: Mapping[str, Sequence[Any]], stated: Mapping[str, object], factors: set[str]
) -> dict[str, object]:
    """The stated reference level, else the first; what is no factor stays a number."""
    found: dict[str, object] = {}
    for name, values in columns.items():
        has_words = any(isinstance(value, str | bool) for value in values)
        if name in stated:
            found[name] = stated[name]
        elif has_words:
            found[name] = min(str(value) for value in values)
        elif name in factors:
            found[name] = min(values)
    return found


def _other_spellings(design: Design) -> dict[str, tuple[str, ...]]:
    """``C(type)[T.B]`` and ``type[T.B]`` of statsmodels for ``typeB``."""
    found: dict[str, tuple[str, ...]] = {}
    levels = Counter(level for name in design.names[1:] for level in _tails(name))
    for name in design.names[1:]:
        alone = tuple(level for level in _tails(name) if levels[level] == 1)
        cuts = [(name[:at], name[at:]) for at in range(1, len(name))]
        found[name] = alone + tuple(f"{c}{factor}{e}[T.{level}]" for factor, level in cuts
                            for c, e in (("", ""), ("C(", ")")))  # fmt: skip
    return found


def _tails(name: str) -> list[str]:
    """What may be the level alone: ``B`` of ``typeB``."""
    return [name[at:] for at in range(1, len(name)) if ":" not in name]


def _of_fit(fit: CountRegression, clusters: list[object] | None) -> dict[str, Any]:
    names, coefficients = fit.design.names, fit.coefficients
    robust = fit.robust_error() if clusters is None else fit.robust_error(clusters)

    def by_name(values: Sequence[Any] | Floats) -> dict[str, Any]:
        return dict(zip(names, values, strict=True))

    errors = {"wald": fit.error, "robust": robust, "scaled": fit.quasi_error}

    def ratio(name: str, law: str) -> Any:
        return lambda level: fit.rate_ratios(errors[law], level)[name][1]

    figures = {
        "coef": by_name(
            [
                _coefficient(value, {law: float(one[i]) for law, one in errors.items()})
                for i, value in enumerate(coefficients)
            ]
        ),
        "se": by_name(fit.error),
        "se_quasi": by_name(fit.quasi_error),
        "se_robust": by_name(robust),
        "se_cluster": by_name(robust),
        "z": by_name(coefficients / fit.error),
        "p": by_name([two_sided_p(float(z)) for z in coefficients / fit.error]),
        "rate_ratio": by_name(
            [
                Estimate(
                    float(np.exp(value)), None, ratio(name, "wald"),
                    {law: ratio(name, law) for law in errors},
                )
                for name, value in zip(names, coefficients, strict=True)
            ]
        ),
    }  # fmt: skip
    return figures["coef"] | figures | _goodness(fit)


def _coefficient(value: float, errors: dict[str, float]) -> Estimate:
    laws = {law: even_limits(float(value), error) for law, error in errors.items()}
    return Estimate(float(value), errors["wald"], laws["wald"], laws, errors)


def _goodness(fit: CountRegression) -> dict[str, Any]:
    parameters, rows = len(fit.design.names) + (fit.size is not None), len(fit.design.counts)
    empty = Design(("(Intercept)",), fit.design.matrix[:, :1], *_rest(fit.design))
    null = poisson_regression(empty)
    return {
        "deviance": fit.deviance,
        "null_deviance": null.deviance if isinstance(null, CountRegression) else None,
        "df": fit.degrees_of_freedom,
        "pearson_dispersion": fit.dispersion,
        "pearson_chi2": fit.dispersion * fit.degrees_of_freedom,
        "loglik": fit.loglik,
        "aic": 2 * parameters - 2 * fit.loglik,
        "bic": float(np.log(rows)) * parameters - 2 * fit.loglik,
        "theta": fit.size,
        "theta_se": fit.size_error,
        "alpha": None if fit.size is None else 1 / fit.size,
        "fitted": [float(value) for value in fit.fitted],
        "dropped": fit.design.dropped,
        "n": rows,
        "estimable": True,
    }


def _rest(design: Design) -> tuple[Any, ...]:
    return design.counts, design.exposure, design.rows, design.dropped
