"""A square of counts, such as likelihood × consequence: darker where the product is greater."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.analytics.figure_marks import SOFT, line, words
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale

LEFT, TOP, WIDE, HIGH = 90, 30, 104, 48
# From the least to the greatest product of two grades of five.
SHADES = ("#f3f4fb", "#dfe3f6", "#fdf0d5", "#fbd9a5", "#f6b7a1")
BOUNDS = (3, 6, 10, 16)


@dataclass(frozen=True)
class Matrix:
    """``counts[row][column]``: rows are grades of y from the least, columns those of x."""

    x_label: str
    y_label: str
    counts: tuple[tuple[int, ...], ...]


def squares(figure: Matrix, locale: Locale) -> tuple[list[str], int]:
    """The marks, and the height of the drawing."""
    size = len(figure.counts)
    foot = TOP + size * HIGH
    parts = [*_cells(figure, size), *_scales(size, foot)]
    parts.append(words(LEFT, foot + 38, translate(figure.x_label, locale) + " →", "start", SOFT))
    parts.append(words(8, TOP - 12, "↑ " + translate(figure.y_label, locale), "start", SOFT))
    return parts, foot + 46


def _cells(figure: Matrix, size: int) -> Iterable[str]:
    for row, counts in enumerate(figure.counts):
        y = TOP + (size - 1 - row) * HIGH
        for column, count in enumerate(counts):
            x = LEFT + column * WIDE
            shade = SHADES[sum((row + 1) * (column + 1) > bound for bound in BOUNDS)]
            yield (
                f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" fill="{shade}"'
                f' stroke="#ffffff"/>'
            )
            yield words(x + WIDE / 2, y + HIGH / 2 + 5, f"{count:,}" if count else "–")


def _scales(size: int, foot: float) -> Iterable[str]:
    yield line((LEFT, foot), (LEFT + size * WIDE, foot), f'stroke="{SOFT}"')
    yield line((LEFT, TOP), (LEFT, foot), f'stroke="{SOFT}"')
    for number in range(size):
        name = f"{number * 100 // size}–{(number + 1) * 100 // size}"
        yield words(LEFT + (number + 0.5) * WIDE, foot + 18, name, fill=SOFT)
        yield words(LEFT - 8, foot - (number + 0.5) * HIGH + 4, name, "end", SOFT)
