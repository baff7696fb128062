"""The marks that every drawing is made of."""

from collections.abc import Iterable

from markupsafe import escape

WIDTH = 760
INK, SOFT, GRID, SHADE = "#1a1a1c", "#626264", "#e6e6e6", "#f1f1f4"
FONT = 'font-family="sans-serif" font-size="12"'
Point = tuple[float, float]


def words(x: float, y: float, text: str, anchor: str = "middle", fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )


def line(start: Point, end: Point, more: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {more}/>'


def linked(marks: Iterable[str], address: str | None, title: str) -> list[str]:
    """The marks as one link, if there is a page behind them."""
    if address is None:
        return list(marks)
    start = f'<a href="{escape(address)}" tabindex="-1"><title>{escape(title)}</title>'
    return [start, *marks, "</a>"]
