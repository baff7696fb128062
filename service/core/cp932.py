"""CP932 for older programs: what it lacks is written in the nearest way, and every case listed."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

ENCODING = "cp932"
MISSING = "〓"  # the printers' mark for a character that the case does not hold
# Same sign, other code point: Windows and JIS X 0208 never agreed on these.
_NEAREST = str.maketrans(
    {
        "〜": "～",
        "−": "－",
        "‖": "∥",
        "—": "―",
        "¢": "￠",
        "£": "￡",
        "¬": "￢",
        "–": "―",
        "\u00a0": " ",
        "¥": "￥",
        "²": "2",
        "³": "3",
    }
)


class Folded(NamedTuple):
    """``line_no`` counts from 1, the header included; ``old`` is one character."""

    line_no: int
    column: str
    old: str
    new: str


class Folding:
    """Lines that CP932 can hold; ``found`` lists what was written otherwise."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._lines = lines
        self.found: list[Folded] = []

    def __iter__(self) -> Iterator[list[str]]:
        header: Sequence[str] = ()
        for line_no, line in enumerate(self._lines, start=1):
            header = header or line
            yield [
                self._cell(cell, line_no, name) for cell, name in zip(line, header, strict=False)
            ]

    def _cell(self, cell: str, line_no: int, column: str) -> str:
        if cell.isascii() or _holds(cell):
            return cell
        return "".join(self._character(sign, line_no, column) for sign in cell)

    def _character(self, sign: str, line_no: int, column: str) -> str:
        if _holds(sign):
            return sign
        new = nearest(sign)
        self.found.append(Folded(line_no, column, sign, new))
        return new


def nearest(sign: str) -> str:
    """「〜」→「～」, 「㌢」 as it is, 「𠮷」→「〓」; 「é」→「e」 rather than nothing."""
    for candidate in (
        sign.translate(_NEAREST),
        unicodedata.normalize("NFKC", sign),
        unicodedata.normalize("NFKD", sign)[:1],
    ):
        if candidate and candidate != sign and _holds(candidate):
            return candidate
    return MISSING


def _holds(text: str) -> bool:
    """Whether it comes back as it was: the codec takes signs that it gives back as others."""
    try:
        return text.encode(ENCODING).decode(ENCODING) == text
    except UnicodeEncodeError:
        return False
