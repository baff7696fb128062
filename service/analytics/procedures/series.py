"""Counts by period as a case gives them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.procedures import given
from service.analytics.procedures.case import Case
from service.analytics.procedures.exposed import EXPOSURE, FAILURES

PERIOD: given.Names = (
    "i", "year", "month", "period", "sample", "t", "index", "date", "subgroup", "week", "day",
    "quarter", "fiscal_year", "roll", "no", "time", "years", "months", "periods", "dates", "labels",
)  # fmt: skip
TIMES: given.Names = (
    "exposure", "area", "size", "sample_size", "device_days", "units", "n", *EXPOSURE,
)  # fmt: skip


def counts_of(case: Case) -> tuple[Floats, Floats]:
    """Counts and exposure by period; the exposure is 1 where the case gives none."""
    for _, rows in given.tables_with(case, FAILURES):
        name = str(given.named(rows[0], FAILURES))
        columns = [column for column in rows[0]
                   if column != name and not _is_label(rows, column)]  # fmt: skip
        time = given.named(columns, TIMES)
        counts = np.array([float(row[name]) for row in rows])
        return counts, np.array([1.0 if time is None else float(row[time]) for row in rows])
    if (found := _only_counts(case)) is not None:
        return found, np.ones(len(found))
    counts = np.array(given.needed(case, FAILURES), dtype=float)
    exposure = given.value(case, TIMES)
    if isinstance(exposure, list):
        return counts, np.array([float(one) for one in exposure])
    each = float(exposure) if isinstance(exposure, int | float) else 1.0
    return counts, np.full(len(counts), each)


def _only_counts(case: Case) -> Floats | None:
    """The one column of a table of periods that does not name them."""
    for _, rows in given.tables_with(case, PERIOD):
        columns = [column for column in rows[0] if not _is_label(rows, column)]
        if len(columns) == 1 and given.value(case, FAILURES) is None:
            return np.array([float(row[columns[0]]) for row in rows])
    return None


def _is_label(rows: list[given.Row], column: str) -> bool:
    """Names of periods: no numbers, or numbers that go up by one."""
    if column == _period(rows[0]) and column != "years":
        return True
    values = [row[column] for row in rows]
    if not all(isinstance(value, int) for value in values):
        return not all(isinstance(value, int | float) for value in values)
    return len(values) > 2 and all(b - a == 1 for a, b in pairwise(values))  # noqa: PLR2004  # a row


def _period(row: given.Row) -> str | None:
    return given.named(row, PERIOD)


def labels_of(case: Case, size: int) -> list[Any]:
    """What the periods are called: a column, a list, else numbers from the first."""
    for _, rows in given.tables_with(case, PERIOD, FAILURES):
        return [_label(row[str(_period(row))]) for row in rows]
    for _, rows in given.tables_with(case, PERIOD):
        if len(rows) == size:
            return [_label(row[str(_period(row))]) for row in rows]
    counted = given.value(case, FAILURES)
    if isinstance(counted, Mapping) and len(counted) == size:
        return list(counted)
    listed = given.value(case, ("periods", "years", "months", "labels", "dates"))
    if isinstance(listed, list) and len(listed) == size:
        return [_label(one) for one in listed]
    first = given.value(case, ("first_year", "start_year", "first", "start", "first_period"), 1)
    return [int(first) + index for index in range(size)]


def _label(found: Any) -> Any:
    """A date that is the first of a month names the month."""
    if isinstance(found, datetime):
        found = found.date()
    return found.isoformat() if isinstance(found, date) else found


def months_of(case: Case, size: int) -> list[int] | None:
    """Months of the year (0 to 11) of the periods, where the case says them."""
    for _, rows in given.tables_with(case, ("month", "date", "period"), FAILURES):
        found = [_month(given.read(row, ("month", "date", "period"))) for row in rows]
        if len(found) == size and None not in found:
            return [month for month in found if month is not None]
    return None


def _month(found: Any) -> int | None:
    if isinstance(found, date):
        return found.month - 1
    digits = re.fullmatch(r"(?:\d{4}[-/])?(\d{1,2})(?:[-/]\d{1,2})?", str(found))
    return (int(digits[1]) - 1) % 12 if digits else None
