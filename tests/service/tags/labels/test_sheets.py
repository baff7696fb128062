from itertools import pairwise

import pytest

from service.tags.labels.sheets import (
    INCH_MM,
    Rect,
    Sheet,
    SymbolTooSmall,
    UnknownSheet,
    sheet,
    sheets,
)

ALL = list(sheets().values())


@pytest.mark.parametrize("stock", ALL, ids=lambda stock: stock.id)
def test_labels_lie_on_the_page_and_not_on_each_other(stock: Sheet) -> None:
    places = [stock.place(number) for number in range(stock.labels)]
    page = Rect(0, 0, *stock.page)
    assert all(page.holds(place) for place in places)
    for one, other in pairwise(places):
        common = one.within(other)
        assert common.width_mm < 1e-6 or common.height_mm < 1e-6


@pytest.mark.parametrize("stock", ALL, ids=lambda stock: stock.id)
def test_the_grid_lies_in_the_middle_of_the_paper(stock: Sheet) -> None:
    """Blank stock is cut so; a wrong margin or pitch in the data shows here."""
    last = stock.place(stock.labels - 1)
    right = stock.page[0] - last.x_mm - last.width_mm
    bottom = stock.page[1] - last.y_mm - last.height_mm
    assert stock.first[0] == pytest.approx(right, abs=0.1)
    assert stock.first[1] == pytest.approx(bottom, abs=0.15)


@pytest.mark.parametrize("stock", ALL, ids=lambda stock: stock.id)
def test_printers_of_labels_draw_modules_of_whole_dots(stock: Sheet) -> None:
    module = stock.module_mm(37)
    assert module * 37 <= stock.symbol_mm + 1e-9
    if stock.dpi is not None:
        dots = module * stock.dpi / INCH_MM
        assert dots == pytest.approx(round(dots))


def test_the_next_label_is_to_the_right_then_below() -> None:
    stock = sheet("a4-24-70x33.9")
    assert stock.place(1) == Rect(70, 12.9, 70, 33.9)
    assert stock.place(3) == Rect(0, 12.9 + 33.9, 70, 33.9)
    assert stock.place(24) == stock.place(0)


def test_a_symbol_too_fine_for_the_tape_is_refused() -> None:
    with pytest.raises(SymbolTooSmall):
        sheet("tape-12").module_mm(57)


def test_a_sheet_nobody_knows() -> None:
    with pytest.raises(UnknownSheet):
        sheet("a4-25")
