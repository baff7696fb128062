"""A city's 8,000 labels stay a small file, made in little memory; the seconds are a benchmark's."""

import tracemalloc

from service.tags.labels.drawing import draw_labels
from service.tags.labels.sheets import sheet
from tests.service.tags.drawn_labels import IMPRINT, label

CITY = 8_000
SOME, MORE = 120, 360


def _drawn(count: int) -> tuple[int, int]:
    """Bytes of the file and of memory at the most."""
    labels = [label(number) for number in range(count)]
    tracemalloc.start()
    size = len(draw_labels(labels, sheet("a4-24-70x33.9"), IMPRINT).pdf)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size, most


def test_a_citys_labels_are_a_small_file_in_little_memory() -> None:
    """Both grow by the label, so two runs tell how large a city's would be."""
    (first_size, first_most), (size, most) = _drawn(SOME), _drawn(MORE)
    of_city = (CITY - MORE) / (MORE - SOME)
    assert size + (size - first_size) * of_city < 10e6
    assert most + (most - first_most) * of_city < 200e6
