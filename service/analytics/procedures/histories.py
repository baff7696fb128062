"""Repeated failures of devices as a case gives them: tables, or lists of one system."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.analytics.methods.histories import Histories
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete

TIME: given.Names = (
    "t", "time", "age", "times", "x", "failure_time", "day", "days", "hours", "event_time",
    "age_days", "cycles", "miles", "when", "date", "event_age", "failed_at", "failure_age", "km",
    "years", "months", "mileage", "occurred", "event_date",
)  # fmt: skip
SIZE: given.Names = ("cost", "size", "yen", "value", "amount", "hours_down", "weight")
START: given.Names = (
    "start", "s", "from", "entry", "begin", "start_age", "tstart", "t0", "window_start", "t1",
    "start_time",
)  # fmt: skip
END: given.Names = (
    "end", "t", "T", "until", "exit", "stop", "age_end", "end_age", "tstop", "last", "censor",
    "censored_at", "end_of_observation", "end_time", "window_end", "censor_time", "retired",
)  # fmt: skip
_GROUP: given.Names = (
    "group", "maker", "treatment", "type", "class", "population", "design", "batch", "trt", "rx",
    "arm", "model", "series", "plant",
)  # fmt: skip
_KIND: given.Names = ("event", "status", "is_event", "d", "failed", "kind", "censored", "cens")
_STOP: given.Names = ("stop", "tstop", "end", "exit", "time2", "t2", "until")
_LISTED: given.Names = ("times", "events", "t", "failures", "event_times", "failure_times")

ENDS: given.Names = (
    "T", "end", "tau", "total_time", "end_time", "observation_end", "end_of_observation",
    "window_end", "until", "test_time", "T_end",
)  # fmt: skip
GAPS: given.Names = (
    "gaps", "interarrival", "tbf", "interarrival_times", "times_between_failures", "intervals",
    "inter_failure_times", "interfailure_times", "times_between",
)  # fmt: skip

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


def given_events(case: Case) -> int:
    """Events as given, also those that no window holds."""
    return len(_read(case)[1])


def names_of(case: Case) -> list[Any]:
    """Systems in the order of their windows."""
    return list(dict.fromkeys(device for device, _, _ in _read(case)[0]))


def _device(row: given.Row) -> Any:
    """By a usual name of the column, else what its first column says."""
    name = given.named(row, given.DEVICE)
    return next(iter(row.values())) if name is None else row[name]


def _read(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    listed = _as_systems(case)
    if isinstance(listed, list | Mapping) and _has_times(listed):
        return _of_systems(listed)
    if "windows" in case.tables or "systems" in case.tables or isinstance(listed, list | Mapping):
        return _of_tables(case)
    for _, rows in given.tables_with(case, given.DEVICE, START, _STOP, _KIND):
        return _of_stretches(case, rows)
    for _, rows in given.tables_with(case, given.DEVICE, TIME, _KIND):
        return _of_marked_rows(case, rows)
    return _of_lists(case)


def _as_systems(case: Case) -> Any:
    """Systems with their times; bare lists of times get the common window or their own."""
    listed = given.value(case, ("systems", "units", "devices", "windows"))
    events = given.value(case, ("events", "times", "failures", "failure_times"))
    for bare in (listed, events):
        members = list(bare.values()) if isinstance(bare, Mapping) else bare
        if not (isinstance(members, list) and members):
            continue
        if all(isinstance(one, list) for one in members) and _are_times(bare, events, listed):
            names = list(bare) if isinstance(bare, Mapping) else range(1, len(members) + 1)
            spans = _spans(case, len(members))
            return [
                {"id": name, "times": times, "S": start, "T": end}
                for name, times, (start, end) in zip(names, members, spans, strict=True)
            ]
    return listed


def _are_times(bare: Any, events: Any, listed: Any) -> bool:
    """Pairs beside lists of events are windows, not times."""
    return bare is events or events is None or not isinstance(listed, list)


def _spans(case: Case, size: int) -> list[tuple[Any, Any]]:
    windows = given.value(case, ("windows",))
    if isinstance(windows, list) and len(windows) == size:
        return [(one[0], one[1]) for one in windows]
    start, end = _window(case)
    ends = end if isinstance(end, list) else [end] * size
    return [(start or 0, one) for one in ends]


def _has_times(listed: Any) -> bool:
    members = list(listed.values()) if isinstance(listed, Mapping) else listed
    return bool(members) and all(
        isinstance(one, Mapping) and isinstance(given.read(one, _LISTED), list) for one in members
    )


def _of_tables(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    windows = given.rows_of(case, ("windows", "systems"), END)
    rows = given.rows_of(case, ("events", "failures", "times", "data"), TIME)
    if not windows:
        raise CaseIncomplete("windows: id, start, end; events: id, t")
    if rows == windows:
        rows = []
    spans = [
        (_device(row), given.as_number(given.read(row, START, 0)),
         given.as_number(given.read(row, END)))
        for row in windows
    ]  # fmt: skip
    events = [(_device(row), given.as_number(given.read(row, TIME))) for row in rows]
    return spans, events, _sizes(rows), _groups(case, windows) or _groups(case, rows)


def _of_systems(listed: Any) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """``systems``: {name: {times, T, S}} or a list of them."""
    pairs: Sequence[tuple[Any, Any]] = (
        list(listed.items())
        if isinstance(listed, Mapping)
        else [(given.read(one, given.DEVICE, at), one) for at, one in enumerate(listed, 1)]
    )
    spans, events, groups = [], [], {}
    for name, one in pairs:
        times = [given.as_number(time) for time in given.read(one, _LISTED, [])]
        end = given.read(one, ("T", "end", "until", "end_time"), max(times, default=0.0))
        start = given.as_number(given.read(one, ("S", "start"), 0))
        spans.append((name, start, given.as_number(end)))
        events += [(name, time) for time in times]
        if (group := given.read(one, _GROUP)) is not None:
            groups[name] = str(group)
    return spans, events, None, groups


def _of_stretches(
    case: Case, rows: list[given.Row]
) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """Rows (start, stop] with an event at the stop or none; stretches that touch are one window."""
    flags = given.ended([{"event": given.read(row, _KIND)} for row in rows])
    spans: Spans = []
    stretches = sorted(
        (str(_device(row)), given.as_number(given.read(row, START)),
         given.as_number(given.read(row, _STOP)))
        for row in rows
    )  # fmt: skip
    for device, start, stop in stretches:
        if spans and spans[-1][0] == device and spans[-1][2] == start:
            spans[-1] = (device, spans[-1][1], stop)
        else:
            spans.append((device, start, stop))
    failed = [row for row, flag in zip(rows, flags, strict=True) if flag]
    events = [(str(_device(row)), given.as_number(given.read(row, _STOP))) for row in failed]
    groups = {str(device): group for device, group in _groups(case, rows).items()}
    return spans, events, _sizes(failed), groups


def _of_marked_rows(
    case: Case, rows: list[given.Row]
) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """One table of ids and times in which 0 marks the end of observation."""
    kind = given.named(rows[0], _KIND)
    flags = given.ended([{str(kind): row[str(kind)]} for row in rows])
    failed = [row for row, flag in zip(rows, flags, strict=True) if flag]
    ends: dict[Any, float] = {}
    for row in rows:
        device = given.read(row, given.DEVICE)
        ends[device] = max(ends.get(device, 0.0), given.as_number(given.read(row, TIME)))
    common = given.value(case, END[:3])
    spans = [(device, 0.0, float(common or end)) for device, end in ends.items()]
    events = [(given.read(row, given.DEVICE), given.as_number(given.read(row, TIME)))
              for row in failed]  # fmt: skip
    return spans, events, _sizes(failed), _groups(case, rows)


def _of_lists(case: Case) -> tuple[Spans, Events, list[float] | None, dict[Any, str]]:
    """Times of one system, or a table of events without windows that ends at T for all."""
    start = given.as_number(_window(case)[0] or 0)
    for _, rows in given.tables_with(case, given.DEVICE, TIME):
        events = [(given.read(row, given.DEVICE), given.as_number(given.read(row, TIME)))
                  for row in rows]  # fmt: skip
        end = _end(case, [time for _, time in events])
        names = list(dict.fromkeys(device for device, _ in events))
        spans = [(name, start, end) for name in names]
        return spans, events, _sizes(rows), _groups(case, rows)
    times = given.numbers(case, ("times", "events", "failures", "dates", *TIME))
    if times is None and (gaps := given.numbers(case, GAPS)):
        times = [float(time) for time in np.cumsum(gaps)]
    if times is None:
        raise CaseIncomplete("inputs: times, T; tables: events (id, t), windows (id, start, end)")
    return [("", start, _end(case, times))], [("", time) for time in times], None, {}


def _window(case: Case) -> tuple[Any, Any]:
    found = given.value(case, ("window", "period"))
    if isinstance(found, list) and len(found) == 2:  # noqa: PLR2004  # from, until
        return found[0], found[1]
    return (
        given.value(case, ("S", "start", "t0", "window_start")),
        given.value(case, ENDS),
    )


def _end(case: Case, times: list[float]) -> float:
    """T of the inputs; observation that stopped at the last failure ends there."""
    found = _window(case)[1]
    return max(times, default=0.0) if found is None else given.as_number(found)


def _sizes(rows: list[given.Row]) -> list[float] | None:
    if not rows or given.named(rows[0], SIZE) is None:
        return None
    return [float(given.read(row, SIZE, 0)) for row in rows]


def _groups(case: Case, rows: list[given.Row]) -> dict[Any, str]:
    if not rows:
        return {}
    device = given.named(rows[0], given.DEVICE) or next(iter(rows[0]))
    taken = (device, given.named(rows[0], _KIND[:5]), given.named(rows[0], TIME))
    name = given.named([one for one in rows[0] if one not in taken], _GROUP)
    name = name or given.group_column(case, rows, taken)
    return {} if name is None else {row[device]: str(row[name]) for row in rows}
