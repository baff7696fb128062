from collections.abc import Iterator
from typing import Any

from service.analytics.methods.pareto import ParetoRow, pareto
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.rates import EXPOSURE

_ITEM: given.Names = ("item", "name", "cause", "code", "category", "device", "plane", "mode", "id")
_MEASURE: given.Names = ("count", "n", "failures", "value", "hours", "cost", "yen", "events")
_ALIASES = {
    "first": ("top", "top_item", "largest", "top_by_count"),
    "n_to_80pct": ("vital_few", "n_vital", "items_to_80pct", "n_80"),
    "vital": ("vital_items", "vital_few_items"),
    "first_by_rate": ("top_by_rate", "highest_rate"),
    "order": ("ranking", "items", "order_by_count"),
    "order_by_rate": ("ranking_by_rate", "by_rate"),
    "cum_pct": ("cumulative_pct", "cumulative_percent", "cum_percent"),
    "pct": ("percent", "share_pct"),
    "rates": ("rate",),
}


def check_pareto(case: Case) -> Iterator[Check]:
    values, exposure = _given(case)
    rows = pareto(values)
    for table, wanted_rows in given.tables_with(case, _ITEM, ("pct", "cum_pct", "cum", "percent")):
        by_item = {row.item: row for row in rows}
        is_ordered = table == "pareto"
        for index, wanted in enumerate(wanted_rows):
            name = str(given.read(wanted, _ITEM))
            if is_ordered:
                yield case.check(f"{name} comes here", 1.0, float(rows[index].item == name))
            yield from _row(case, wanted, by_item[name])
    yield from compare(case, _figures(rows, exposure), aliases=_ALIASES)


def _given(case: Case) -> tuple[dict[str, float], dict[str, float]]:
    """Measure and, where given, exposure by item: a table, or a mapping of the inputs."""
    for name in ("counts", "values", "items", "defects", "count"):
        found = case.inputs.get(name)
        if isinstance(found, dict):
            exposure = given.value(case, EXPOSURE, {})
            return {str(key): float(value) for key, value in found.items()}, (
                exposure if isinstance(exposure, dict) else {}
            )
    measure = case.inputs.get("measure")
    names = (str(measure), *_MEASURE) if measure else _MEASURE
    for _, rows in given.tables_with(case, _ITEM, names):
        items = [str(given.read(row, _ITEM, "unknown")) for row in rows]
        values: dict[str, float] = {}
        exposed: dict[str, float] = {}
        for item, row in zip(items, rows, strict=True):
            values[item] = values.get(item, 0.0) + float(given.read(row, names, 0))
            if (time := given.read(row, ("exposure", *EXPOSURE[1:-2]))) is not None:
                exposed[item] = exposed.get(item, 0.0) + float(time)
        return values, exposed
    for _, rows in given.tables_with(case, _ITEM):  # one row per failure
        tally: dict[str, float] = {}
        for row in rows:
            item = str(given.read(row, _ITEM, "unknown"))
            tally[item] = tally.get(item, 0.0) + 1
        return tally, {}
    raise CaseIncomplete("tables: pareto (item, count)")


def _row(case: Case, wanted: given.Row, row: ParetoRow) -> Iterator[Check]:
    have = {
        "pct": 100 * row.share,
        "cum": row.cumulative,
        "cum_pct": 100 * row.cumulative_share,
        "percent": 100 * row.share,
    }
    for name in have.keys() & {name for name, value in wanted.items() if value is not None}:
        yield case.check(f"{row.item}: {name}", wanted[name], have[name])


def _figures(rows: list[ParetoRow], exposure: dict[str, float]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "total": rows[-1].cumulative if rows else 0.0,
        "first": rows[0].item if rows else None,
        "order": [row.item for row in rows],
        "n_to_80pct": sum(row.vital for row in rows),
        "vital": [row.item for row in rows if row.vital],
        "pct": [100 * row.share for row in rows],
        "cum_pct": [100 * row.cumulative_share for row in rows],
        "cum": [row.cumulative for row in rows],
        "counts": [row.value for row in rows],
    }
    for index, row in enumerate(rows, 1):
        figures[f"cum_pct_after_{index}"] = 100 * row.cumulative_share
    rates = {row.item: row.value / exposure[row.item] for row in rows if exposure.get(row.item)}
    if rates:
        ordered = sorted(rates, key=lambda item: (-rates[item], item))
        figures |= {"rates": rates, "first_by_rate": ordered[0], "order_by_rate": ordered}
    return figures
