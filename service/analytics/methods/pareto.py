"""Pareto table (パレート図): causes by count, hours or cost, the vital few marked."""

from collections.abc import Mapping
from dataclasses import dataclass

VITAL_SHARE = 0.8


@dataclass(frozen=True)
class ParetoRow:
    """``vital``: needed to reach 80 %, the row that reaches it included."""

    item: str
    value: float
    share: float
    cumulative: float
    cumulative_share: float
    vital: bool


def pareto(values: Mapping[str, float], *, vital_share: float = VITAL_SHARE) -> list[ParetoRow]:
    """Largest first, ties by name. "Unknown" is an item like any other. Shares are of 1.

    All zero: shares are 0 and nothing is vital. Source: Juran; R package qcc, `pareto.chart`.
    """
    total = sum(values.values())
    rows, running = [], 0.0
    for item, value in sorted(values.items(), key=lambda pair: (-pair[1], pair[0])):
        before = running
        running += value
        rows.append(
            ParetoRow(
                item=item,
                value=value,
                share=value / total if total else 0.0,
                cumulative=running,
                cumulative_share=running / total if total else 0.0,
                vital=total > 0 and before < vital_share * total - 1e-9 * total,
            )
        )
    return rows
