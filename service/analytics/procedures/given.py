"""Reads what a case gives, whatever its columns are called.

A list may stand in ``inputs`` or be a column of any table; a name may carry its unit
(``exposure_kh``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.analytics.procedures.case import Case, CaseIncomplete
from service.analytics.procedures.words import plain

Names = Sequence[str]
Row = dict[str, Any]
LISTS = "inputs"  # what the table is called that lists of the inputs are together

EXIT: Names = (
    "exit", "time", "t", "stop", "end", "age", "times", "durations", "exit_age",
    "age_exit", "age_end", "end_age",
    "exit_time", "age_at_exit", "age_at_removal", "removal_age", "age_at_death", "duration",
    "survt", "survtime", "life", "lifetime", "failure_time", "event_time", "miles_or_km", "hours",
    "cycles", "miles", "kilometers", "km", "days", "weeks", "months", "years", "x", "tstop", "t2",
    "time_to_event", "futime", "survival_time", "obstime", "value", "y", "kilocycles", "megacycles",
)  # fmt: skip
ENTRY: Names = (
    "entry", "start", "enter", "tstart", "tl", "left_truncation", "truncation", "left_trunc",
    "delayed_entry", "entry_age", "age_entry", "age_at_entry", "start_age", "age_start", "ltrunc",
    "trunc_time", "entry_time", "age_at_start", "truncation_age", "trunc", "t1",
)  # fmt: skip
ENDED: Names = (
    "death", "event", "events", "failed", "e", "fail", "failure", "status", "delta", "observed",
    "died", "d",
    "dead", "is_failure", "event_observed", "ended", "removed", "replaced", "relapse", "is_event",
    "fstatus", "is_failed", "has_failed", "outcome", "event_type",
)  # fmt: skip
CENSORED: Names = ("censored", "c", "cens", "censor", "censoring", "suspended", "is_censored")
CAUSE: Names = ("cause", "mode", "failure_mode", "event_type", "cause_of_removal", "reason")
WEIGHT: Names = ("count", "n", "freq", "frequency", "weight", "quantity", "units", "wt", "number")
AFTER: Names = ("lower", "left", "after", "from", "lo", "xl", "start_interval", "left_time", "low")
UNTIL: Names = ("upper", "right", "until", "to", "hi", "xr", "end_interval", "right_time", "high")
GROUP: Names = (
    "group", "sex", "treatment", "treat", "arm", "x", "maker", "population", "type", "class",
    "category", "cohort", "stratum", "strata", "material", "gender", "design", "batch", "trt",
    "rx", "series", "model", "manufacturer", "plant", "region", "ward",
)  # fmt: skip
DEVICE: Names = (
    "id", "system", "unit", "device", "unit_id", "system_id", "device_id", "machine", "engine",
    "item", "subject", "name", "serial", "asset", "i", "plane", "patient", "unit_no", "system_no",
    "grid", "pump", "facility", "tag", "no", "equipment", "component", "vehicle", "engine_id",
)  # fmt: skip
_FAILED = frozenset({"failure", "failed", "fail", "f", "true", "yes", "event", "dead", "death"})
_LEFT = frozenset(
    {"censored", "cens", "censor", "c", "suspended", "suspension", "suspend", "s", "false", "no",
     "alive", "survived", "end", "endofobservation", "rightcensored", "right", "running",
     "inservice", "none", "survivor", "withdrawn"}
)  # fmt: skip
_TIMES = frozenset({"days", "years", "hours", "months", "h", "time"})
_NO_INPUTS = frozenset(
    {"reference", "baseline", "base", "ref", "systems", "windows", "counts", "values", "defects",
     "referencelevels", "baselevels", "items", "causes"}
)  # fmt: skip
_CODED_FROM_ONE = frozenset({1.0, 2.0})
_FLAGS = frozenset({0, 1})


def named(names: Iterable[str], wanted: Names) -> str | None:
    """The name that fits best: as wanted, else with a unit behind it."""
    have = list(names)
    for want in wanted:
        for name in have:
            if plain(name) == plain(want):
                return name
    for want in wanted:
        for name in have:
            begins = f"{want.casefold()}_"
            if len(want) > 1 and name.casefold().startswith(begins):
                unit = name.casefold().removeprefix(begins)
                if not (want in DEVICE and unit in _TIMES):  # device_days are no device
                    return name
    return None


def read(row: Mapping[str, Any], wanted: Names, otherwise: Any = None) -> Any:
    """A cell of a row by any of its names; empty cells are `otherwise`."""
    name = named(row, wanted)
    found = None if name is None else row[name]
    return otherwise if found is None else found


def tables_with(case: Case, *columns: Names) -> Iterator[tuple[str, list[Row]]]:
    """Tables that have all these columns, in the order of the file.

    Rows written in ``inputs`` come first; lists of one length in ``inputs`` are one, too, the last.
    """
    listed = {
        name: value
        for name, value in case.inputs.items()
        if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value)
    }
    tables = {name: [dict(row) for row in listed[name]] for name in listed}
    for name in (*listed, *case.tables, LISTS):
        rows = tables.get(name) or (_lists_as_rows(case) if name == LISTS else [*case.rows(name)])
        if rows and all(named(rows[0], wanted) for wanted in columns):
            yield name, rows


def _lists_as_rows(case: Case) -> list[Row]:
    """Lists of the inputs that are of one length, side by side."""
    columns = {
        name: found
        for name, found in case.inputs.items()
        if isinstance(found, list)
        and len(found) > 1
        and not any(isinstance(one, list | Mapping) for one in found)
    }
    lengths = {len(column) for column in columns.values()}
    if len(columns) < 2 or len(lengths) > 1:  # noqa: PLR2004  # a table has columns
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def rows_of(case: Case, names: Names, *columns: Names) -> list[Row]:
    """Rows of the table so called, else of the first that has the columns; [] without any."""
    found = dict(tables_with(case, *columns))
    chosen = named(found, names) or next(iter(found), None)
    return [] if chosen is None else found[chosen]


def group_column(case: Case, rows: Sequence[Row], taken: Iterable[str | None] = ()) -> str | None:
    """The column of groups: as the inputs or a figure (``median_by_arm``) say, by a usual name,
    or the only column of words with a few values."""  # noqa: D205, D209  # one sentence
    columns = [name for name in rows[0] if name not in set(taken)] if rows else []
    said = [case.inputs.get(name) for name in ("group", "groups", "by", "strata", "group_by")]
    said += [name.partition("_by_")[2] for name in (*case.expected, *case.published)]
    for name in said:
        if isinstance(name, str) and name in columns:
            return name
    if (usual := named(columns, GROUP)) is not None:
        return usual
    words = [name for name in columns if _is_of_words([row[name] for row in rows])]
    return words[0] if len(words) == 1 else None


_MOST_GROUPS = 20


def _is_of_words(values: Sequence[Any]) -> bool:
    levels = {value for value in values if value is not None}
    few = 1 < len(levels) <= min(_MOST_GROUPS, len(values) / 2)
    return few and all(isinstance(value, str) for value in levels)


def value(case: Case, names: Names, otherwise: Any = None) -> Any:
    """Of the inputs, else of a group of inputs such as ``costs: {planned, failure}``."""
    name = named(case.inputs, names)
    if name is not None:
        return case.inputs[name]
    for group, inner in case.inputs.items():
        if isinstance(inner, Mapping) and plain(group) not in _NO_INPUTS:
            name = named(inner, names)
            if name is not None and not isinstance(inner[name], Mapping):
                return inner[name]
    return otherwise


def number(case: Case, names: Names) -> float:
    found = value(case, names)
    if found is None:
        raise CaseIncomplete(f"inputs: {' / '.join(names)}")
    return float(found)


def numbers(case: Case, names: Names) -> list[float] | None:
    """A list of ``inputs``, or a column of the first table that has it."""
    found = value(case, names)
    if isinstance(found, list):
        return [as_number(one) for one in found]
    if isinstance(found, Mapping) and not any(isinstance(one, Mapping) for one in found.values()):
        return [as_number(one) for one in found.values()]
    for _, rows in tables_with(case, names):
        return [as_number(read(row, names)) for row in rows]
    return None


def needed(case: Case, names: Names) -> list[float]:
    found = numbers(case, names)
    if found is None:
        raise CaseIncomplete(f"inputs / tables: {' / '.join(names)}")
    return found


def as_number(found: Any) -> float:
    """Days since 1970 for dates and for their text."""
    if isinstance(found, str) and "-" in found[1:]:
        found = datetime.fromisoformat(found)
    if isinstance(found, datetime):
        return (found.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() / 86_400  # noqa: DTZ001
    if isinstance(found, date):
        return float((found - date(1970, 1, 1)).days)
    return float(found)


def ended(rows: Sequence[Row]) -> list[float]:
    """1 where a row ended in a failure: flags, words, codes 1/2 (2 = dead), or censoring marks.

    Without a column of such a name one that says "censored" in some rows, a column of causes (0 or
    empty: none), or the only column of zeros and ones.
    """
    name = named(rows[0], ENDED)
    if name is not None:
        return _flags([row[name] for row in rows])
    name = named(rows[0], CENSORED)
    if name is not None:
        return [1.0 - flag for flag in _flags([row[name] for row in rows])]
    name = _speaking(rows) or named(rows[0], CAUSE) or _zeros_and_ones(rows)
    return [1.0] * len(rows) if name is None else _flags([row[name] for row in rows])


def _speaking(rows: Sequence[Row]) -> str | None:
    """A column in which some rows say that nothing failed."""
    for name in rows[0]:
        if any(isinstance(row[name], str) and plain(row[name]) in _LEFT for row in rows):
            return name
    return None


def _zeros_and_ones(rows: Sequence[Row]) -> str | None:
    taken = {*EXIT, *ENTRY, *WEIGHT, *GROUP, *DEVICE}
    for name in rows[0]:
        if plain(name) not in taken and {row[name] for row in rows} == _FLAGS:
            return name
    return None


def _flags(values: Sequence[Any]) -> list[float]:
    """Numbers above 1 are causes; beside words of censoring any other word is one."""
    has_words = any(isinstance(value, str) and plain(value) in _LEFT for value in values)
    flags = [_flag(value, has_words=has_words) for value in values]
    if set(flags) == _CODED_FROM_ONE:
        return [flag - 1 for flag in flags]
    return [min(flag, 1.0) for flag in flags]


def _flag(value: Any, *, has_words: bool) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        word = plain(value)
        if word in _FAILED | _LEFT:
            return float(word in _FAILED)
        if has_words:
            return 1.0
    return float(value)
