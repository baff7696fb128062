from datetime import UTC, datetime

import pytest

from importers.values.instants import read_instant
from importers.values.reading import Unreadable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2021-04-01 09:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("2021/4/1 9:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("R3.4.1 9:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("令和3年4月1日 9時30分", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("2021-04-01 9時", datetime(2021, 4, 1, 0, 0, tzinfo=UTC)),
        ("2021-04-01 24:30", datetime(2021, 4, 1, 15, 30, tzinfo=UTC)),
        ("2021-04-01", datetime(2021, 3, 31, 15, 0, tzinfo=UTC)),
        ("2021-04-01T09:30:15+09:00", datetime(2021, 4, 1, 0, 30, 15, tzinfo=UTC)),
        ("2021-04-01 00:30:00Z", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("2022/12/07 18:30:02.971+00", datetime(2022, 12, 7, 18, 30, 2, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(raw, expected):
    assert read_instant(raw).value == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2021-04", "day-needed"),
        ("2021-04-01 31:00", "impossible-time"),
        ("2021-04-01 10:75", "impossible-time"),
        ("昨日の夜", "not-a-date"),
    ],
)
def test_no_moment(raw, code):
    with pytest.raises(Unreadable) as caught:
        read_instant(raw)
    assert caught.value.code == code
