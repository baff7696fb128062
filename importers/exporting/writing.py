"""Values of the registry as a ledger writes them, so that reading them again gives the same."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.core.clock import JST
from service.core.partial_date import Precision

Write = Callable[[Any], str]
_DAY = timedelta(days=1)


def plain(value: Any) -> str:
    """Text and figures; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, (float, Decimal)):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value)


def label(labels: Mapping[Any, str]) -> Write:
    """The Japanese word of an enum's value."""
    words = {str(key): word for key, word in labels.items()}

    def write(value: Any) -> str:
        return "" if value is None else words.get(str(value), str(value))

    return write


def labels(of: Mapping[Any, str]) -> Write:
    one = label(of)

    def write(values: Any) -> str:
        return " ".join(one(value) for value in values or ())

    return write


def words(values: Any) -> str:
    return " ".join(values or ())


def yes_no(value: Any) -> str:
    return "" if value is None else str(int(value))


def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    local = value.astimezone(JST)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def partial(start: date | None, end: date | None, precision: str | None) -> str:
    """The shortest writing that means the same days."""
    if precision is None:
        return ""
    if start is None or end is None:
        return "不明"
    shape = _shape(start, end)
    if precision == Precision.APPROXIMATE:
        return f"{shape}頃"
    return f"{start.isoformat()}～{end.isoformat()}" if precision == Precision.RANGE else shape


def _shape(start: date, end: date) -> str:
    after = end + _DAY
    if start == end:
        return start.isoformat()
    if start.day == 1 and after.day == 1 and (start.year, start.month) == (end.year, end.month):
        return f"{start:%Y-%m}"
    if (start.month, start.day, after) == (1, 1, date(start.year + 1, 1, 1)):
        return f"{start:%Y}"
    if (start.month, start.day, after) == (4, 1, date(start.year + 1, 4, 1)):
        return f"{start:%Y}年度"
    return f"{start.isoformat()}～{end.isoformat()}"
