"""Drawings of a report as SVG by the server: the same on the screen, on paper and in a file.

Colours are told apart by people who see few of them, and every series has a dash and a mark of its
own. The table below a drawing says the same in figures.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, isfinite, log10

from markupsafe import Markup, escape

from service.analytics.figure_marks import (
    FONT,
    GRID,
    INK,
    SHADE,
    SOFT,
    WIDTH,
    Point,
    line,
    linked,
    words,
)
from service.analytics.figure_matrix import Matrix, squares
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale

HEIGHT = 340
LEFT, RIGHT, TOP, BOTTOM = 64, 56, 34, 46
LABELS_WIDTH, ROW_HEIGHT, MOST_ROWS = 250, 24, 25
COLOURS = ("#00118f", "#b45309", "#0f766e", "#9d174d")
DASHES = ("", "7 4", "2 3", "10 3 2 3")


class Shape(StrEnum):
    LINE = "line"
    STEP = "step"
    DOTS = "dots"


@dataclass(frozen=True)
class Series:
    """``band``: (x, lower, upper) around it. ``label`` is a text of the catalogue or a name.

    ``keys``: of the report's row behind each point, where there is one.
    """

    label: str
    points: Sequence[Point]
    shape: Shape = Shape.LINE
    band: Sequence[tuple[float, float, float]] = ()
    keys: Sequence[str] = ()


@dataclass(frozen=True)
class Curves:
    """x from left to right, y from 0 up. ``marks``: vertical lines with a label."""

    y_label: str
    x_label: str
    series: Sequence[Series]
    x_ticks: Sequence[tuple[float, str]] = ()
    marks: Sequence[tuple[float, str]] = ()
    levels: Sequence[tuple[float, str]] = ()
    shaded: Sequence[tuple[float, float]] = ()
    top: float | None = None


@dataclass(frozen=True)
class Bar:
    """A row: a bar up to ``value``, or a dot there between ``lower`` and ``upper``.

    ``key``: of the report's row that it shows.
    """

    label: str
    value: float
    text: str
    lower: float | None = None
    upper: float | None = None
    is_filled: bool = True
    key: str = ""


@dataclass(frozen=True)
class Rows:
    """One row each, the first on top; ``level`` is a vertical line to compare with."""

    x_label: str
    bars: Sequence[Bar]
    level: float | None = None


Figure = Curves | Rows | Matrix
Address = Callable[[str], str | None]


def svg(figure: Figure, title: str, locale: Locale, address: Address | None = None) -> Markup:
    """The whole drawing, its title for those who do not see it.

    ``address`` gives the page behind a row's key; the marks of rows that have one lead there. The
    table below has the same links for the keyboard.
    """
    if isinstance(figure, Matrix):
        parts, height = squares(figure, locale)
    elif isinstance(figure, Curves):
        parts, height = _curves(figure, locale, address)
    else:
        parts, height = _rows(figure, locale, address)
    label = escape(translate(title, locale))
    body = "".join(parts)
    return Markup(  # noqa: S704  # every text in it has been escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' role="{"group" if address else "img"}"'
        f' aria-label="{label}" {FONT}><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        f"{body}</svg>"
    )


def round_axis(reach: float, intervals: int = 4) -> tuple[float, float]:
    """A round step that gives about so many intervals, and the axis' end."""
    if not isfinite(reach) or reach <= 0:
        return 0.25, 1.0
    raw = reach * 1.05 / intervals
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw)
    return step, step * ceil(reach * 1.05 / step)


def _number(value: float, step: float) -> str:
    digits = max(0, -floor(log10(step) + 1e-9)) + (1 if step in {0.25, 2.5} else 0)
    return f"{value:,.{digits}f}"


class _Plane:
    """From figures to places on the drawing."""

    def __init__(self, figure: Curves) -> None:
        xs = [x for one in figure.series for x, _ in one.points]
        xs += [x for x, _ in figure.x_ticks]
        self.left, self.right = min(xs, default=0.0), max(xs, default=1.0)
        if self.left == self.right:
            self.right = self.left + 1
        reach = figure.top or max(_heights(figure), default=0.0)
        self.step, self.top = round_axis(reach)

    def x(self, value: float) -> float:
        share = min(1.0, max(0.0, (value - self.left) / (self.right - self.left)))
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = min(max(value, 0.0), self.top) / self.top
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def path(self, points: Iterable[Point]) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)


def _heights(figure: Curves) -> Iterable[float]:
    """What must fit: the points and levels wholly, bands as far as one and a half of them."""
    points = [y for one in figure.series for _, y in one.points if isfinite(y)]
    yield from points
    yield from (y for y, _ in figure.levels if isfinite(y))
    highest = max(points, default=0.0)
    for one in figure.series:
        yield from (min(upper, 1.5 * highest) for _, _, upper in one.band if isfinite(upper))


def _curves(figure: Curves, locale: Locale, address: Address | None) -> tuple[list[str], int]:
    plane = _Plane(figure)
    parts = [*_ground(figure, plane, locale)]
    for number, one in enumerate(figure.series):
        parts += _series(one, plane, number)
        parts += _targets(one, plane, address)
    parts += _legend([translate(one.label, locale) for one in figure.series])
    return parts, HEIGHT


