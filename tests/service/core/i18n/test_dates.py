from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.i18n import dates
from service.core.i18n.locales import Locale
from service.core.partial_date import PartialDate, Precision


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 11, 23), "令和8年11月23日", "R8.11.23"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
        (date(1872, 12, 31), "1872年12月31日", "1872.12.31"),
    ],
)
def test_eras_change_on_their_day(day: date, long: str, short: str):
    assert dates.wareki(day) == long
    assert dates.wareki_short(day) == short


def test_english_keeps_the_era():
    assert dates.wareki(date(2026, 11, 23), Locale.EN) == "23 Nov Reiwa 8"
    assert dates.wareki(date(1872, 12, 31), Locale.EN) == "31 Dec 1872"


@given(st.dates(date(1873, 1, 1), date(2100, 1, 1)))
def test_era_years_count_on_without_a_gap(day: date):
    found = dates.era_year(day)
    assert found is not None
    era, year = found
    assert year >= 1
    next_day = dates.era_year(day + timedelta(days=1))
    assert next_day is not None
    assert next_day in {(era, year), (era, year + 1)} or next_day[1] == 1


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_fiscal_year_begins_in_april(day: date, year: int):
    assert dates.fiscal_year(day) == year
    first, last = dates.fiscal_year_days(year)
    assert first <= day <= last


@pytest.mark.parametrize(
    ("year", "label"),
    [(2026, "令和8年度"), (2019, "令和元年度"), (1989, "平成元年度"), (1988, "昭和63年度")],
)
def test_fiscal_years_are_named_as_in_budgets(year: int, label: str):
    assert dates.nendo(year) == label
    assert dates.nendo(year, Locale.EN) == f"FY{year}"


def test_moments_are_shown_in_tokyo():
    late = datetime(2026, 11, 22, 15, 30, 5, tzinfo=UTC)
    assert dates.jst(late) == "2026/11/23(月) 00:30"
    assert dates.jst(late, Locale.EN) == "Mon 23 Nov 2026 00:30"
    assert dates.jst(late, seconds=True) == "2026/11/23(月) 00:30:05"
    assert dates.tokyo_day(late) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "japanese", "english"),
    [
        (PartialDate.day(date(1983, 3, 5)), "昭和58年3月5日", "5 Mar Showa 58"),
        (
            PartialDate(date(1983, 3, 1), date(1983, 3, 31), Precision.MONTH),
            "昭和58年3月",
            "Mar Showa 58",
        ),
        (
            PartialDate(date(1983, 1, 1), date(1983, 12, 31), Precision.YEAR),
            "昭和58年",
            "Showa 58",
        ),
        (
            PartialDate(date(1998, 4, 1), date(1999, 3, 31), Precision.FISCAL_YEAR),
            "平成10年度",
            "FY1998",
        ),
        (
            PartialDate(date(1983, 1, 1), date(1983, 12, 31), Precision.APPROXIMATE),
            "昭和58年ごろ",
            "around Showa 58",
        ),
        (
            PartialDate(date(2020, 1, 1), date(2020, 2, 1), Precision.RANGE),
            "令和2年1月1日～令和2年2月1日",
            "1 Jan Reiwa 2 – 1 Feb Reiwa 2",
        ),
        (PartialDate.unknown(), "不明", "Unknown"),
    ],
)
def test_partial_dates_say_no_more_than_the_ledger(value: PartialDate, japanese: str, english: str):
    assert dates.partial_date_label(value) == japanese
    assert dates.partial_date_label(value, Locale.EN) == english
