import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.histories import Histories
from service.analytics.methods.mean_cumulative import (
    Difference,
    MeanCumulative,
    difference,
    independent_error,
    log_limits,
    mean_cumulative,
    poisson_error,
    sequential_variance,
)
from service.analytics.methods.rates import Limits, garwood
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare, confidence_of
from service.analytics.procedures.histories import given_events, histories_of, parts_of
from service.analytics.procedures.naming import MEMBERS, Curve, Estimate, even_limits

_ONE_SIDED_95 = 0.90  # the source prints two-sided 90 % limits as one-sided 95 %
_STEP_TIME: given.Names = ("t", "time", "age", "day", "days", "hours", "x")
_COLUMNS: dict[str, given.Names] = {
    "mcf": ("mcf", "value", "m", "estimate", "mcf_hat", "cost_mcf"),
    "at_risk": ("at_risk", "n_risk", "r", "risk_set"),
    "events": ("events", "d", "n_event"),
    "se_robust": ("se_robust", "se", "stderr", "robust_se", "std_err"),
    "var_robust": ("var_robust", "variance", "var", "robust_variance"),
    "se_independent_increments": ("se_independent_increments",),
    "se_poisson": ("se_poisson",),
    "lower": ("lower95", "lower", "lcl", "lo95", "lo"),
    "upper": ("upper95", "upper", "ucl", "hi95", "hi"),
}
MCF_ALIASES = {
    "mcf": ("m", "mcf_at", "mean_cumulative_function", "cost_mcf"),
    "se_robust": (
        "se",
        "robust_se",
        "stderr",
        "mcf_se",
        "cost_se",
        "se_cost",
        "se_mcf",
        "se_cost_mcf",
    ),
    "var_robust": ("var", "variance", "robust_variance"),
    "mcf_last": ("final_mcf", "mcf_end", "last_mcf", "mcf_final"),
    "se_robust_last": ("se_last", "last_se"),
    "n_units": ("units", "systems", "n_systems", "devices", "n_devices", "k"),
    "n_events": ("events", "failures", "n_failures", "events_total", "total_events"),
    "times": ("ages", "event_times", "t"),
    "difference": ("diff", "mcf_difference", "difference_mcf"),
    "se_difference": ("diff_se", "difference_se"),
    "z_difference": ("z", "difference_z"),
    "from_age": ("start_age", "starts_at", "start"),
    "total_cost": ("total",),
    "rate": ("zero_events_rate",),
    "events_outside": (
        "events_outside_windows",
        "n_events_outside",
        "dropped_events",
        "n_dropped_events",
    ),
}


def check_mean_cumulative(case: Case) -> Iterator[Check]:
    histories, parts = histories_of(case), _in_order(case, parts_of(case))
    curve = mean_cumulative(histories, min_at_risk=int(given.value(case, ("min_at_risk",), 1)))
    if not isinstance(curve, MeanCumulative):
        raise CaseIncomplete("windows: id, start, end")
    yield from _steps(case, histories, curve)
    yield from _sequential(case, histories)
    figures = _figures(case, histories, curve)
    figures["events_outside"] = given_events(case) - histories.events
    curves = {name: (part, mean_cumulative(part)) for name, part in parts.items()}
    members = {
        name: _figures(case, part, found)
        for name, (part, found) in curves.items()
        if isinstance(found, MeanCumulative)
    }
    figures |= {MEMBERS: members} | members
    figures |= _differences([found for _, found in curves.values()], confidence_of(case))
    yield from compare(case, figures, aliases=MCF_ALIASES)


def _in_order(case: Case, parts: dict[str, Histories]) -> dict[str, Histories]:
    """First minus second as the case names them (``groups``, ``difference: "A - B"``)."""
    said = given.value(case, ("groups", "order", "difference", "compare"), [])
    names = re.split(r"\s*(?:-|minus|vs)\s*", said) if isinstance(said, str) else said
    names = [str(name) for name in names] if isinstance(names, list) else []
    return {name: parts[name] for name in names} if set(names) == set(parts) else parts


def _steps(case: Case, histories: Histories, curve: MeanCumulative) -> Iterator[Check]:
    error = curve.standard_error
    columns: dict[str, Floats | None] = {
        "mcf": curve.values,
        "at_risk": curve.at_risk,
        "events": curve.events,
        "se_robust": error,
        "var_robust": None if error is None else error**2,
    }
    if not case.inputs.get("min_at_risk"):
        columns["se_independent_increments"] = independent_error(histories)
        columns["se_poisson"] = poisson_error(histories)
    if (ends := curve.limits(confidence_of(case))) is not None:
        columns["lower"], columns["upper"] = ends
    for table, rows in given.tables_with(case, _STEP_TIME, _COLUMNS["mcf"]):
        if table != "reliasoft_sequential":
            for row in rows:
                yield from _step(case, row, curve, columns)


def _step(
    case: Case, row: given.Row, curve: MeanCumulative, columns: dict[str, Floats | None]
) -> Iterator[Check]:
    age = float(given.read(row, _STEP_TIME))
    index = int(np.searchsorted(curve.ages, age, side="right")) - 1
    is_step = index >= 0 and curve.ages[index] == age
    for name, names in _COLUMNS.items():
        wanted, values = given.read(row, names), columns.get(name)
        if wanted is None or values is None or (not is_step and name in {"at_risk", "events"}):
            continue
        yield case.check(f"{age:g}: {name}", wanted, float(values[index]) if index >= 0 else 0.0)


