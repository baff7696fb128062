"""Reads what a case gives, whatever its columns are called.

A list may stand in ``inputs`` or be a column of any table; a name may carry its unit
(``exposure_kh``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.analytics.procedures.case import Case, CaseIncomplete
from service.analytics.procedures.figures import plain

Names = Sequence[str]
Row = dict[str, Any]

EXIT: Names = (
    "exit", "time", "t", "stop", "end", "age", "duration", "survt", "survtime", "life", "lifetime",
    "failure_time", "miles_or_km", "hours", "cycles", "miles", "kilometers", "km", "days", "weeks",
    "months", "years", "x", "tstop", "time_to_event", "futime", "survival_time", "obstime", "value",
)  # fmt: skip
ENTRY: Names = (
    "entry", "start", "enter", "tstart", "tl", "left_truncation", "truncation", "left_trunc",
    "delayed_entry", "entry_age", "age_entry", "start_age", "ltrunc", "trunc_time", "entry_time",
)  # fmt: skip
ENDED: Names = (
    "death", "event", "failed", "e", "fail", "failure", "status", "delta", "observed", "died", "d",
    "dead", "is_failure", "event_observed", "ended", "removed", "replaced",
)  # fmt: skip
CENSORED: Names = ("censored", "c", "cens", "censor", "censoring", "suspended", "is_censored")
WEIGHT: Names = ("count", "n", "freq", "frequency", "weight", "quantity", "units", "wt", "number")
AFTER: Names = ("lower", "left", "after", "from", "lo", "xl", "start_interval", "left_time", "low")
UNTIL: Names = ("upper", "right", "until", "to", "hi", "xr", "end_interval", "right_time", "high")
GROUP: Names = (
    "group", "sex", "treatment", "treat", "arm", "x", "maker", "population", "type", "class",
    "category", "cohort", "stratum", "material", "gender", "design",
)  # fmt: skip
DEVICE: Names = (
    "id", "system", "unit", "device", "unit_id", "system_id", "device_id", "machine", "engine",
    "item", "subject", "name", "serial", "asset", "i",
)  # fmt: skip
_FAILED = frozenset({"failure", "failed", "fail", "f", "true", "yes", "event", "dead", "death"})
_LEFT = frozenset(
    {"censored", "cens", "c", "suspended", "suspension", "s", "false", "no", "alive", "survived"}
)
_CODED_FROM_ONE = frozenset({1.0, 2.0})


def named(names: Iterable[str], wanted: Names) -> str | None:
    """The name that fits best: as wanted, else with a unit behind it."""
    have = list(names)
    for want in wanted:
        for name in have:
            if plain(name) == plain(want):
                return name
    for want in wanted:
        for name in have:
            if len(want) > 1 and name.casefold().startswith(f"{want.casefold()}_"):
                return name
    return None


def read(row: Mapping[str, Any], wanted: Names, otherwise: Any = None) -> Any:
    """A cell of a row by any of its names; empty cells are `otherwise`."""
    name = named(row, wanted)
    found = None if name is None else row[name]
    return otherwise if found is None else found


def tables_with(case: Case, *columns: Names) -> Iterator[tuple[str, list[Row]]]:
    """Tables that have all these columns, in the order of the file; rows of ``inputs`` as well."""
    listed = {
        name: value
        for name, value in case.inputs.items()
        if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value)
    }
    for name in (*listed, *case.tables):
        rows = [dict(row) for row in listed[name]] if name in listed else list(case.rows(name))
        if rows and all(named(rows[0], wanted) for wanted in columns):
            yield name, rows


def rows_of(case: Case, names: Names, *columns: Names) -> list[Row]:
    """Rows of the table so called, else of the first that has the columns; [] without any."""
    found = dict(tables_with(case, *columns))
    chosen = named(found, names) or next(iter(found), None)
    return [] if chosen is None else found[chosen]


def value(case: Case, names: Names, otherwise: Any = None) -> Any:
    name = named(case.inputs, names)
    return otherwise if name is None else case.inputs[name]


def number(case: Case, names: Names) -> float:
    found = value(case, names)
    if found is None:
        raise CaseIncomplete(f"inputs: {' / '.join(names)}")
    return float(found)


def numbers(case: Case, names: Names) -> list[float] | None:
    """A list of ``inputs``, or a column of the first table that has it."""
    found = value(case, names)
    if isinstance(found, list):
        return [float(one) for one in found]
    for _, rows in tables_with(case, names):
        return [float(read(row, names)) for row in rows]
    return None


def needed(case: Case, names: Names) -> list[float]:
    found = numbers(case, names)
    if found is None:
        raise CaseIncomplete(f"inputs / tables: {' / '.join(names)}")
    return found


def as_number(found: Any) -> float:
    """Days since 1970 for dates."""
    if isinstance(found, datetime):
        return found.timestamp() / 86_400
    if isinstance(found, date):
        return float((found - date(1970, 1, 1)).days)
    return float(found)


def ended(rows: Sequence[Row]) -> list[float]:
    """1 where a row ended in a failure: flags, words, codes 1/2 (2 = dead), or censoring marks."""
    name = named(rows[0], ENDED)
    if name is not None:
        return _flags([row[name] for row in rows])
    name = named(rows[0], CENSORED)
    if name is None:
        return [1.0] * len(rows)
    return [1.0 - flag for flag in _flags([row[name] for row in rows])]


def _flags(values: Sequence[Any]) -> list[float]:
    flags = [_flag(value) for value in values]
    if set(flags) == _CODED_FROM_ONE:
        return [flag - 1 for flag in flags]
    return flags


def _flag(value: Any) -> float:
    if isinstance(value, str):
        word = plain(value)
        if word in _FAILED | _LEFT:
            return float(word in _FAILED)
    return float(value)
