import math
from collections.abc import Iterator

import numpy as np

from service.analytics.methods.histories import Histories, histories_of_table
from service.analytics.methods.mean_cumulative import (
    MeanCumulative,
    independent_error,
    log_limits,
    mean_cumulative,
    poisson_error,
    sequential_variance,
)
from service.analytics.procedures.case import Case, Check, compare

_ONE_SIDED_95 = 0.90  # the source prints two-sided 90 % limits as one-sided 95 %


def check_mean_cumulative(case: Case) -> Iterator[Check]:
    histories = histories_of_table(case.rows("windows"), case.rows("events"), "id")
    curve = mean_cumulative(histories)
    if not isinstance(curve, MeanCumulative) or curve.standard_error is None:
        raise TypeError("no curve")
    errors = {
        "se_robust": curve.standard_error,
        "se_independent_increments": independent_error(histories),
        "se_poisson": poisson_error(histories),
    }
    columns = {"at_risk": curve.at_risk, "events": curve.events, "mcf": curve.values} | errors
    for row in case.rows("mcf"):
        index = int(np.searchsorted(curve.ages, row["t"]))
        for name in columns.keys() & row.keys():
            yield case.check(f"{row['t']}: {name}", row[name], float(columns[name][index]))
    yield from _sequential(case, histories)
    yield from compare(case, _figures(case, histories, curve))


def _figures(case: Case, histories: Histories, curve: MeanCumulative) -> dict[str, object]:
    robust, independent = curve.standard_error, independent_error(histories)
    if robust is None:
        return {}
    steps = {f"{age:g}": index for index, age in enumerate(curve.ages)}
    lower, upper = log_limits(curve.values, independent, _ONE_SIDED_95)
    sequential = sequential_variance(histories)
    # A source that prints its variance event by event means that one by "independent" in its
    # last figure, though not in its table, where tied events are one step.
    by_event = "reliasoft_sequential" in case.body["tables"]
    first = {
        "t": curve.ages[0],
        "lower": lower[0],
        "mcf": curve.values[0],
        "upper": upper[0],
        "variance": independent[0] ** 2,
    }
    return {
        "mcf": {age: curve.values[index] for age, index in steps.items()},
        "var_robust": {age: robust[index] ** 2 for age, index in steps.items()},
        "n_units": curve.devices,
        "n_events": histories.events,
        "mcf_last": curve.values[-1],
        "se_robust_last": robust[-1],
        "se_independent_last": math.sqrt(sequential[-1]) if by_event else independent[-1],
        "se_poisson_last": poisson_error(histories)[-1],
        "variance_last": sequential[-1],
        "first_row": first,
    } | {f"mcf_{age}": curve.values[index] for age, index in steps.items()}


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
