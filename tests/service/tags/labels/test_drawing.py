"""What is in the PDF, read by another library than the one that wrote it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.tags.labels.drawing import Offset, draw_labels
from service.tags.labels.sheets import Sheet, sheet, sheets
from service.tags.symbol import Level
from tests.service.tags.drawn_labels import IMPRINT, label, letters_of, symbols_of, text_of

TOLERANCE_MM = 0.2


def off_by(stock: Sheet, *, count: int, first: int = 1, offset: Offset = Offset()) -> float:  # noqa: B008
    """The largest miss of a symbol's edge on the first page."""
    drawn = draw_labels(
        [label(n) for n in range(count)], stock, IMPRINT, first=first, offset=offset
    )
    here = [one for one in drawn.placed if one.page == 0]
    found = symbols_of(drawn.pdf)
    assert len(found) == len(here)
    quiet = 4 / 37
    misses = []
    for one, box in zip(here, found, strict=True):
        cell = stock.place(one.place)
        assert cell.holds(one.symbol)
        inner = one.symbol.inset(quiet * one.symbol.width_mm)
        misses += [
            abs(box.left - offset.dx_mm - inner.x_mm),
            abs(box.top - offset.dy_mm - inner.y_mm),
            abs(box.right - offset.dx_mm - inner.x_mm - inner.width_mm),
            abs(box.bottom - offset.dy_mm - inner.y_mm - inner.height_mm),
        ]
    return max(misses)


@pytest.mark.parametrize("stock", list(sheets().values()), ids=lambda stock: stock.id)
def test_symbols_lie_where_the_sheet_says(stock: Sheet) -> None:
    assert off_by(stock, count=stock.labels + 1) < TOLERANCE_MM


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([stock.id for stock in sheets().values() if stock.labels > 1]),
    st.integers(1, 24),
    st.floats(-5, 5),
    st.floats(-5, 5),
)
def test_used_places_are_skipped_and_the_printers_miss_made_good(
    stock_id: str, first: int, dx: float, dy: float
) -> None:
    stock = sheet(stock_id)
    place = min(first, stock.labels)
    assert off_by(stock, count=2, first=place, offset=Offset(dx, dy)) < TOLERANCE_MM


@pytest.mark.parametrize("stock", list(sheets().values()), ids=lambda stock: stock.id)
def test_every_letter_lies_on_its_label_where_the_printer_reaches(stock: Sheet) -> None:
    drawn = draw_labels([label(n) for n in range(stock.labels)], stock, IMPRINT)
    reach = stock.printable
    places = [stock.place(number) for number in range(stock.labels)]
    for character, box in letters_of(drawn.pdf):
        assert box.left >= reach.x_mm - TOLERANCE_MM, character
        assert box.right <= reach.x_mm + reach.width_mm + TOLERANCE_MM, character
        assert any(
            place.x_mm <= box.left
            and box.right <= place.x_mm + place.width_mm
            and place.y_mm <= box.top
            and box.bottom <= place.y_mm + place.height_mm
            for place in places
        ), character


@pytest.mark.parametrize("stock", list(sheets().values()), ids=lambda stock: stock.id)
def test_the_code_is_three_millimetres_high_and_nothing_is_missing(stock: Sheet) -> None:
    pdf = draw_labels([label(7, position_code="EEEE-EE-EEEEE")], stock, IMPRINT).pdf
    heights = [box.bottom - box.top for character, box in letters_of(pdf) if character == "E"]
    assert len(heights) >= 11
    assert sum(height >= 3 for height in heights) >= 11
    told = text_of(pdf)
    for words in ("gesui.city.example.lg.jp", "0466-00-0000", "桜橋中継ポンプ場", "No.7汚水ポンプ"):
        assert words in told


def test_the_tag_code_is_in_groups_and_the_second_tag_says_so() -> None:
    one = label(1, copy_no=2)
    told = text_of(draw_labels([one], sheet("a4-24-70x33.9"), IMPRINT).pdf)
    assert f"{one.tag_code[:4]}-{one.tag_code[4:8]}-{one.tag_code[8]} -02" in told


def test_a_tag_of_the_stock_prints_its_own_number_large() -> None:
    one = label(1, position_code=None, position_name=None, unit_no=None, facility_name=None)
    told = text_of(draw_labels([one], sheet("a4-24-70x33.9"), IMPRINT).pdf)
    assert "未割当" in told
    assert one.code in told


def test_place_names_with_rare_characters_are_drawn() -> None:
    names = ["髙﨑ポンプ場", "祇園", "辻󠄀堂", "鵠沼", "𠮷田", "㈱①〆ヶ№"]
    labels = [label(n, facility_name=name) for n, name in enumerate(names)]
    drawn = draw_labels(labels, sheet("a4-10-91x55"), IMPRINT)
    told = text_of(drawn.pdf)
    for name in names:
        assert name.replace("\U000e0100", "").lstrip("𠮷") in told
    assert drawn.unknown == set(), "the invisible choice of a form is no character"


def test_what_the_font_lacks_is_set_as_geta_and_told() -> None:
    drawn = draw_labels([label(1, position_name="ポンプ🐟")], sheet("a4-24-70x33.9"), IMPRINT)
    assert drawn.unknown == {"🐟"}
    assert "ポンプ〓" in text_of(drawn.pdf)


def test_the_same_labels_are_the_same_bytes() -> None:
    some = [label(n) for n in range(3)]
    stock = sheet("a4-24-70x33.9")
    assert draw_labels(some, stock, IMPRINT).pdf == draw_labels(some, stock, IMPRINT).pdf


def test_outdoor_labels_bear_more_dirt() -> None:
    outdoors = replace(IMPRINT, level=Level.H)
    stock = sheet("a4-10-91x55")
    one = label(1)
    assert draw_labels([one], stock, outdoors).pdf != draw_labels([one], stock, IMPRINT).pdf


def test_a_condensed_line_leaves_the_next_label_as_wide_as_it_was() -> None:
    stock = sheet("a4-24-70x33.9")
    labels = [label(1, facility_name="長い名前の中継ポンプ場" * 3), label(2, facility_name="祇園")]
    letters = letters_of(draw_labels(labels, stock, IMPRINT).pdf)
    (gi,) = [box for character, box in letters if character == "祇"]
    assert gi.right - gi.left > 0.8 * (gi.bottom - gi.top)
