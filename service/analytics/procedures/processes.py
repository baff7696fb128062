import re
from collections.abc import Iterator
from math import inf, log
from typing import Any

import numpy as np

from service.analytics.methods.distributions import chi2_tail
from service.analytics.methods.histories import Histories
from service.analytics.methods.log_linear import LogLinear, log_linear
from service.analytics.methods.power_law import (
    PowerLaw,
    beta_limits,
    cramer_von_mises,
    likelihood_beta_limits,
    power_law,
    robust_beta_limits,
    unbiased,
    wald_beta_limits,
)
from service.analytics.methods.power_law_mtbf import mtbf_limits_exact, mtbf_now
from service.analytics.methods.rates import Limits
from service.analytics.methods.too_few import TooFew
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.grouped import grouped_figures
from service.analytics.procedures.histories import histories_of
from service.analytics.procedures.naming import Curve, Estimate, LimitsOf
from service.analytics.procedures.rates import pair
from service.analytics.procedures.trends import PROCESS_ALIASES, is_terminated, pooled_tests


def check_power_law(case: Case) -> Iterator[Check]:
    if (grouped := grouped_figures(case)) is not None:
        yield from compare(case, grouped, aliases=PROCESS_ALIASES)
        return
    histories, terminated = histories_of(case), is_terminated(case)
    fit = power_law(histories, failure_terminated=terminated)
    figures = _constant(histories) | {"N": histories.events, "beta": None, "estimable": False}
    if isinstance(fit, PowerLaw):
        figures |= _power_law_figures(fit) | _against_constant(fit.loglik, histories)
    linear = _linear_figures(histories)
    tests = pooled_tests(histories, terminated=terminated)
    yield from compare(case, tests | linear | figures, aliases=PROCESS_ALIASES)


def _constant(histories: Histories) -> dict[str, Any]:
    """A constant rate, for what a trend is compared with."""
    count, time = histories.events, histories.exposure
    if not count or time <= 0:
        return {"rate": 0.0, "exposure": time}
    loglik = count * log(count / time) - count
    return {"rate": count / time, "exposure": time, "loglik_hpp": loglik, "aic_hpp": 2 - 2 * loglik}


def _against_constant(loglik: float, histories: Histories) -> dict[str, Any]:
    gain = 2 * (loglik - _constant(histories)["loglik_hpp"])
    return {"lr_statistic": gain, "lr_statistic_p": chi2_tail(gain, 1)}


def _power_law_figures(fit: PowerLaw) -> dict[str, Any]:
    beta_bar, lambda_bar = unbiased(fit)
    end = float(fit.histories.ends.max())

    def crow(level: float) -> Limits:
        return mtbf_limits_exact(fit, confidence=level) or mtbf_now(fit, confidence=level)[1]

    now = Estimate(
        mtbf_now(fit)[0], None, lambda level: mtbf_now(fit, confidence=level)[1], {"exact": crow}
    )

    def expected_next(span: float) -> float:
        """Failures of one device in the time after the end of its observation."""
        return fit.expected(end, end + span)

    figures: dict[str, Any] = {
        "beta": _beta(fit),
        "lambda_": fit.scale,
        "eta": fit.scale ** (-1 / fit.beta),
        "N": fit.failures,
        "loglik": fit.loglik,
        "aic": 4 - 2 * fit.loglik,
        "beta_modified": beta_bar,
        "lambda_modified": lambda_bar,
        "mtbf_inst": now,
        "mtbf": now,
        "mtbf_end": Estimate(fit.mtbf(end), None, crow, {"exact": crow}),
        "intensity": Curve(lambda age: Estimate(fit.intensity(age)), end),
        "mtbf_at": Curve(lambda age: Estimate(fit.mtbf(age)), end),
        "expected": Curve(lambda age: Estimate(fit.expected(0.0, age)), end),
        "expected_next": expected_next,
        "expected_next_unit": _of_all(fit, 1.0),
        "cumulative_mtbf": end / fit.expected(0.0, end),
        "growth_rate": 1 - fit.beta,
        "estimable": True,
    }
    for level in (80, 90, 95):
        figures[f"beta_ci{level}_chi2"] = pair(beta_limits(fit, confidence=level / 100))
    return figures | _fitness(fit)


def _of_all(fit: PowerLaw, span: float) -> float:
    """Failures of all devices together in the time after each was last seen."""
    devices, ends = fit.histories.window_device, fit.histories.ends
    last = [float(ends[devices == device].max()) for device in np.unique(devices)]
    return sum(fit.expected(end, end + span) for end in last)


def _beta(fit: PowerLaw) -> Estimate:
    def robust(level: float) -> Limits:
        found = robust_beta_limits(fit, confidence=level)
        return Limits(0.0, inf) if isinstance(found, TooFew) else found

    covariance = fit.robust_covariance
    laws: dict[str, LimitsOf] = {
        "robust": robust,
        "lr": lambda level: likelihood_beta_limits(fit, confidence=level),
        "wald": lambda level: wald_beta_limits(fit, confidence=level),
    }
    return Estimate(
        fit.beta,
        float(np.sqrt(fit.covariance[1, 1])),
        lambda level: beta_limits(fit, confidence=level),
        laws,
        {"robust": None if covariance is None else float(np.sqrt(covariance[1, 1]))},
    )


def _fitness(fit: PowerLaw) -> dict[str, Any]:
    found: dict[str, Any] = {}
    fitness, strict = cramer_von_mises(fit), cramer_von_mises(fit, alpha=0.05)
    if fitness is not None and strict is not None:
        found |= {"cvm": fitness.statistic, "cvm_critical_alpha10": fitness.critical}
        found |= {"cvm_critical_alpha5": strict.critical, "fits": fitness.fits}
    return found


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
        yield from compare(case, _both_processes(histories_of(case)), aliases=PROCESS_ALIASES)
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
    """The log-linear process speaks where no process is named."""
    fit, power = log_linear(histories), power_law(histories)
    if not isinstance(fit, LogLinear):
        raise CaseIncomplete("at least 3 events inside the windows")
    end = float(histories.ends.max())
    start = float(histories.starts.min())
    figures = _power_law_figures(power) if isinstance(power, PowerLaw) else {}
    if isinstance(power, PowerLaw):
        figures |= {"loglik_power": power.loglik, "aic_power": 4 - 2 * power.loglik}
    return (
        figures
        | pooled_tests(histories)
        | _linear_figures(histories)
        | _constant(histories)
        | _against_constant(fit.loglik, histories)
        | {
            "N": histories.events,
            "loglik": fit.loglik,
            "aic": 4 - 2 * fit.loglik,
            "intensity": Curve(lambda time: Estimate(fit.intensity(time)), end),
            "expected": Curve(lambda time: Estimate(fit.expected(start, time)), end),
            "expected_next": lambda span: fit.expected(end, end + span),
            "doubling_time": log(2) / fit.g1 if fit.g1 else inf,
        }
    )
