"""The words on a label: what is said, and how the lines are fitted beside the symbol."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.tags.labels.sheets import Rect

CAP_HEIGHT = 0.733  # of the font's em: how high its capitals and figures are
CODE_CAP_MM = 3.0
CODE_MM = CODE_CAP_MM / CAP_HEIGHT + 0.05
LEADING = 1.2
NARROWEST = 0.6
SMALLEST_MM = 1.5
LARGEST = 1.8
SMALLEST_FACTOR = 0.3
Width = Callable[[str], float]


@dataclass(frozen=True)
class Line:
    """``size_mm`` is the em. A code is never drawn smaller than 3 mm high; few lines may be cut."""

    text: str
    size_mm: float
    is_code: bool = False
    may_be_cut: bool = False


@dataclass(frozen=True)
class Set:
    """A line in its place: the left end of its baseline and how far it is condensed."""

    text: str
    x_mm: float
    baseline_mm: float
    size_mm: float
    condensed: float
    is_code: bool


def fitted(lines: Sequence[Line], box: Rect, columns: int, width: Width) -> list[Set]:
    """Every line within the box, from the top left; ``width`` measures a text in ems."""
    column_mm = box.width_mm / columns - (0.8 if columns > 1 else 0)
    out: list[Set] = []
    for number, part in enumerate(_columns(lines, columns)):
        x = box.x_mm + number * box.width_mm / columns
        out += _stack(part, replace(box, x_mm=x, width_mm=column_mm), width)
    return out


def _columns(lines: Sequence[Line], columns: int) -> Iterator[Sequence[Line]]:
    """The code leads when there are several: it needs the first column's height for itself."""
    if columns > 1:
        lines = sorted(lines, key=lambda line: not line.is_code)
    each = -(-len(lines) // columns)
    return (lines[start : start + each] for start in range(0, len(lines), each))


def _stack(lines: Sequence[Line], box: Rect, width: Width) -> Iterator[Set]:
    lines = [part for line in lines for part in _broken(line, box.width_mm, width)]
    factor = _factor(lines, box, width)
    y = box.y_mm + max(0.0, box.height_mm - _height(lines, factor)) / 2
    for line in lines:
        size = _size(line, factor)
        text, condensed = _condensed(line, size, box.width_mm, width)
        yield Set(text, box.x_mm, y + size * 0.9, size, condensed, line.is_code)
        y += size * LEADING


def _size(line: Line, factor: float) -> float:
    return max(line.size_mm * factor, CODE_MM if line.is_code else SMALLEST_MM)


def _height(lines: Sequence[Line], factor: float) -> float:
    return sum(_size(line, factor) for line in lines) * LEADING


def _factor(lines: Sequence[Line], box: Rect, width: Width) -> float:
    """How much all lines grow as long as none is condensed, or must shrink to fit the height."""
    widest = max(width(line.text) * line.size_mm for line in lines)
    factor = min(LARGEST, max(1.0, box.width_mm / (widest * 0.8)))
    while factor > SMALLEST_FACTOR and _height(lines, factor) > box.height_mm:
        factor -= 0.05
    return factor


def _broken(line: Line, width_mm: float, width: Width) -> Iterator[Line]:
    """A code too long for its box goes on in the next line after one of its dashes."""
    if not line.is_code or width(line.text) * CODE_MM * NARROWEST <= width_mm:
        yield line
        return
    head = ""
    for part in line.text.replace("-", "-\n").split("\n"):
        if head and width(head + part) * CODE_MM * NARROWEST > width_mm:
            yield replace(line, text=head)
            head = ""
        head += part
    yield replace(line, text=head)


def _condensed(line: Line, size: float, width_mm: float, width: Width) -> tuple[str, float]:
    natural = width(line.text) * size
    if natural <= width_mm:
        return line.text, 1.0
    if natural * NARROWEST <= width_mm or not line.may_be_cut:
        return line.text, width_mm / natural
    text = line.text
    while text and width(text + "…") * size * NARROWEST > width_mm:
        text = text[:-1]
    return text + "…", NARROWEST
