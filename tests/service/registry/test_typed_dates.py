"""Half-known dates typed into forms, and written back so that they read the same."""

from datetime import date

import pytest

from service.core.partial_date import PartialDate, Precision
from service.registry.typed_dates import read_typed_date, write_typed_date


@pytest.mark.parametrize(
    ("typed", "start", "end", "precision"),
    [
        ("1983-03-15", date(1983, 3, 15), date(1983, 3, 15), Precision.DAY),
        ("1983/3", date(1983, 3, 1), date(1983, 3, 31), Precision.MONTH),
        ("S58.3", date(1983, 3, 1), date(1983, 3, 31), Precision.MONTH),
        ("ｓ５８．３", date(1983, 3, 1), date(1983, 3, 31), Precision.MONTH),
        ("昭和58年3月15日", date(1983, 3, 15), date(1983, 3, 15), Precision.DAY),
        ("平成10年度", date(1998, 4, 1), date(1999, 3, 31), Precision.FISCAL_YEAR),
        ("令和元年", date(2019, 1, 1), date(2019, 12, 31), Precision.YEAR),
        ("2004", date(2004, 1, 1), date(2004, 12, 31), Precision.YEAR),
        ("2024年2月", date(2024, 2, 1), date(2024, 2, 29), Precision.MONTH),
    ],
)
def test_what_is_typed_means_these_days(
    typed: str, start: date, end: date, precision: Precision
) -> None:
    read = read_typed_date(typed)
    assert (read.start, read.end, read.precision, read.raw) == (start, end, precision, typed)
    again = read_typed_date(write_typed_date(read))
    assert (again.start, again.end, again.precision) == (start, end, precision)


@pytest.mark.parametrize("typed", ["58", "58.3", "2023-13", "2023-02-30", "S1983", "昔", "19831"])
def test_what_nobody_can_read_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of several makers
        read_typed_date(typed)


def test_not_known_is_an_answer() -> None:
    assert read_typed_date("不明").precision is Precision.UNKNOWN
    assert write_typed_date(PartialDate.unknown()) == "不明"
    assert write_typed_date(None) == ""
