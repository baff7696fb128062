"""The rows of a table that hold data; totals, notes and the ends of pages are told and left out."""

import re
from collections.abc import Iterator, Sequence

from importers.reading.appearance import Merge
from importers.reading.table import Note, Rows, SourceRow, header_name

_TOTALS = frozenset({"合計", "小計", "総計", "計", "累計", "総合計", "ページ計", "頁計"})
_NOTE = re.compile(r"^(?:※|\*|注|\(注|（注|備考[:：]|凡例|出典)")
_END = re.compile(
    r"^(?:以下(?:余白|空白)|以上|-+\s*\d+\s*-+|\d+\s*/\s*\d+(?:ページ|頁)?|p\.?\s*\d+|\d+(?:ページ|頁))$",
    re.IGNORECASE,
)
_AGENCY_COLUMNS = frozenset({"品質情報", "均質番号", "現象なし情報"})
_WIDE = 4  # a single word in so wide a table heads a section


class DataRows:
    """``rows`` from after the header; ``notes`` are complete once they have been walked.

    ``repeated`` are the numbers of rows that are known to repeat the header, ``lines`` what the
    rows of the header say: a row that says the same is one of them again.
    """

    def __init__(
        self,
        rows: Rows,
        width: int,
        *,
        after: int = 0,
        repeated: frozenset[int] = frozenset(),
        lines: Sequence[SourceRow] = (),
        merges: Sequence[Merge] = (),
    ) -> None:
        self.notes: list[Note] = []
        self._rows = rows
        self._width = width
        self._after = after
        self._repeated = repeated
        self._lines = {line.cells for line in lines}
        self._tall = [merge for merge in merges if merge.bottom > merge.top]
        self._count: int | None = None

    def __len__(self) -> int:
        return len(self._rows) if self._count is None else self._count

    def __iter__(self) -> Iterator[SourceRow]:
        skipped: dict[str, list[int]] = {}
        count = 0
        for row in self._sound(skipped):
            count += 1
            yield row
        self._count = count
        kept = [note for note in self.notes if note["code"] == "lines-above-header"]
        left_out = ({"code": code, "rows": numbers} for code, numbers in skipped.items())
        self.notes[:] = [*kept, *left_out]

    def _sound(self, skipped: dict[str, list[int]]) -> Iterator[SourceRow]:
        width = self._width
        above: dict[int, tuple[int, str]] = {}
        for row in self._rows:
            if row.row_no <= self._after:
                continue
            reason = self._reason(row)
            if reason == "blank":
                continue
            if reason:
                skipped.setdefault(reason, []).append(row.row_no)
                continue
            cells = row.cells[:width] + ("",) * (width - len(row.cells))
            if self._tall:
                cells = self._merged(row.row_no, cells, above)
            yield SourceRow(row.row_no, cells)

    def _reason(self, row: SourceRow) -> str | None:
        if row.row_no in self._repeated or row.cells in self._lines:
            return "repeated-header"
        return _not_data(row, self._width)

    def _merged(
        self, row_no: int, cells: tuple[str, ...], above: dict[int, tuple[int, str]]
    ) -> tuple[str, ...]:
        """A cell merged over several rows holds for each of them."""
        filled = list(cells)
        for merge in self._tall:
            if merge.top == row_no and merge.left < len(filled):
                above[merge.left] = (merge.bottom, filled[merge.left])
        for column, (bottom, value) in above.items():
            if row_no <= bottom and not filled[column]:
                filled[column] = value
        return tuple(filled)


def _not_data(row: SourceRow, width: int) -> str | None:
    filled = [cell for cell in row.cells if cell and not cell.isspace()]
    if not filled:
        return "blank"
    first = header_name(filled[0])
    if first in _TOTALS:
        return "total-row"
    return _single(filled[0].strip(), first, width) if len(filled) == 1 else _note(filled)


def _note(filled: list[str]) -> str | None:
    """「備考：」 and its text in two cells, or the Meteorological Agency's names of its marks."""
    if set(map(str.strip, filled)) <= _AGENCY_COLUMNS:
        return "note-row"
    is_pair = len(filled) == len(("label", "text"))
    return "note-row" if is_pair and _NOTE.match(filled[0].lstrip()) else None


def _single(cell: str, name: str, width: int) -> str | None:
    if _NOTE.match(cell):
        return "note-row"
    if _END.match(name):
        return "end-row"
    return "section-row" if width >= _WIDE else None
