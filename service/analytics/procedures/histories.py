"""Repeated failures of devices as a case gives them: tables, or lists of one system."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.analytics.methods.histories import Histories
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete

TIME: given.Names = (
    "t", "time", "age", "times", "x", "failure_time", "day", "days", "hours", "event_time",
    "age_days", "cycles", "miles", "when",
)  # fmt: skip
SIZE: given.Names = ("cost", "size", "yen", "value", "amount", "hours_down", "weight")
START: given.Names = ("start", "s", "from", "entry", "begin", "start_age", "tstart", "t0")
END: given.Names = (
    "end", "t", "T", "until", "exit", "stop", "age_end", "end_age", "tstop", "last", "censor",
    "censored_at", "end_of_observation",
)  # fmt: skip
_GROUP: given.Names = ("group", "maker", "treatment", "type", "class", "population", "design")
_KIND: given.Names = ("event", "status", "is_event", "d", "failed")

Spans = list[tuple[Any, float, float]]
Events = list[tuple[Any, float]]


def histories_of(case: Case) -> Histories:
    """All systems of the case."""
    spans, events, sizes, _ = _read(case)
    return Histories.of(spans, events, sizes)


def parts_of(case: Case) -> dict[str, Histories]:
    """By group, where the windows or events name one; in the order of the names."""
    spans, events, sizes, groups = _read(case)
    parts = {}
    for group in sorted(set(groups.values())):
        kept = [index for index, (device, _) in enumerate(events) if groups.get(device) == group]
        parts[group] = Histories.of(
            [span for span in spans if groups.get(span[0]) == group],
            [events[index] for index in kept],
            None if sizes is None else [sizes[index] for index in kept],
        )
    return parts


def _read(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    listed = given.value(case, ("windows", "systems"))
    if "windows" in case.tables or isinstance(listed, list | Mapping):
        return _of_tables(case)
    for _, rows in given.tables_with(case, given.DEVICE, TIME, _KIND):
        return _of_marked_rows(case, rows)
    return _of_lists(case)


def _of_tables(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    windows = given.rows_of(case, ("windows", "systems"), given.DEVICE, END)
    rows = given.rows_of(case, ("events", "failures", "times", "data"), given.DEVICE, TIME)
    if not windows:
        return _of_systems(case)
    spans = [
        (given.read(row, given.DEVICE), float(given.read(row, START, 0)),
         float(given.read(row, END)))
        for row in windows
    ]  # fmt: skip
    events = [(given.read(row, given.DEVICE), float(given.read(row, TIME))) for row in rows]
    return spans, events, _sizes(rows), _groups(windows) or _groups(rows)


def _of_systems(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """``systems``: {name: {times, T, S}} or a list of them."""
    found = given.value(case, ("systems", "windows"))
    pairs: Sequence[tuple[Any, Any]] = (
        list(found.items()) if isinstance(found, Mapping) else list(enumerate(found or (), 1))
    )
    spans, events = [], []
    for name, one in pairs:
        if not isinstance(one, Mapping):
            raise CaseIncomplete("windows: id, start, end; events: id, t")
        times = [float(time) for time in given.read(one, ("times", "events", "t", "failures"), [])]
        end = given.read(one, ("T", "end", "until"), max(times, default=0.0))
        spans.append((name, float(given.read(one, ("S", "start"), 0)), float(end)))
        events += [(name, time) for time in times]
    return spans, events, None, {}


def _of_marked_rows(
    case: Case, rows: list[given.Row]
) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """One table of ids and times in which 0 marks the end of observation."""
    flags = given.ended([{"event": given.read(row, _KIND)} for row in rows])
    failed = [row for row, flag in zip(rows, flags, strict=True) if flag]
    ends: dict[Any, float] = {}
    for row in rows:
        device = given.read(row, given.DEVICE)
        ends[device] = max(ends.get(device, 0.0), float(given.read(row, TIME)))
    common = given.value(case, END[:3])
    spans = [(device, 0.0, float(common or end)) for device, end in ends.items()]
    events = [(given.read(row, given.DEVICE), float(given.read(row, TIME))) for row in failed]
    return spans, events, _sizes(failed), _groups(rows)


def _of_lists(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """Times of one system, or a table of events without windows that ends at T for all."""
    start = float(given.value(case, ("S", "start", "t0"), 0) or 0)
    for _, rows in given.tables_with(case, given.DEVICE, TIME):
        events = [(given.read(row, given.DEVICE), float(given.read(row, TIME))) for row in rows]
        end = _end(case, [time for _, time in events])
        names = list(dict.fromkeys(device for device, _ in events))
        spans = [(name, start, end) for name in names]
        return spans, events, _sizes(rows), _groups(rows)
    times = given.numbers(case, ("times", "events", "failures", *TIME))
    if times is None and (gaps := given.numbers(case, ("gaps", "interarrival", "tbf"))):
        times = [float(time) for time in np.cumsum(gaps)]
    if times is None:
        raise CaseIncomplete("inputs: times, T; tables: events (id, t), windows (id, start, end)")
    return [("", start, _end(case, times))], [("", time) for time in times], None, {}


def _end(case: Case, times: list[float]) -> float:
    """T of the inputs; observation that stopped at the last failure ends there."""
    found = given.value(case, ("T", "end", "tau", "total_time", "end_time", "observation_end"))
    return max(times, default=0.0) if found is None else float(found)


def _sizes(rows: list[given.Row]) -> list[float] | None:
    if not rows or given.named(rows[0], SIZE) is None:
        return None
    return [float(given.read(row, SIZE, 0)) for row in rows]


def _groups(rows: list[given.Row]) -> dict[Any, str]:
    if not rows or given.named(rows[0], _GROUP) is None:
        return {}
    return {given.read(row, given.DEVICE): str(given.read(row, _GROUP)) for row in rows}
