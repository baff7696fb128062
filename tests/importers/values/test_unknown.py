import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.unknown import Absence, absence_of


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("不明", Absence.UNKNOWN),
        ("（不明）", Absence.UNKNOWN),
        ("判読不能", Absence.UNKNOWN),
        ("?", Absence.UNKNOWN),
        ("？？", Absence.UNKNOWN),
        ("Unknown", Absence.UNKNOWN),
        ("調査中", Absence.IN_QUESTION),
        ("未定", Absence.IN_QUESTION),
        ("無し", Absence.NONE),
        ("なし", Absence.NONE),
        ("－", Absence.DASH),
        ("—", Absence.DASH),
        ("ー", Absence.DASH),
        ("ｰ", Absence.DASH),
        ("", Absence.BLANK),
        ("　 ", Absence.BLANK),
    ],
)
def test_why_a_cell_is_without_a_value(raw, reason):
    assert absence_of(raw) is reason


def test_not_to_know_is_not_to_have_none():
    assert [absence.is_unknown for absence in Absence] == [False, False, True, True, False]


@pytest.mark.parametrize("raw", ["S58", "P-101", "不明瞭な音がする", "0", "無停電電源装置", "A"])
def test_a_cell_with_a_value(raw):
    assert absence_of(raw) is None


@given(st.text(max_size=40))
def test_any_text_has_a_value_or_a_reason(text):
    assert absence_of(text) in {None, *Absence}
