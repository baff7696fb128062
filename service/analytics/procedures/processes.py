import re
from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from service.analytics.methods.grouped_power_law import GroupedPowerLaw, grouped_power_law
from service.analytics.methods.histories import Histories
from service.analytics.methods.log_linear import LogLinear, log_linear
from service.analytics.methods.power_law import (
    PowerLaw,
    beta_limits,
    cramer_von_mises,
    mtbf_now,
    power_law,
    robust_beta_limits,
    unbiased,
)
from service.analytics.methods.rates import Limits
from service.analytics.methods.too_few import TooFew
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import Estimate, compare
from service.analytics.procedures.histories import histories_of
from service.analytics.procedures.rates import pair
from service.analytics.procedures.trends import PROCESS_ALIASES, is_terminated, pooled_tests


def check_power_law(case: Case) -> Iterator[Check]:
    if (grouped := _grouped(case)) is not None:
        yield from compare(case, grouped, aliases=PROCESS_ALIASES)
        return
    histories, terminated = histories_of(case), is_terminated(case)
    fit = power_law(histories, failure_terminated=terminated)
    figures: dict[str, Any] = {"N": histories.events, "beta": None, "estimable": False}
    if isinstance(fit, PowerLaw):
        figures = _power_law_figures(fit)
    figures |= pooled_tests(histories, terminated=terminated) | _linear_figures(histories)
    yield from compare(case, figures, aliases=PROCESS_ALIASES)


def _grouped(case: Case) -> dict[str, Any] | None:
    """Counts per interval."""
    counts = ("failures", "count", "counts", "n", "d", "observed", "number")
    ends = ("end", "until", "to", "upper", "t", "interval_end")
    starts = ("start", "from", "lower", "interval_start", "begin")
    name = given.named(case.tables, ("intervals", "grouped", "groups", "counts"))
    rows = list(case.rows(name)) if name else []
    if rows:
        upper = [float(given.read(row, ends)) for row in rows]
        first = [float(given.read(row, starts, 0.0)) for row in rows]
        has_start = given.named(rows[0], starts) is not None
        seen = [float(given.read(row, counts)) for row in rows]
        devices = [float(given.read(row, ("devices", "systems", "units"), 1)) for row in rows]
    else:
        given_ends = given.value(case, ("interval_ends", "ends", "breaks", "intervals"))
        given_counts = given.value(case, counts)
        if not isinstance(given_ends, list) or not isinstance(given_counts, list):
            return None
        has_start, seen = False, [float(count) for count in given_counts]
        upper = [float(end) for end in given_ends][-len(seen) :]
        first, devices = [0.0] * len(seen), [1.0] * len(seen)
    lower = first if has_start else [0.0, *upper[:-1]]
    fit = grouped_power_law(*(np.array(column) for column in (lower, upper, seen, devices)))
    if not isinstance(fit, GroupedPowerLaw):
        return {"beta": None, "N": sum(seen)}
    end = upper[-1]
    return {
        "beta": Estimate(fit.beta, None, lambda _level: fit.beta_limits),
        "lambda_": fit.scale,
        "N": fit.failures,
        "loglik": fit.loglik,
        "intensity_end": fit.scale * fit.beta * end ** (fit.beta - 1),
        "mtbf_end": end ** (1 - fit.beta) / (fit.scale * fit.beta),
    }


def _power_law_figures(fit: PowerLaw) -> dict[str, Any]:
    beta_bar, lambda_bar = unbiased(fit)
    end = float(fit.histories.ends.max())
    mtbf, _ = mtbf_now(fit)
    fitness = cramer_von_mises(fit)

    def robust(level: float) -> Limits:
        found = robust_beta_limits(fit, confidence=level)
        return Limits(0.0, inf) if isinstance(found, TooFew) else found

    figures: dict[str, Any] = {
        "beta": Estimate(
            fit.beta,
            float(np.sqrt(fit.covariance[1, 1])),
            lambda level: beta_limits(fit, confidence=level),
        ),
        "lambda_": fit.scale,
        "eta": fit.scale ** (-1 / fit.beta),
        "N": fit.failures,
        "loglik": fit.loglik,
        "loglik_power": fit.loglik,
        "aic": 4 - 2 * fit.loglik,
        "beta_modified": beta_bar,
        "lambda_modified": lambda_bar,
        "mtbf_inst": Estimate(mtbf, None, lambda level: mtbf_now(fit, confidence=level)[1]),
        "mtbf": Estimate(mtbf, None, lambda level: mtbf_now(fit, confidence=level)[1]),
        "intensity_end": fit.intensity(end),
        "mtbf_end": fit.mtbf(end),
        "intensity_at": fit.intensity,
        "mtbf_at": fit.mtbf,
        "expected": lambda age: fit.expected(0.0, age),
        "cumulative_mtbf": end / fit.expected(0.0, end),
        "robust_beta": Estimate(fit.beta, _robust_error(fit), robust),
        "estimable": True,
    }
    for level in (80, 90, 95):
        figures[f"beta_ci{level}_chi2"] = pair(beta_limits(fit, confidence=level / 100))
    if fitness is not None:
        figures |= {"cvm": fitness.statistic, "cvm_critical_alpha10": fitness.critical}
        strict = cramer_von_mises(fit, alpha=0.05)
        figures["cvm_critical_alpha5"] = strict.critical if strict else None
    return figures


def _robust_error(fit: PowerLaw) -> float | None:
    covariance = fit.robust_covariance
    return None if covariance is None else float(np.sqrt(covariance[1, 1]))


def _linear_figures(histories: Histories) -> dict[str, Any]:
    fit = log_linear(histories)
    if not isinstance(fit, LogLinear):
        return {}
    return {
        "g0": fit.g0,
        "g1": Estimate(fit.g1, fit.g1_error, fit.growth_limits),
        "loglik_loglinear": fit.loglik,
        "aic_loglinear": 4 - 2 * fit.loglik,
    }


def check_log_linear(case: Case) -> Iterator[Check]:
    """Expected figures may be named after the end of observation (``end_16_0``).

    Printed figures are then those of the end at the last event.
    """
    given_ends = [name for name in case.expected if re.fullmatch(r"end\D*\d+(_\d+)?", name)]
    if not given_ends:
        histories = histories_of(case)
        figures = _both_processes(histories)
        yield from compare(case, figures, aliases=PROCESS_ALIASES)
        return
    times = given.needed(case, ("t", "times", "time"))
    found = {}
    for name in given_ends:
        digits = re.findall(r"\d+", name)
        end = max(float(".".join(digits[-2:])), *times)
        found[name] = _both_processes(Histories.one(times, end))
    last = found.get("end_at_last_event_15_07", next(iter(found.values())))
    yield from compare(case, found | last, aliases=PROCESS_ALIASES)


def _both_processes(histories: Histories) -> dict[str, Any]:
    power = power_law(histories)
    figures = _power_law_figures(power) if isinstance(power, PowerLaw) else {}
    linear = _linear_figures(histories)
    if not linear:
        raise CaseIncomplete("at least 3 events inside the windows")
    figures |= linear | pooled_tests(histories)
    figures["loglik_log_linear"] = linear["loglik_loglinear"]
    return figures