def _ground(figure: Curves, plane: _Plane, locale: Locale) -> Iterable[str]:
    floor_y, right = plane.y(0), WIDTH - RIGHT
    for start, end in figure.shaded:
        width = plane.x(end) - plane.x(start)
        yield (
            f'<rect x="{plane.x(start):.1f}" y="{TOP}" width="{width:.1f}"'
            f' height="{floor_y - TOP:.1f}" fill="{SHADE}"/>'
        )
    for count in range(round(plane.top / plane.step) + 1):
        value = count * plane.step
        yield line((LEFT, plane.y(value)), (right, plane.y(value)), f'stroke="{GRID}"')
        yield words(LEFT - 6, plane.y(value) + 4, _number(value, plane.step), "end", SOFT)
    for x, label in figure.x_ticks:
        yield line((plane.x(x), floor_y), (plane.x(x), floor_y + 4), f'stroke="{SOFT}"')
        yield words(plane.x(x), floor_y + 18, label, fill=SOFT)
    for value, label in figure.levels:
        more = f'stroke="{SOFT}" stroke-dasharray="4 4"'
        yield line((LEFT, plane.y(value)), (right, plane.y(value)), more)
        yield words(right + 6, plane.y(value) + 4, translate(label, locale), "start", SOFT)
    for x, label in figure.marks:
        more = f'stroke="{INK}" stroke-dasharray="2 2"'
        yield line((plane.x(x), TOP), (plane.x(x), floor_y), more)
        yield words(plane.x(x) + 4, TOP + 12, translate(label, locale), "start")
    yield words(LEFT, HEIGHT - 8, translate(figure.y_label, locale), "start", SOFT)
    yield words(right, HEIGHT - 8, translate(figure.x_label, locale), "end", SOFT)


def _series(one: Series, plane: _Plane, number: int) -> Iterable[str]:
    colour, dash = COLOURS[number % 4], DASHES[number % 4]
    if one.band:
        outline = [(x, upper) for x, _, upper in one.band]
        outline += [(x, lower) for x, lower, _ in reversed(one.band)]
        yield f'<polygon points="{plane.path(outline)}" fill="{colour}" fill-opacity="0.13"/>'
    points = [(x, y) for x, y in one.points if isfinite(y)]
    if one.shape is Shape.STEP:
        points = _stairs(points)
    if one.shape is not Shape.DOTS:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        yield (
            f'<polyline points="{plane.path(points)}" fill="none" stroke="{colour}"'
            f' stroke-width="2"{dashed}/>'
        )
    if one.shape is Shape.DOTS:
        for x, y in points:
            yield f'<circle cx="{plane.x(x):.1f}" cy="{plane.y(y):.1f}" r="3.5" fill="{colour}"/>'


def _targets(one: Series, plane: _Plane, address: Address | None) -> Iterable[str]:
    """Places to point at, wider than the marks."""
    if address is None:
        return
    for key, (x, y) in zip(one.keys, one.points, strict=False):
        spot = f'<circle cx="{plane.x(x):.1f}" cy="{plane.y(y):.1f}" r="7" fill-opacity="0"/>'
        yield from linked([spot], address(key), key)


def _stairs(points: Sequence[Point]) -> list[Point]:
    out: list[Point] = []
    for x, y in points:
        if out:
            out.append((x, out[-1][1]))
        out.append((x, y))
    return out


def _legend(labels: Sequence[str]) -> Iterable[str]:
    if len(labels) < 2:  # noqa: PLR2004  # one line needs no key
        return
    room = (WIDTH - LEFT - RIGHT) / len(labels)
    for number, label in enumerate(labels):
        x = LEFT + number * room
        dash = f' stroke-dasharray="{DASHES[number % 4]}"' if DASHES[number % 4] else ""
        more = f'stroke="{COLOURS[number % 4]}" stroke-width="3"{dash}'
        yield line((x, 16), (x + 28, 16), more)
        yield words(x + 34, 20, label[: int(room / 12)], "start")


def _rows(figure: Rows, locale: Locale, address: Address | None) -> tuple[list[str], int]:
    shown = figure.bars[:MOST_ROWS]
    height = TOP + len(shown) * ROW_HEIGHT + 20
    reach = max((one.upper if one.upper is not None else one.value for one in shown), default=0)
    highest = max((one.value for one in shown), default=0.0)
    step, top = round_axis(min(reach, 3 * highest) if highest else reach)
    left, right = LABELS_WIDTH, WIDTH - 2 * RIGHT

    def place(value: float) -> float:
        return left + (right - left) * min(value, top) / top

    parts = []
    for count in range(round(top / step) + 1):
        x = place(count * step)
        parts.append(line((x, TOP - 6), (x, height - 20), f'stroke="{GRID}"'))
        parts.append(words(x, TOP - 10, _number(count * step, step), fill=SOFT))
    if figure.level is not None:
        x = place(figure.level)
        more = f'stroke="{SOFT}" stroke-dasharray="4 4"'
        parts.append(line((x, TOP - 6), (x, height - 20), more))
    for number, one in enumerate(shown):
        y = TOP + number * ROW_HEIGHT + ROW_HEIGHT / 2
        label = translate(one.label, locale)
        marks = [words(left - 8, y + 4, label[:20], "end"), *_bar(one, y, place)]
        parts += linked(marks, address(one.key) if address else None, label)
        parts.append(words(WIDTH - 8, y + 4, one.text, "end"))
    parts.append(words(right, height - 4, translate(figure.x_label, locale), "end", SOFT))
    return parts, height


def _bar(one: Bar, y: float, place: Callable[[float], float]) -> Iterable[str]:
    colour, x = COLOURS[0], place(one.value)
    if one.lower is None or one.upper is None:
        start = place(0)
        yield (
            f'<rect x="{start:.1f}" y="{y - 8:.1f}" width="{x - start:.1f}" height="16"'
            f' fill="{colour if one.is_filled else "#8a94d6"}"/>'
        )
        return
    stroke = f'stroke="{colour}" stroke-width="2"'
    yield line((place(one.lower), y), (place(one.upper), y), stroke)
    fill = colour if one.is_filled else "#fff"
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" {stroke}/>'
