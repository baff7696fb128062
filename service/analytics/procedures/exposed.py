"""Failures and exposure as a case gives them: of one group, of two, or of many devices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete

FAILURES: given.Names = (
    "failures", "x", "count", "counts", "events", "r", "d", "n_failures", "observed", "cases",
    "deaths", "y", "incidents", "n_events", "defects", "nonconformities", "disasters", "faults",
    "number_of_failures", "accidents", "hurricanes", "c", "n",
)  # fmt: skip
EXPOSURE: given.Names = (
    "exposure", "time", "device_years", "hours", "total_time", "unit_hours", "person_years",
    "test_time", "operating_hours", "years", "t", "T", "pop", "population", "n", "service",
    "births", "person_time", "py", "pyr", "machine_hours", "flight_hours", "device_days",
    "device_hours", "total_hours", "unit_years", "machine_years", "km", "miles", "area", "size",
)  # fmt: skip
STANDARD: given.Names = ("standard", "stdpop", "standard_population", "weights", "std_pop", "w")
_TWO = 2


@dataclass(frozen=True)
class Exposed:
    """Devices or groups in the order of the case."""

    counts: list[float]
    times: list[float]
    labels: list[str]


def is_failure_terminated(case: Case) -> bool:
    if (stated := given.value(case, ("failure_terminated", "failure_truncated"))) is not None:
        return bool(stated)
    if (stated := given.value(case, ("time_terminated", "time_truncated"))) is not None:
        return not stated
    names = ("termination", "truncation", "censoring", "test", "terminated", "truncated", "type",
             "stopped", "observation", "censoring_type", "test_type")  # fmt: skip
    words = " ".join(str(given.value(case, (name,), "")) for name in names).casefold()
    return bool(re.search(r"fail|\b(type[ _-]?)?(ii|2)\b", words))


def exposed(case: Case) -> Exposed | None:
    """Of several devices or groups; None where the case is of one only."""
    for _, rows in given.tables_with(case, FAILURES):
        if (found := _of_rows(rows)) is not None:
            return found
    counts, times = given.value(case, FAILURES), given.value(case, EXPOSURE)
    if isinstance(counts, list) and isinstance(times, list) and len(counts) == len(times):
        labels = given.value(case, ("labels", "names", "groups", "devices"))
        return _exposed(counts, times, labels)
    if isinstance(counts, Mapping) and isinstance(times, Mapping) and set(counts) == set(times):
        return _exposed(list(counts.values()), [times[key] for key in counts], list(counts))
    return _of_mappings(case) or _numbered(case)


def _exposed(counts: list[Any], times: list[Any], labels: Any) -> Exposed:
    named = labels if isinstance(labels, list) and len(labels) == len(counts) else None
    return Exposed(
        [float(one) for one in counts],
        [float(one) for one in times],
        [str(one) for one in named or range(1, len(counts) + 1)],
    )


def _of_rows(rows: list[given.Row]) -> Exposed | None:
    count = str(given.named(rows[0], FAILURES))
    columns = [name for name in rows[0] if name != count]
    time = given.named(columns, EXPOSURE) or _only_number(rows, columns)
    if time is None:
        return None
    taken = {count, time}
    label = given.named(columns, (*given.DEVICE, *given.GROUP)) or next(
        (name for name in columns if name not in taken and isinstance(rows[0][name], str)), None
    )
    return _exposed(
        [row[count] for row in rows],
        [row[time] for row in rows],
        None if label is None or label == time else [row[label] for row in rows],
    )


def _only_number(rows: list[given.Row], columns: list[str]) -> str | None:
    """The one column of numbers that is neither a name nor a standard population."""
    named = {given.named(columns, (*given.DEVICE, *given.GROUP)), given.named(columns, STANDARD)}
    found = [
        name
        for name in columns
        if name not in named and all(isinstance(row[name], int | float) for row in rows)
    ]
    return found[0] if len(found) == 1 else None


def _of_mappings(case: Case) -> Exposed | None:
    """``{"A": {"failures": 3, "exposure": 10}, "B": …}``, at the top or one step below."""
    for level in (case.inputs, *case.inputs.values()):
        if not isinstance(level, Mapping):
            continue
        parts = {
            name: one
            for name, one in level.items()
            if isinstance(one, Mapping) and given.named(one, FAILURES)
            and given.named(one, EXPOSURE)
        }  # fmt: skip
        if len(parts) >= _TWO:
            rows = list(parts.values())
            counts = [given.read(row, FAILURES) for row in rows]
            return _exposed(counts, [given.read(row, EXPOSURE) for row in rows], list(parts))
    return None


def _numbered(case: Case) -> Exposed | None:
    """Two groups as x1, t1, x2, t2 or failures_1, exposure_1, failures_2, exposure_2."""
    for level in (case.inputs, *case.inputs.values()):
        if isinstance(level, Mapping) and (found := _pair_of(level)) is not None:
            return found
    return None


def _pair_of(level: Mapping[str, Any]) -> Exposed | None:
    found: dict[str, dict[str, float]] = {"x": {}, "t": {}}
    for name, value in level.items():
        parts = re.fullmatch(r"([a-zA-Z_]+?)_?([12abAB])", name)
        if parts and isinstance(value, int | float):
            kind = "x" if given.named([parts[1]], FAILURES[:-1]) else "t"
            found[kind][parts[2]] = float(value)
    if len(found["x"]) == _TWO and found["x"].keys() == found["t"].keys():
        keys = list(found["x"])
        return Exposed(list(found["x"].values()), [found["t"][key] for key in keys], keys)
    return None


def total(case: Case) -> tuple[float, float]:
    several = exposed(case)
    if several is not None:
        return sum(several.counts), sum(several.times)
    count, time = given.value(case, FAILURES), given.value(case, EXPOSURE)
    if isinstance(count, list):
        count = sum(count)
    if count is None or time is None or isinstance(count, Mapping) or isinstance(time, dict | list):
        raise CaseIncomplete(f"inputs: {' / '.join(FAILURES[:4])}; {' / '.join(EXPOSURE[:4])}")
    return float(count), float(time)
