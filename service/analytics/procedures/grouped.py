"""Power law from counts of intervals, as a case gives them."""

from typing import Any

import numpy as np

from service.analytics.methods.distributions import chi2_tail
from service.analytics.methods.grouped_power_law import GroupedPowerLaw, grouped_power_law
from service.analytics.procedures import given
from service.analytics.procedures.case import Case
from service.analytics.procedures.exposed import FAILURES
from service.analytics.procedures.naming import Curve, Estimate

_ENDS: given.Names = ("end", "until", "to", "upper", "t", "interval_end", "t_end", "time_end")
_STARTS: given.Names = ("start", "from", "lower", "interval_start", "begin", "t_start")
_COUNTS: given.Names = ("failures", "count", "counts", "n", "d", "observed", "number")
_LISTS: given.Names = ("interval_ends", "ends", "breaks", "intervals", "edges", "interval_edges")
_DEVICES: given.Names = ("devices", "systems", "units", "at_risk")

Columns = tuple[list[float], list[float], list[float], list[float]]


def grouped_figures(case: Case) -> dict[str, Any] | None:
    """None where the case gives the times of single failures."""
    columns = _of_table(case) or _of_lists(case)
    if columns is None:
        return None
    lower, upper, seen, devices = (np.array(column) for column in columns)
    fit = grouped_power_law(lower, upper, seen, devices)
    if not isinstance(fit, GroupedPowerLaw):
        return {"beta": None, "N": float(seen.sum())}
    end = float(upper[-1])
    means = fit.scale * devices * (upper**fit.beta - lower**fit.beta)
    chi2, df = float(((seen - means) ** 2 / means).sum()), len(seen) - 2

    def intensity(age: float) -> Estimate:
        return Estimate(fit.scale * fit.beta * age ** (fit.beta - 1))

    return {
        "beta": Estimate(fit.beta, None, lambda _level: fit.beta_limits),
        "lambda_": fit.scale,
        "N": fit.failures,
        "loglik": fit.loglik,
        "intensity": Curve(intensity, end),
        "mtbf_end": 1 / (intensity(end).value or 1.0),
        "expected": lambda age: fit.scale * age**fit.beta,
        "expected_by_interval": [float(mean) for mean in means],
        "fit_chi2": chi2,
        "chi2": chi2,
        "chi2_df": df,
        "chi2_p": chi2_tail(chi2, df) if df > 0 else None,
        "growth_rate": 1 - fit.beta,
    }


def _of_table(case: Case) -> Columns | None:
    """A table of counts with the ends of intervals; rows of single devices are none."""
    for name, rows in given.tables_with(case, _COUNTS, _ENDS):
        is_named = given.named([name], ("intervals", "grouped", "groups", "counts")) is not None
        has_start = given.named(rows[0], _STARTS) is not None
        if not is_named and (not has_start or given.named(rows[0], given.DEVICE) is not None):
            continue
        upper = [float(given.read(row, _ENDS)) for row in rows]
        lower = [float(given.read(row, _STARTS, 0.0)) for row in rows]
        return (
            lower if has_start else [0.0, *upper[:-1]],
            upper,
            [float(given.read(row, _COUNTS)) for row in rows],
            [float(given.read(row, _DEVICES, 1)) for row in rows],
        )
    return None


def _of_lists(case: Case) -> Columns | None:
    ends, counts = given.value(case, _LISTS), given.value(case, (*_COUNTS, *FAILURES))
    if not isinstance(ends, list) or not isinstance(counts, list):
        return None
    seen = [float(count) for count in counts]
    upper = [float(end) for end in ends][-len(seen) :]
    first = float(ends[0]) if len(ends) > len(seen) else 0.0
    devices = float(given.value(case, _DEVICES, 1))
    return [first, *upper[:-1]], upper, seen, [devices] * len(seen)
