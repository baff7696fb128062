import pytest

from service.tags.labels.drawing import Offset, draw_labels
from service.tags.labels.extras import draw_list, draw_ruler
from service.tags.labels.sheets import sheet
from tests.service.tags.drawn_labels import IMPRINT, label, symbols_of, text_of


def test_the_list_names_every_label_and_where_it_is() -> None:
    labels = [label(n) for n in range(50)]
    placed = draw_labels(labels, sheet("a4-24-70x33.9"), IMPRINT, first=3).placed
    pdf = draw_list(placed, "印刷一覧")
    told = text_of(pdf) + text_of(pdf, 1)
    assert all(one.position_code in told and one.code in told for one in labels)
    assert "沈砂池棟/B2F" in told


def test_the_ruler_measures_what_it_says() -> None:
    pdf = draw_ruler(sheet("a4-24-70x33.9"), Offset(1.5, -2), "位置合わせ")
    boxes = symbols_of(pdf)
    first = boxes[0]
    assert first.left + 0.05 == pytest.approx(0 + 1.5, abs=0.2)
    assert first.top + 0.05 == pytest.approx(12.9 - 2, abs=0.2)
    widths = [box.right - box.left for box in boxes]
    assert any(width == pytest.approx(190, abs=0.2) for width in widths)
    assert "50" in text_of(pdf)
