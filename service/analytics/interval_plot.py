"""Dot-and-interval bars: where the marks of each row stand, as numbers for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from service.analytics.report import Report, Value

WIDTH = 240.0
MARGIN = 14.0
FEW_FAILURES = 3
ROOM = 1.05


@dataclass(frozen=True)
class Bar:
    """Positions from the left; ``runs_on`` when the upper limit lies beyond the axis."""

    lower: float
    dot: float
    upper: float
    runs_on: bool
    has_verdict: bool


@dataclass(frozen=True)
class IntervalPlot:
    """One axis for all rows; ``reference`` is the rate of everything."""

    ticks: tuple[tuple[float, str], ...]
    reference: float | None
    bars: dict[str, Bar]
    width: float = WIDTH


def interval_plot(report: Report, telling: Sequence[str]) -> IntervalPlot | None:
    """None when no row has a rate. ``telling`` are the verdicts that are drawn filled."""
    rows = [row for row in report.rows if row["rate"] is not None]
    if not rows:
        return None
    step, top = _axis(max(_reach(row) for row in rows) or 1.0)

    def place(value: float) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * min(value, top) / top, 1)

    bars = {}
    for row in rows:
        lower, rate, upper = (_number(row[name]) for name in ("lower", "rate", "upper"))
        has_verdict = row["verdict"] in telling
        bars[str(row["key"])] = Bar(
            place(lower), place(rate), place(upper), upper > top, has_verdict
        )
    digits = max(0, -floor(log10(step)))
    marks = [step * number for number in range(round(top / step) + 1)]
    total = report.total["rate"] if report.total else None
    return IntervalPlot(
        ticks=tuple((place(mark), f"{mark:.{digits}f}") for mark in marks),
        reference=None if total is None else place(_number(total)),
        bars=bars,
    )


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _reach(row: dict[str, Value]) -> float:
    """How far the axis must go: groups of few failures may run out of it."""
    is_sure = _number(row["failures"]) >= FEW_FAILURES
    return _number(row["upper"] if is_sure else row["rate"])


def _axis(reach: float) -> tuple[float, float]:
    """A round step that gives three to six intervals, and the axis' end."""
    raw = reach * ROOM / 4
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return step, step * ceil(reach * ROOM / step)
