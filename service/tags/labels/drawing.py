"""Labels as PDF: symbols as filled rectangles, letters with a font that is embedded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from service.core.paper_font import FONT, font, printable
from service.tags.labels.lettering import fitted
from service.tags.labels.printed import Imprint, Label
from service.tags.labels.sheets import INCH_MM, Rect, Sheet
from service.tags.symbol import QUIET_ZONE_MODULES, Modules, matrix, runs

PADDING_MM = 1.2
POINTS_A_MM = 72 / INCH_MM
PROGRESS_EVERY = 240
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Offset:
    """How far a printer misses: added to everything that is drawn."""

    dx_mm: float = 0.0
    dy_mm: float = 0.0


@dataclass(frozen=True)
class Placed:
    """A label as it was drawn; ``symbol`` includes the quiet zone, without the printer's offset."""

    label: Label
    address: str
    page: int
    place: int
    symbol: Rect


@dataclass
class Drawn:
    """``unknown`` are characters that the font has not, set as 〓."""

    pdf: bytes
    pages: int
    placed: list[Placed]
    unknown: set[str] = field(default_factory=set)


def width_in_ems(text: str) -> float:
    return float(font().stringWidth(text, 1))


class Paper:
    """A PDF whose lengths are millimetres from the top left corner of a page."""

    def __init__(self, page: tuple[float, float], title: str, offset: Offset) -> None:
        font()
        self._height_mm = page[1]
        self._offset = offset
        self._out = BytesIO()
        size = (page[0] * POINTS_A_MM, page[1] * POINTS_A_MM)
        self._canvas = Canvas(self._out, pagesize=size, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setViewerPreference("PrintScaling", "None")
        self.unknown: set[str] = set()
        self.pages = 0

    def text(self, text: str, x_mm: float, y_mm: float, size_mm: float, scale: float = 1) -> None:
        """``y_mm`` is the baseline."""
        line = self._canvas.beginText(self._x(x_mm), self._y(y_mm))
        line.setFont(FONT, size_mm * POINTS_A_MM)
        line.setHorizScale(scale * 100)  # each time: it outlives its text
        line.textOut(self._known(text))
        self._canvas.drawText(line)

    def _known(self, text: str) -> str:
        known, missing = printable(text)
        self.unknown |= missing
        return known

    def symbol(self, modules: Modules, x_mm: float, y_mm: float, module_mm: float) -> None:
        """With its corner, without quiet zone, at ``x_mm``, ``y_mm``.

        A module is a unit of the drawing, so the numbers stay short and the file small.
        """
        unit = module_mm * POINTS_A_MM
        parts = [f"q {unit:.5f} 0 0 -{unit:.5f} {self._x(x_mm):.4f} {self._y(y_mm):.4f} cm 0 g"]
        parts += [f"{x} {y} {w} {h} re" for x, y, w, h in runs(modules)]
        self._canvas.addLiteral("\n".join([*parts, "f Q"]))

    def line(self, x1: float, y1: float, x2: float, y2: float, width_mm: float = 0.1) -> None:
        self._canvas.setLineWidth(width_mm * POINTS_A_MM)
        self._canvas.line(self._x(x1), self._y(y1), self._x(x2), self._y(y2))

    def frame(self, box: Rect) -> None:
        self._canvas.setLineWidth(0.1 * POINTS_A_MM)
        lower = self._y(box.y_mm + box.height_mm)
        self._canvas.rect(
            self._x(box.x_mm), lower, box.width_mm * POINTS_A_MM, box.height_mm * POINTS_A_MM
        )

    def end_page(self) -> None:
        self._canvas.showPage()
        self.pages += 1

    def content(self) -> bytes:
        self._canvas.save()
        return self._out.getvalue()

    def _x(self, x_mm: float) -> float:
        return (x_mm + self._offset.dx_mm) * POINTS_A_MM

    def _y(self, y_mm: float) -> float:
        return (self._height_mm - y_mm - self._offset.dy_mm) * POINTS_A_MM


def draw_labels(
    labels: Sequence[Label],
    sheet: Sheet,
    imprint: Imprint,
    *,
    first: int = 1,
    offset: Offset = Offset(),  # frozen
    title: str = "QRタグ",
    outlined: bool = False,
    progress: Progress = lambda _done: None,
) -> Drawn:
    """The labels on sheets, the first one at place ``first``, so that a part sheet is used up."""
    paper = Paper(sheet.page, title, offset)
    placed = []
    if outlined:
        for place in range(sheet.labels):
            paper.frame(sheet.place(place))
    for number, label in enumerate(labels, first - 1):
        if number > first - 1 and number % sheet.labels == 0:
            paper.end_page()
        placed.append(_draw(paper, label, number, sheet, imprint))
        if len(placed) % PROGRESS_EVERY == 0:
            progress(len(placed))
    paper.end_page()
    return Drawn(paper.content(), paper.pages, placed, paper.unknown)


def _draw(paper: Paper, label: Label, number: int, sheet: Sheet, imprint: Imprint) -> Placed:
    box = sheet.place(number)
    address = imprint.address(label)
    modules = matrix(address, imprint.level)
    across = len(modules) + 2 * QUIET_ZONE_MODULES
    module_mm = sheet.module_mm(across)
    symbol = symbol_place(sheet, box, across * module_mm)
    quiet_mm = QUIET_ZONE_MODULES * module_mm
    paper.symbol(modules, symbol.x_mm + quiet_mm, symbol.y_mm + quiet_mm, module_mm)
    area = text_area(sheet, box, symbol)
    for line in fitted(imprint.lines(label), area, sheet.text_columns, width_in_ems):
        paper.text(line.text, line.x_mm, line.baseline_mm, line.size_mm, line.condensed)
    return Placed(label, address, number // sheet.labels, number % sheet.labels, symbol)


def symbol_place(sheet: Sheet, box: Rect, side_mm: float) -> Rect:
    """At the left, in the middle of the height; above the words on a label taller than wide."""
    room = max(0.0, (box.height_mm - side_mm) / 2)
    if is_upright(sheet):
        middle = (box.width_mm - side_mm) / 2
        return Rect(box.x_mm + middle, box.y_mm + PADDING_MM, side_mm, side_mm)
    return Rect(box.x_mm + min(room, 2 * PADDING_MM), box.y_mm + room, side_mm, side_mm)


def is_upright(sheet: Sheet) -> bool:
    return sheet.label[1] > sheet.label[0]


def text_area(sheet: Sheet, box: Rect, symbol: Rect) -> Rect:
    """What the symbol leaves, as far as the printer reaches, the same on every label."""
    left, top = symbol.x_mm + symbol.width_mm, box.y_mm + PADDING_MM
    if is_upright(sheet):
        left, top = box.x_mm + 2 * PADDING_MM, symbol.y_mm + symbol.height_mm
    right = box.x_mm + box.width_mm - _kept_off_right(sheet)
    bottom = box.y_mm + box.height_mm - PADDING_MM
    area = Rect(left, top, right - left, bottom - top)
    return area.within(sheet.printable) if sheet.labels == 1 else area


def _kept_off_right(sheet: Sheet) -> float:
    last = sheet.place(sheet.grid[0] - 1)
    to_edge = sheet.page[0] - last.x_mm - last.width_mm
    return max(PADDING_MM, sheet.keep_off_mm - to_edge)
