"""Rows of equipment ledgers: one valve each, true in every cell but those a trap rewrites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.importers.corpus.answers import Answer, Holds, OneOf, Outcome, Stored, day

HEADERS = {
    "code": "設備番号",
    "facility": "施設コード",
    "place": "場所",
    "class": "分類コード",
    "name": "機器名称",
    "asset": "機器番号",
    "maker": "製造者",
    "model": "型式",
    "serial": "製造番号",
    "spec": "仕様",
    "installed": "設置年月",
    "cost": "取得価格(千円)",
    "health": "健全度",
    "status": "状態",
    "note": "備考",
}
Written = Mapping[str, Any]


class Trap(NamedTuple):
    """``field`` is the cell that is written so; the row's other cells may be rewritten beside."""

    name: str
    field: str
    written: Any
    accepted: tuple[Outcome, ...]
    others: Written


def trap(name: str, field: str, written: Any, *accepted: Outcome, **others: Any) -> Trap:
    return Trap(name, field, written, accepted or (Stored(),), others)


@dataclass(frozen=True)
class Row:
    cells: Written
    truth: Mapping[str, Any]


def valve(prefix: str, number: int, **others: Any) -> Row:
    """A valve that no other row tells of."""
    code = f"{prefix}-V-{number:03d}"
    cells = {
        "code": code,
        "facility": "TJ",
        "place": "機械棟/B1F/弁室",
        "class": "AX-VL-01",
        "name": f"{prefix}系統弁{number}",
        "asset": f"{prefix}-{number:04d}",
        "maker": "T弁栓",
        "model": "TUC-240B",
        "serial": f"TV{prefix}{number:04d}",
        "spec": "φ200×1.5kW×200V",
        "installed": "H10.4.15",
        "cost": "1,200",
        "health": "3",
        "status": "使用",
        "note": "",
    }
    truth = {
        "code": code,
        "facility": "TJ",
        "place": "機械棟/B1F/弁室",
        "class": "AX-VL-01",
        "name": f"{prefix}系統弁{number}",
        "asset": f"{prefix}-{number:04d}",
        "maker": "T弁栓",
        "model": "TUC-240B",
        "serial": f"TV{prefix}{number:04d}",
        "spec_raw": "φ200×1.5kW×200V",
        "bore_mm": 200,
        "power_kw": 1.5,
        "voltage_v": 200,
        "flow_m3_min": None,
        "installed": day(1998, 4, 15),
        "removed": None,
        "cost": 1_200_000,
        "health": 3,
        "status": "in_use",
        "note": None,
        "parts": 1,
    }
    return Row(cells | others, truth)


@dataclass
class Ledger:
    """Collects the lines of a table and the answers to its rows, line by line."""

    prefix: str
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    lines: list[list[Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    sheet: str | None = None
    count: int = 0

    def line(self, *cells: Any) -> None:
        self.lines.append(list(cells))

    def header(self) -> None:
        self.line(*self.headers.values())

    def add(self, traps: Iterable[Trap]) -> None:
        for one in traps:
            self.trap(one)

    def trap(self, one: Trap) -> None:
        row = valve(self.prefix, self._next(), **dict(one.others))
        self.row(one, row.cells | {one.field: one.written}, row.truth)

    def row(self, one: Trap, cells: Written, truth: Mapping[str, Any]) -> None:
        self.line(*(cells.get(name, "") for name in self.headers))
        header = self.headers.get(one.field, one.field)
        self.expect(one.name, one.accepted, truth, header, str(one.written))

    def expect(
        self,
        name: str,
        accepted: tuple[Outcome, ...],
        truth: Mapping[str, Any],
        header: str = "",
        written: str = "",
    ) -> None:
        """The answer to the line written last."""
        row_no = len(self.lines)
        self.answers.append(Answer(row_no, name, accepted, truth, header, written, self.sheet))

    def ignored(self, name: str, cells: Sequence[Any], outcome: Outcome) -> None:
        self.line(*cells)
        self.expect(name, (outcome,), {})

    def _next(self) -> int:
        self.count += 1
        return self.count


def kept(text: str) -> OneOf:
    """A note or a name with the writing kept, or with blanks folded."""
    return OneOf((text, " ".join(text.split()), text.replace("\n", ""), Holds(tuple(text.split()))))
