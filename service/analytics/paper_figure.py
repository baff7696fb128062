"""A drawing of a report on a page of a PDF: the very marks of its SVG."""

from xml.etree import ElementTree as ET

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from service.core.paper_font import FONT, printable

_SPACE = "{http://www.w3.org/2000/svg}"
_LETTER = 12.0
_TALLEST = 330.0


class PaperFigure(Flowable):  # type: ignore[misc]  # the library has no types
    """``svg`` as `figure.svg` makes it, fitted to a width in points and to half a page."""

    def __init__(self, svg: str, width: float) -> None:
        super().__init__()
        self._root = ET.fromstring(svg)  # noqa: S314  # our own, made a moment ago
        _, _, wide, high = (float(part) for part in self._root.attrib["viewBox"].split())
        self._scale = min(width / wide, _TALLEST / high)
        self._high = high
        self.width, self.height = wide * self._scale, high * self._scale

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.scale(self._scale, self._scale)
        for mark in self._root:
            canvas.saveState()
            filled, stroked = _pens(canvas, mark)
            _MARKS[mark.tag.removeprefix(_SPACE)](canvas, mark, self._high, (filled, stroked))
            canvas.restoreState()
        canvas.restoreState()


def _pens(canvas: Canvas, mark: ET.Element) -> tuple[int, int]:
    """Sets colours, width and dashes; whether the mark is filled and whether it is stroked."""
    fill, stroke = mark.get("fill", "#000000"), mark.get("stroke", "none")
    if fill != "none":
        canvas.setFillColor(_colour(fill), alpha=float(mark.get("fill-opacity", "1")))
    if stroke != "none":
        canvas.setStrokeColor(_colour(stroke))
        canvas.setLineWidth(float(mark.get("stroke-width", "1")))
    if dashes := mark.get("stroke-dasharray"):
        canvas.setDash([float(part) for part in dashes.split()])
    return int(fill != "none"), int(stroke != "none")


def _colour(code: str) -> HexColor:
    """Of a code with six or, in short, three digits."""
    digits = code.removeprefix("#")
    return HexColor("#" + ("".join(2 * digit for digit in digits) if len(digits) < 6 else digits))  # noqa: PLR2004


def _number(mark: ET.Element, name: str) -> float:
    return float(mark.get(name, "0"))


def _rect(canvas: Canvas, mark: ET.Element, high: float, pens: tuple[int, int]) -> None:
    wide, tall = _number(mark, "width"), _number(mark, "height")
    y = high - _number(mark, "y") - tall
    canvas.rect(_number(mark, "x"), y, wide, tall, fill=pens[0], stroke=pens[1])


def _line(canvas: Canvas, mark: ET.Element, high: float, _pens: tuple[int, int]) -> None:
    canvas.line(
        _number(mark, "x1"),
        high - _number(mark, "y1"),
        _number(mark, "x2"),
        high - _number(mark, "y2"),
    )


def _circle(canvas: Canvas, mark: ET.Element, high: float, pens: tuple[int, int]) -> None:
    x, y, radius = (_number(mark, name) for name in ("cx", "cy", "r"))
    canvas.circle(x, high - y, radius, fill=pens[0], stroke=pens[1])


def _path(canvas: Canvas, mark: ET.Element, high: float, pens: tuple[int, int]) -> None:
    points = [pair.split(",") for pair in mark.get("points", "").split()]
    if not points:
        return
    path = canvas.beginPath()
    for number, (x, y) in enumerate(points):
        go = path.lineTo if number else path.moveTo
        go(float(x), high - float(y))
    if mark.tag.endswith("polygon"):
        path.close()
    canvas.drawPath(path, fill=pens[0], stroke=pens[1])


def _text(canvas: Canvas, mark: ET.Element, high: float, _pens: tuple[int, int]) -> None:
    canvas.setFont(FONT, _LETTER)
    draw = {
        "start": canvas.drawString,
        "middle": canvas.drawCentredString,
        "end": canvas.drawRightString,
    }[mark.get("text-anchor", "start")]
    draw(_number(mark, "x"), high - _number(mark, "y"), printable(mark.text or "")[0])


_MARKS = {
    "rect": _rect,
    "line": _line,
    "circle": _circle,
    "polygon": _path,
    "polyline": _path,
    "text": _text,
}
