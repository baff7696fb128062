"""Label sheets and tapes as they are sold; their geometry is data in `sheets.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.core.errors import Invalid
from service.core.i18n.marker import N_

INCH_MM = 25.4
SMALLEST_MODULE_MM = 0.25
_DATA = Path(__file__).with_name("sheets.toml")
Pair = tuple[float, float]


class UnknownSheet(Invalid):
    code = "unknown-sheet"
    message = N_("この用紙は登録されていません。")


class SymbolTooSmall(Invalid):
    """No phone reads modules that fine, and no office printer prints them."""

    code = "symbol-too-small"
    message = N_("この用紙ではQRコードが小さくなりすぎます。大きい用紙を選んでください。")


@dataclass(frozen=True)
class Rect:
    """In millimetres, from the top left corner of the page."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def moved(self, dx_mm: float, dy_mm: float) -> "Rect":
        return Rect(self.x_mm + dx_mm, self.y_mm + dy_mm, self.width_mm, self.height_mm)

    def inset(self, by_mm: float) -> "Rect":
        width, height = self.width_mm - 2 * by_mm, self.height_mm - 2 * by_mm
        return Rect(self.x_mm + by_mm, self.y_mm + by_mm, width, height)

    def holds(self, other: "Rect", *, tolerance_mm: float = 1e-6) -> bool:
        part = other.within(self)
        return (
            other.width_mm - part.width_mm < tolerance_mm
            and other.height_mm - part.height_mm < tolerance_mm
        )

    def within(self, other: "Rect") -> "Rect":
        """The part of it that lies in the other one."""
        left, top = max(self.x_mm, other.x_mm), max(self.y_mm, other.y_mm)
        right = min(self.x_mm + self.width_mm, other.x_mm + other.width_mm)
        bottom = min(self.y_mm + self.height_mm, other.y_mm + other.height_mm)
        return Rect(left, top, right - left, bottom - top)


@dataclass(frozen=True)
class Sheet:
    id: str
    name: str
    name_en: str
    page: Pair
    grid: tuple[int, int]
    label: Pair
    first: Pair
    pitch: Pair
    symbol_mm: float
    keep_off_mm: float
    text_columns: int
    dpi: float | None
    is_zpl: bool

    @property
    def labels(self) -> int:
        """How many labels one page has."""
        return self.grid[0] * self.grid[1]

    def name_in(self, locale: str) -> str:
        return self.name_en if locale == "en" else self.name

    @property
    def printable(self) -> Rect:
        return Rect(0, 0, *self.page).inset(self.keep_off_mm)

    def place(self, number: int) -> Rect:
        """Where a label lies; 0 is the first one, they go along the rows."""
        row, column = divmod(number % self.labels, self.grid[0])
        x = self.first[0] + column * self.pitch[0]
        return Rect(x, self.first[1] + row * self.pitch[1], *self.label)

    def module_mm(self, modules: int) -> float:
        """The side of a module when ``modules`` of them (with the quiet zone) are in a row.

        The quiet zone may lie where the printer cannot reach: there is nothing to print in it.

        Raises:
            SymbolTooSmall: when that is too fine.
        """
        module = self.symbol_mm / modules
        if self.dpi is not None:
            dot = INCH_MM / self.dpi
            module = int(module / dot + 1e-6) * dot
        if module < SMALLEST_MODULE_MM:
            raise SymbolTooSmall
        return module


@lru_cache
def sheets() -> dict[str, Sheet]:
    entries = tomllib.loads(_DATA.read_text(encoding="utf-8"))["sheet"]
    return {entry["id"]: _sheet(entry) for entry in entries}


def sheet(sheet_id: str) -> Sheet:
    found = sheets().get(sheet_id)
    if found is None:
        raise UnknownSheet
    return found


def _sheet(entry: dict[str, Any]) -> Sheet:
    """A tape is a page with one label as large as itself."""
    page = tuple(entry["page"])
    label = tuple(entry.get("label", page))
    return Sheet(
        id=entry["id"],
        name=entry["name"],
        name_en=entry["name_en"],
        page=page,
        grid=tuple(entry.get("grid", (1, 1))),
        label=label,
        first=tuple(entry.get("first", (0, 0))),
        pitch=tuple(entry.get("pitch", label)),
        symbol_mm=entry["symbol"],
        keep_off_mm=entry["keep_off"],
        text_columns=entry.get("text_columns", 1),
        dpi=entry.get("dpi"),
        is_zpl=entry.get("zpl", False),
    )
