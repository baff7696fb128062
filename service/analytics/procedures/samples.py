"""Lives as a case gives them: tables of rows, or lists of ages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete
from service.analytics.procedures.given import Row
from service.analytics.procedures.naming import MEMBERS

_DATA = ("data", "lives", "units", "lifetimes", "observations", "sample", "rows")
_FAILED_AT = ("failures", "failure_times", "failed", "events", "times", "t", "x", "data")
_LEFT_AT = ("suspended", "suspensions", "removals", "censored", "right_censored", "censored_times")
_BEFORE = frozenset({"left", "left_censored", "left-censored", "leftcensored", "before"})
_NOT_YET: Row = {"event": "right"}
LIFE_ALIASES = {
    "beta": ("shape", "rho", "k", "weibull_shape", "beta_hat", "beta_mle", "slope"),
    "eta": ("scale", "lambda", "alpha", "weibull_scale", "eta_hat", "eta_mle",
            "characteristic_life", "theta"),
    "loglik": ("log_likelihood", "ll", "lnl", "max_loglik"),
    "mean": ("mttf", "mean_life"),
    "sd": ("std_dev", "standard_deviation"),
    "b": ("b_life", "bx", "bp", "b_lives", "b_life_by_pct"),
    "q": ("quantile", "quantiles", "percentile", "percentiles", "t_p", "tp", "t"),
    "survival": ("survival_at", "all_cause_survival", "conditional_on_entry", "S_t",
                 "s", "reliability", "r", "km", "surv", "km_left_truncated", "s_at", "sf"),
    "cdf": ("f", "failure_probability", "prob_failed", "unreliability", "fraction_failing"),
    "median": ("median_survival", "median_life", "median_time", "t50",
               "median_survival_time", "km_median"),
    "times": ("event_times", "ages", "failure_ages"),
    "at_risk": ("n_risk", "n_at_risk", "risk_set"),
    "n_event": ("events_by_time", "d", "n_events_by_time"),
    "failure_rate": ("hazard_rate", "rate", "instantaneous_rate"),
    "hazard": ("h", "cumhaz", "cumulative_hazard", "nelson_aalen", "na", "chf"),
    "se_greenwood": ("se", "se_s", "std_err", "stderr", "se_survival", "greenwood"),
    "n_failed": ("events", "n_failures", "failures", "deaths", "r_failed", "n_events", "ends",
                 "relapses", "removed", "n_removed", "replaced", "n_deaths"),
    "n": ("n_used", "n_total", "rows", "subjects"),
    "H_last": ("cumhaz_last", "hazard_last"),
    "n_suspended": ("n_censored", "censored", "suspended", "n_right_censored"),
    "first_zero": ("age_s_zero", "s_zero_at", "first_age_s_zero", "zero_from_age", "S_zero_age",
                   "s_reaches_zero_at", "age_of_zero", "first_zero_age"),
    "start_age_at_risk": ("start_age_r", "youngest_age_r", "youngest_age_with_r",
                          "start_age_min_risk", "youngest_age_at_risk"),
    "min_at_risk": ("n_at_risk_min", "smallest_risk_set"),
    "se_cumhaz": ("se_hazard", "se_nelson_aalen", "se_h"),
    "cumulative_incidence": ("cif", "ci_function", "aalen_johansen", "incidence"),
    "naive_without_truncation": ("naive", "ignoring_truncation", "without_truncation"),
    "conditional": ("conditional_survival", "survival_given"),
    "mrl_next_year_prob": ("prob_next_year", "next_year_prob", "conditional_failure_prob",
                           "p_next_year", "prob_fail_next_year"),
    "rmst": ("restricted_mean", "restricted_mean_survival", "mean_restricted"),
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """``between`` are (after, until, entry) where ends are known only to lie between two ages."""

    lives: Lifetimes
    between: tuple[Floats, Floats, Floats] | None
    rows: tuple[Row, ...]


def sample_of(case: Case) -> Sample:
    rows = given.rows_of(case, _DATA, given.AFTER, given.UNTIL)
    if rows and given.named(rows[0], given.EXIT[:6]) is None:
        return _between(rows)
    rows = _rows(case)
    if rows and (state := _state_column(rows)) is not None:
        return _of_states(rows, state)
    if rows:
        return of_rows(rows)
    listed = next((found for name in _FAILED_AT if _is_list(found := case.inputs.get(name))), None)
    if listed is None and _is_list(given.value(case, _LEFT_AT)):
        listed = []
    if listed is None:
        raise CaseIncomplete(f"tables: {' / '.join(_DATA)} (time, event, entry, count)")
    return _of_lists(case, [float(age) for age in listed])


def _rows(case: Case) -> list[Row]:
    """A table of lives; lists of ages and of marks side by side are one, lists of ages are not."""
    tables = dict(given.tables_with(case, given.EXIT))
    lists = tables.get(given.LISTS, [])
    marks = given.named(lists[0], (*given.ENDED, *given.CENSORED)) if lists else None
    if marks is None or not {row[marks] for row in lists} <= {0, 1, 2}:
        tables.pop(given.LISTS, None)
    name = given.named(tables, _DATA) or next(iter(tables), None)
    return [] if name is None else tables[name]


def _state_column(rows: Sequence[Row]) -> str | None:
    """A column that says "left" where something had ended before it was looked at."""
    for name in rows[0]:
        if any(str(row[name]).casefold() in _BEFORE for row in rows):
            return name
    return None


def _of_states(rows: Sequence[Row], state: str) -> Sample:
    """Ages with ``left`` (ended before), ``right`` (not yet ended) or anything else (just then)."""
    between: list[Row] = []
    for row in rows:
        age, word = float(given.read(row, given.EXIT)), str(row[state]).casefold()
        is_left, is_right = word in _BEFORE, not given.ended([{"event": row[state]}, _NOT_YET])[0]
        between.append(
            {
                "after": 0.0 if is_left else age,
                "until": inf if is_right else age,
                "count": given.read(row, given.WEIGHT, 1),
                "entry": given.read(row, given.ENTRY, 0),
            }
        )
    return _between(between)


def _is_list(found: Any) -> bool:
    return isinstance(found, list) and all(not isinstance(one, dict | list) for one in found)


def _of_lists(case: Case, ages: list[float]) -> Sample:
    left = [float(one) for one in given.value(case, _LEFT_AT, []) if _is_list([one])]
    flags = next(
        (case.inputs[name] for name in ("event", "status", "death", "observed", "E")
         if _is_list(case.inputs.get(name))), None,
    )  # fmt: skip
    ended = [1.0] * len(ages) + [0.0] * len(left)
    if flags is not None and not left and len(flags) == len(ages):
        ended = given.ended([{"event": flag} for flag in flags])
    entry = given.value(case, given.ENTRY)
    starts = [float(one) for one in entry] if isinstance(entry, list) else None
    return Sample(Lifetimes.of([*ages, *left], ended, starts), None, ())


def of_rows(rows: Sequence[Row]) -> Sample:
    """Rows of an age, and whether it ended there; entry and number where given."""
    exits = [given.as_number(given.read(row, given.EXIT)) for row in rows]
    entries = [given.as_number(given.read(row, given.ENTRY, 0)) for row in rows]
    each = [int(given.read(row, given.WEIGHT, 1)) for row in rows]
    lives = Lifetimes.of(
        np.repeat(exits, each), np.repeat(given.ended(rows), each), np.repeat(entries, each)
    )
    return Sample(lives, None, tuple(rows))


def _between(rows: Sequence[Row]) -> Sample:
    each = [int(given.read(row, given.WEIGHT, 1)) for row in rows]
    after = np.repeat([float(given.read(row, given.AFTER, 0)) for row in rows], each)
    until = np.repeat([float(given.read(row, given.UNTIL, inf)) for row in rows], each)
    entry = np.repeat([float(given.read(row, given.ENTRY, 0)) for row in rows], each)
    known = np.isfinite(until)
    middle = np.where(known, (after + np.where(known, until, 0.0)) / 2, after)
    lives = Lifetimes.of(middle, known.astype(float), np.minimum(entry, middle * 0.999))
    return Sample(lives, (after, until, entry), tuple(rows))


def by_group(
    case: Case, rows: Sequence[Row], figures_of: Callable[[Sequence[Row]], dict[str, Any]]
) -> dict[str, Any]:
    """Figures of each value of a column of groups."""
    if not rows:
        return {}
    taken = (given.named(rows[0], names) for names in (given.EXIT, given.ENDED, given.CAUSE))
    name = given.group_column(case, rows, taken)
    if name is None:
        return {}
    levels = sorted({str(row[name]) for row in rows})
    if not 1 < len(levels) <= 20:  # noqa: PLR2004  # a group is not a single row
        return {}
    parts = {level: [row for row in rows if str(row[name]) == level] for level in levels}
    members = {level: figures_of(part) for level, part in parts.items()}
    return {MEMBERS: members} | members


def numbers_of_names(case: Case, begins: str) -> list[float]:
    """Numbers at the end of the names that begin so."""
    ends = [name.rsplit("_", 1)[-1] for name in case.expected if name.startswith(begins)]
    return [float(end) for end in ends if end.replace(".", "", 1).isdigit()]
