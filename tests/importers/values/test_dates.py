from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.dates import date_reader, iso, join_year_month, read_day, read_partial_date
from importers.values.reading import Unreadable
from service.core.i18n.dates import ERAS
from service.core.partial_date import PartialDate, Precision

D, M, Y = Precision.DAY, Precision.MONTH, Precision.YEAR

READABLE = [
    ("S58.3", "1983-03", M),
    ("昭58.3", "1983-03", M),
    ("昭和58年3月", "1983-03", M),
    ("令和5年3月31日", "2023-03-31", D),
    ("R5/3/31", "2023-03-31", D),
    ("Ｒ５．３．３１", "2023-03-31", D),
    ("R05.03.31", "2023-03-31", D),
    ("㋿5.3.31", "2023-03-31", D),
    ("H元.6", "1989-06", M),
    ("平成元年6月", "1989-06", M),
    ("㍻1.6", "1989-06", M),
    ("H31.4.30", "2019-04-30", D),
    ("R1.5.1", "2019-05-01", D),
    ("令和元年5月", "2019-05", M),
    ("S64.1.7", "1989-01-07", D),
    ("S50年度", "1975FY", Precision.FISCAL_YEAR),
    ("昭和50年度", "1975FY", Precision.FISCAL_YEAR),
    ("2010年度", "2010FY", Precision.FISCAL_YEAR),
    ("S58", "1983", Y),
    ("1983", "1983", Y),
    ("S58.00.00", "1983", Y),
    ("S58.3.0", "1983-03", M),
    ("45016", "2023-03-31", D),
    ("20230331", "2023-03-31", D),
    ("2023.3.31 0:00", "2023-03-31", D),
    ("2023-03-31 00:00:00", "2023-03-31", D),
    ("2004/02/04 00:00:00+00", "2004-02-04", D),
    ("2023-03-31", "2023-03-31", D),
    ("1983-03", "1983-03", M),
    ("S58.3頃", "1983-03-01/1983-03-31", Precision.APPROXIMATE),
    ("約S58", "1983-01-01/1983-12-31", Precision.APPROXIMATE),
    ("S57～58", "1982-01-01/1983-12-31", Precision.RANGE),
    ("S57~S60", "1982-01-01/1985-12-31", Precision.RANGE),
    ("S58年度～S60年度", "1983-04-01/1986-03-31", Precision.RANGE),
    ("S58?", "1983-01-01/1983-12-31", Precision.APPROXIMATE),
    ("S58.3(推定)", "1983-03-01/1983-03-31", Precision.APPROXIMATE),
    ("S580331", "1983-03-31", D),
    ("S5803", "1983-03", M),
    ("198303", "1983-03", M),
    ("45016.5", "2023-03-31", D),
    ("R元", "2019", Y),
    ("H31年度", "2019FY", Precision.FISCAL_YEAR),
    ("令和元年度", "2019FY", Precision.FISCAL_YEAR),
    ("平成 10 年 度", "1998FY", Precision.FISCAL_YEAR),
    ("1983年(昭和58年)3月", "1983-03", M),
    ("昭和58年3月(1983)", "1983-03", M),
    ("S58.3.31(木)", "1983-03-31", D),
    ("S58.3竣工", "1983-03", M),
    ("令和5年3月31日 9時30分", "2023-03-31", D),
    ("R5-3-31", "2023-03-31", D),
    ("Ｓ５８ー３", "1983-03", M),
]


@pytest.mark.parametrize(("raw", "expected", "precision"), READABLE)
def test_a_ledger_date_is_read(raw, expected, precision):
    value = read_partial_date(raw).value
    assert (iso(value), value.precision, value.raw) == (expected, precision, raw)


@pytest.mark.parametrize(
    ("raw", "expected", "warning"),
    [
        ("H31.5", "2019-05", "era-overrun"),
        ("H32.3", "2020-03", "era-overrun"),
        ("平成35年3月31日", "2023-03-31", "era-overrun"),
        ("S64.2", "1989-02", "era-overrun"),
        ("R1.4.30", "2019-04-30", "before-era"),
        ("45016", "2023-03-31", "excel-serial"),
    ],
)
def test_a_doubtful_date_is_read_and_named(raw, expected, warning):
    reading = read_partial_date(raw)
    assert iso(reading.value) == expected
    assert warning in [change.rule for change in reading.changes]


@pytest.mark.parametrize("raw", ["S64.1.7", "H31.4.30", "H元.6", "S58.3"])
def test_a_sound_date_has_no_warning(raw):
    assert [change.rule for change in read_partial_date(raw).changes] == ["date"]


@pytest.mark.parametrize("raw", ["不明", "－", "—", "?", "調査中", "未定", "無し", "ー"])
def test_words_for_unknown(raw):
    reading = read_partial_date(raw)
    assert reading.value == PartialDate.unknown(raw)
    assert [change.rule for change in reading.changes] == ["unknown-date"]


