from hypothesis import given
from hypothesis import strategies as st

from service.tags.labels.lettering import CODE_CAP_MM, CODE_MM, Line, fitted
from service.tags.labels.sheets import Rect

WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40)
BOXES = st.builds(Rect, st.just(10.0), st.just(20.0), st.floats(30, 90), st.floats(9, 60))


def half_an_em(text: str) -> float:
    return 0.5 * len(text)


def six_lines(facility: str, name: str) -> list[Line]:
    return [
        Line(facility, 2.8, may_be_cut=True),
        Line(name, 3.4, may_be_cut=True),
        Line("TJ-PU-00001", CODE_MM, is_code=True),
        Line("7K3M-9QXA-B", 2.8),
        Line("見本市 緊急 0466-00-0000", 2.4),
        Line("故障報告 gesui.example.jp", 2.0),
    ]


@given(WORDS, WORDS, BOXES)
def test_lines_stay_in_their_box_and_the_code_is_high_enough(
    facility: str, name: str, box: Rect
) -> None:
    columns = 2 if box.height_mm < 16 else 1
    lines = fitted(six_lines(facility, name), box, columns, half_an_em)
    for line in lines:
        width = half_an_em(line.text) * line.size_mm * line.condensed
        assert line.x_mm >= box.x_mm
        assert line.x_mm + width <= box.x_mm + box.width_mm + 1e-6
    code = [line for line in lines if line.is_code]
    assert "".join(line.text for line in code) == "TJ-PU-00001"
    assert all(line.size_mm * 0.733 >= CODE_CAP_MM for line in code)
    assert any("0466-00-0000" in line.text for line in lines), "the telephone is never cut"


@given(st.floats(18, 60))
def test_lines_of_one_column_do_not_run_into_each_other(height: float) -> None:
    box = Rect(0, 0, 40, height)
    lines = fitted(six_lines("桜橋中継ポンプ場", "No.2汚水ポンプ"), box, 1, half_an_em)
    tops = [line.baseline_mm - line.size_mm * 0.733 for line in lines]
    bottoms = [line.baseline_mm + line.size_mm * 0.2 for line in lines]
    assert all(top >= bottom for top, bottom in zip(tops[1:], bottoms, strict=False))
    assert tops[0] >= 0
    assert bottoms[-1] <= height


def test_a_long_code_goes_on_after_a_dash() -> None:
    code = Line("SAKURABASHI-CHUKEI-POMPU-0000012345-B", CODE_MM, is_code=True)
    lines = fitted([code], Rect(0, 0, 35, 30), 1, half_an_em)
    assert [line.text for line in lines] == ["SAKURABASHI-CHUKEI-POMPU-", "0000012345-B"]