def _figures(case: Case, histories: Histories, curve: MeanCumulative) -> dict[str, Any]:
    level = confidence_of(case)
    bound = Estimate(None, None, lambda at: garwood(0, curve.exposure, confidence=at))
    function = _curve(case, curve)
    figures: dict[str, Any] = {
        "mcf": function,
        "estimate": function,
        "n_units": curve.devices,
        "n_events": histories.events,
        "mcf_last": curve.values[-1] if len(curve.values) else 0.0,
        "from_age": curve.from_age,
        "exposure": curve.exposure,
        "total_cost": float(histories.sizes.sum()),
        "zero_events_rate_upper": garwood(0, curve.exposure, confidence=level).upper,
        "upper_rate": garwood(0, curve.exposure, confidence=level).upper,
        "rate": bound,
        "at_risk": Curve.stepwise(curve.ages, curve.at_risk),
        "times": [float(age) for age in curve.ages],
    }
    if not len(curve.values):
        return figures
    figures |= _last_figures(case, histories, curve)
    error = curve.standard_error
    figures["se_robust_last"] = None if error is None else error[-1]
    if error is not None:
        figures |= {"se_robust": Curve.stepwise(curve.ages, error)}
        figures |= {"var_robust": Curve.stepwise(curve.ages, error**2)}
    return figures


def _curve(case: Case, curve: MeanCumulative) -> Curve:
    """M at an age with the robust error; limits on its logarithm unless the case says normal."""
    said = " ".join(
        str(given.value(case, (name,), "")) for name in ("limits", "ci_type", "ci", "transform")
    )
    is_plain = any(word in said.casefold() for word in ("normal", "plain", "linear"))

    def at(age: float) -> Estimate:
        values, errors = curve.at(np.array([age]))
        value = float(values[0])
        if curve.standard_error is None:
            return Estimate(value)
        error = float(errors[0])

        def logarithmic(level: float) -> Limits:
            low, high = log_limits(values, errors, level)
            return Limits(float(low[0]), float(high[0]))

        even = even_limits(value, error)
        laws = {"plain": even, "log": logarithmic, "robust": even if is_plain else logarithmic}
        return Estimate(value, error, laws["robust"], laws, {"robust": error})

    last = float(curve.ages[-1]) if len(curve.ages) else None
    return Curve(at, last, [float(value) for value in curve.values])


def _last_figures(case: Case, histories: Histories, curve: MeanCumulative) -> dict[str, Any]:
    if len(curve.ages) != len(np.unique(histories.times)):
        return {}
    independent, sequential = independent_error(histories), sequential_variance(histories)
    lower, upper = log_limits(curve.values, independent, _ONE_SIDED_95)
    # A source that prints its variance event by event means that one by "independent" in its
    # last figure, though not in its table, where tied events are one step.
    by_event = "reliasoft_sequential" in case.tables
    return {
        "se_independent_last": math.sqrt(sequential[-1]) if by_event else independent[-1],
        "se_poisson_last": poisson_error(histories)[-1],
        "variance_last": sequential[-1],
        "first_row": {
            "t": curve.ages[0],
            "lower": lower[0],
            "mcf": curve.values[0],
            "upper": upper[0],
            "variance": independent[0] ** 2,
        },
    }


def _differences(curves: Sequence[object], level: float) -> dict[str, Any]:
    """First group minus second."""
    known = [curve for curve in curves if isinstance(curve, MeanCumulative)]
    if len(known) != 2:  # noqa: PLR2004  # first minus second
        return {}
    found = difference(known[0], known[1], confidence=level)
    if not isinstance(found, Difference) or not len(found.ages):
        return {}
    values = Curve.stepwise(found.ages, found.values)
    errors = Curve.stepwise(found.ages, found.standard_error)

    def at(age: float) -> Estimate:
        value, error = values(age).value or 0.0, errors(age).value or 0.0
        return Estimate(value, error, even_limits(value, error))

    def z(age: float) -> float | None:
        error = errors(age).value
        return None if not error else (values(age).value or 0.0) / error

    return {
        "difference": Curve(at, float(found.ages[-1])),
        "se_difference": errors,
        "z_difference": z,
    }


def _sequential(case: Case, histories: Histories) -> Iterator[Check]:
    """A table with one row per event."""
    rows = list(case.rows("reliasoft_sequential"))
    if not rows:
        return
    at_risk = np.array([row["at_risk"] for row in rows], dtype=float)
    error = np.sqrt(sequential_variance(histories))
    lower, upper = log_limits(np.cumsum(1 / at_risk), error, _ONE_SIDED_95)
    for index, row in enumerate(rows):
        yield case.check(f"{row['t']}: variance", row["variance"], float(error[index] ** 2))
        yield case.check(f"{row['t']}: lower", row["lower_onesided95"], float(lower[index]))
        yield case.check(f"{row['t']}: upper", row["upper_onesided95"], float(upper[index]))