@pytest.mark.parametrize(
    ("raw", "code", "asks"),
    [
        ("5.3.31", "ambiguous-era", True),
        ("58.3", "ambiguous-era", True),
        ("50年度", "ambiguous-era", True),
        ("5年3月31日", "ambiguous-era", True),
        ("3/4", "year-lost", False),
        ("3月4日", "year-lost", False),
        ("R6.2.30", "impossible-date", False),
        ("2023-13-01", "impossible-date", False),
        ("S58～S57", "impossible-date", False),
        ("春ごろ", "not-a-date", False),
        ("abc", "not-a-date", False),
        ("201005", "ambiguous-date", True),
        ("580331", "ambiguous-era", True),
        ("58/3", "ambiguous-era", True),
        ("13.45", "impossible-date", False),
        ("4-Mar", "year-lost", False),
        ("3/31/2023", "not-a-date", False),
        ("S583月", "not-a-date", False),
        ("S58.3～5", "not-a-date", False),
        ("S58(1984)", "two-dates", False),
        ("S58.00.05", "impossible-date", False),
        ("S0.3", "impossible-date", False),
        ("3000", "impossible-date", False),
        ("99999", "not-a-date", False),
        ("平成", "not-a-date", False),
        ("〃", "not-a-date", False),
        ("S58.3.4.5", "not-a-date", False),
    ],
)
def test_what_cannot_be_read_says_why(raw, code, asks):
    with pytest.raises(Unreadable) as caught:
        read_partial_date(raw)
    assert (caught.value.code, caught.value.asks) == (code, asks)


@pytest.mark.parametrize(
    ("raw", "era", "expected"),
    [("58.3", "昭和", "1983-03"), ("5.3.31", "令和", "2023-03-31"), ("50年度", "昭和", "1975FY")],
)
def test_a_declared_era_settles_the_ambiguity(raw, era, expected):
    assert iso(read_partial_date(raw, default_era=era).value) == expected


@pytest.mark.parametrize(
    ("raw", "settings", "expected"),
    [
        ("S58", {"unit": "年度"}, "1983FY"),
        ("2010", {"unit": "年度"}, "2010FY"),
        ("S58.3", {"unit": "年度"}, "1983-03"),
        ("58", {"unit": "年度", "era": "昭和"}, "1983FY"),
        ("83.3", {"unit": "西暦"}, "1983-03"),
        ("05.3", {"era": "西暦"}, "2005-03"),
        ("43554", {"epoch_1904": True}, "2023-03-31"),
        ("580331", {"era": "昭和"}, "1983-03-31"),
    ],
)
def test_a_column_says_what_its_years_are(raw, settings, expected):
    assert iso(date_reader(**settings)(raw).value) == expected


@pytest.mark.parametrize("era", ["昭和", "平成", "令和"])
def test_a_lost_year_stays_lost_whatever_the_era(era):
    with pytest.raises(Unreadable, match="year-lost"):
        date_reader(era=era)("3/4")


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        (("S58", "3"), "S58.3"),
        (("昭和58年", "３月", "31日"), "昭和58.3.31"),
        (("1983", "3.0"), "1983.3"),
        (("58", "3"), "58.3"),
        (("S58", ""), "S58"),
        (("S58", "不明"), "S58"),
        (("S58年度", "2"), "S59.2"),
        (("S58年度", "4"), "S58.4"),
        (("S58", "3", ""), "S58.3"),
    ],
)
def test_a_date_in_several_columns(parts, written):
    assert join_year_month(*parts) == written


@pytest.mark.parametrize(
    ("parts", "code"), [(("", "3"), "year-lost"), (("S58", "春"), "not-a-date")]
)
def test_parts_that_make_no_date(parts, code):
    with pytest.raises(Unreadable, match=code):
        join_year_month(*parts)


def test_a_day_is_needed():
    assert read_day("R5.3.31").value == date(2023, 3, 31)
    with pytest.raises(Unreadable, match="day-needed"):
        read_day("R5.3")


DAYS = st.dates(date(1912, 7, 30), date(2060, 1, 1))


@given(DAYS, st.sampled_from(["{e}{y}.{m}.{d}", "{n}{y}年{m}月{d}日", "{e}{y:02}/{m:02}/{d:02}"]))
def test_every_day_of_every_era_is_read_back(day, form):
    era = next(era for era in ERAS if era.starts_on <= day)
    written = form.format(
        e=era.letter, n=era.name, y=day.year - era.starts_on.year + 1, m=day.month, d=day.day
    )
    reading = read_partial_date(written)
    assert reading.value == PartialDate.day(day, written)


@given(DAYS)
def test_iso_days_are_read_without_a_change(day):
    reading = read_partial_date(day.isoformat())
    assert reading == (PartialDate.day(day), ())


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_named_reason(text):
    reason, value = None, None
    try:
        value = read_partial_date(text).value
    except Unreadable as unreadable:
        reason = unreadable.code
    named = {
        "ambiguous-era",
        "ambiguous-date",
        "two-dates",
        "year-lost",
        "impossible-date",
        "not-a-date",
    }
    assert reason in named or value.start is None or value.start <= value.end
