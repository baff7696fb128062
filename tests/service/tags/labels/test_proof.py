from dataclasses import replace

import pytest

from service.tags.domain import mint_code
from service.tags.labels.drawing import draw_labels
from service.tags.labels.proof import SheetRefused, proof
from service.tags.labels.sheets import Sheet, sheet, sheets
from service.tags.symbol import Level
from tests.service.tags.drawn_labels import IMPRINT, label


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("stock", list(sheets().values()), ids=lambda stock: stock.id)
def test_every_symbol_of_every_sheet_reads_as_its_address(stock: Sheet, level: Level) -> None:
    labels = [label(n) for n in range(stock.labels + 2)]
    drawn = draw_labels(labels, stock, replace(IMPRINT, level=level))
    seen: list[int] = []
    assert proof(drawn, stock, progress=seen.append) == len(labels)
    assert seen[-1] == len(labels)
    assert len(seen) == drawn.pages


def test_a_symbol_that_reads_as_another_tag_refuses_the_sheet_by_name() -> None:
    stock = sheet("a4-24-70x33.9")
    drawn = draw_labels([label(n) for n in range(30)], stock, IMPRINT)
    wrong = drawn.placed[25]
    swapped = replace(wrong, address=f"{wrong.address[:-9]}{mint_code()}")
    drawn.placed[25] = swapped
    with pytest.raises(SheetRefused) as refused:
        proof(drawn, stock)
    assert wrong.label.title in str(refused.value)


def test_two_labels_in_each_others_place_are_found() -> None:
    stock = sheet("a4-24-70x33.9")
    drawn = draw_labels([label(1), label(2)], stock, IMPRINT)
    one, two = drawn.placed
    drawn.placed = [replace(one, symbol=two.symbol), replace(two, symbol=one.symbol)]
    with pytest.raises(SheetRefused):
        proof(drawn, stock)


def test_a_missing_page_is_found() -> None:
    stock = sheet("tape-24")
    both = draw_labels([label(1), label(2)], stock, IMPRINT)
    first = draw_labels([both.placed[0].label], stock, IMPRINT)
    with pytest.raises(SheetRefused, match="TJ-PU-00002"):
        proof(replace(both, pdf=first.pdf), stock)
