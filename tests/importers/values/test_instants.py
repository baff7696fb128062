from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.instants import join_day_time, read_instant
from importers.values.reading import Unreadable
from service.core.clock import JST


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2021-04-01 09:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("2021/4/1 9:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("R3.4.1 9:30", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("令和3年4月1日 9時30分", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
        ("2021-04-01 午後3時", datetime(2021, 4, 1, 6, 0, tzinfo=UTC)),
        ("令和3年4月1日午前0時30分", datetime(2021, 3, 31, 15, 30, tzinfo=UTC)),
        ("2021/4/1 12:05 AM", datetime(2021, 3, 31, 15, 5, tzinfo=UTC)),
        ("2021/4/1 3:05 PM", datetime(2021, 4, 1, 6, 5, tzinfo=UTC)),
        ("2021/4/1 午後12時", datetime(2021, 4, 1, 3, 0, tzinfo=UTC)),
        ("R3.4.1 25時", datetime(2021, 4, 1, 16, 0, tzinfo=UTC)),
        ("44287.395833333336", datetime(2021, 4, 1, 0, 30, tzinfo=UTC)),
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
        ("2021-04-01 午後13時", "impossible-time"),
        ("9:30", "day-needed"),
        ("4/1 9:30", "year-lost"),
        ("昨日の夜", "not-a-date"),
    ],
)
def test_no_moment(raw, code):
    with pytest.raises(Unreadable) as caught:
        read_instant(raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("R1.7.3", "13:05", datetime(2019, 7, 3, 4, 5, tzinfo=UTC)),
        ("R1.8.10", "午後３時", datetime(2019, 8, 10, 6, 0, tzinfo=UTC)),
        ("2019-07-03 00:00:00", "13:05:00", datetime(2019, 7, 3, 4, 5, tzinfo=UTC)),
        ("2019/7/3", "24:30", datetime(2019, 7, 3, 15, 30, tzinfo=UTC)),
        ("2019/7/3", "不明", datetime(2019, 7, 2, 15, 0, tzinfo=UTC)),
        ("2019/7/3", "", datetime(2019, 7, 2, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_in_two_columns(day, clock, expected):
    assert read_instant(join_day_time(day, clock)).value == expected


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.times())
def test_every_minute_is_read_back(day, clock):
    written = f"{day:%Y/%m/%d} {clock:%H:%M}"
    assert f"{read_instant(written).value.astimezone(JST):%Y/%m/%d %H:%M}" == written


@given(st.text(max_size=20) | st.text(alphabet="0123456789:/-. 年月日時分午後APM", max_size=16))
def test_any_text_is_a_moment_or_a_reason(text):
    try:
        zone = read_instant(text).value.tzinfo
    except Unreadable:
        zone = UTC
    assert zone is UTC
