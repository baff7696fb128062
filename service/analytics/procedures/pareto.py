from collections.abc import Iterator
from typing import Any

from service.analytics.methods.pareto import ParetoRow, pareto
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import EXPOSURE
from service.analytics.procedures.figures import compare
from service.analytics.procedures.naming import Several

_ITEM: given.Names = (
    "item",
    "name",
    "cause",
    "code",
    "category",
    "device",
    "plane",
    "mode",
    "id",
    "defect",
    "failure_mode",
    "reason",
    "type",
    "label",
    "kind",
    "maker",
    "error",
    "description",
    "class",
    "part",
)
_MEASURE: given.Names = (
    "count", "n", "failures", "value", "hours", "cost", "yen", "events", "counts", "frequency",
    "freq", "defects", "incidents", "down_h", "down_hours", "number",
)  # fmt: skip
_SHARES = ("pct", "cum", "cum_pct", "percent", "rank")
_ALIASES = {
    "cum": ("cumulative", "cumulative_count", "cum_count", "running"),
    "first": ("top", "top_item", "largest", "top_by_count"),
    "vital": (
        "vital_items",
        "vital_few_items",
        "items_to_80pct_names",
        "n_to_80pct",
        "vital_few",
        "n_vital",
        "items_to_80pct",
        "n_80",
        "n_vital_few",
        "vital_few_n",
        "n_items_to_80pct",
    ),
    "first_by_rate": ("top_by_rate", "highest_rate", "first_rate"),
    "order": ("ranking", "items", "order_by_count", "sorted", "labels"),
    "order_by_rate": ("ranking_by_rate", "by_rate"),
    "total": ("n", "sum", "total_count"),
    "n_items": ("items_n", "categories"),
    "cum_pct": ("cumulative_pct", "cumulative_percent", "cum_percent"),
    "pct": ("percent", "share_pct"),
    "rates": ("rate",),
}


def check_pareto(case: Case) -> Iterator[Check]:
    measures = _measures(case)
    exposure = measures.pop("", {})
    tables = {name: pareto(values) for name, values in measures.items()}
    rows = next(iter(tables.values()))
    for table, wanted_rows in given.tables_with(case, _ITEM, ("pct", "cum_pct", "cum", "percent")):
        by_item = {row.item: row for row in rows}
        is_ordered = table == "pareto"
        for index, wanted in enumerate(wanted_rows):
            name = str(given.read(wanted, _ITEM))
            if is_ordered:
                yield case.check(f"{name} comes here", 1.0, float(rows[index].item == name))
            yield from _row(case, wanted, by_item[name])
    figures = _figures(rows, exposure)
    for name, found in tables.items():
        figures |= {key: _figures(found, {}) for key in _names_of(name)}
    yield from compare(case, figures, aliases=_ALIASES, labels=[row.item for row in rows])


def _names_of(measure: str) -> set[str]:
    """``cost_yen`` is also asked for as ``by_cost``."""
    usual = [one for one in ("count", "hours", "cost", "rate") if one in measure]
    usual += ["hours"] if measure.startswith("down") or measure.endswith("_h") else []
    usual += ["cost"] if "yen" in measure else []
    words = {measure, *usual}
    return words | {f"by_{word}" for word in words}


def _measures(case: Case) -> dict[str, dict[str, float]]:
    """Values by item of each measure, the main one first; exposure by item under ``""``."""
    for name in ("counts", "values", "items", "defects", "count", "failures"):
        found = case.inputs.get(name)
        if isinstance(found, dict):
            exposure = given.value(case, EXPOSURE, {})
            values = {str(key): float(value) for key, value in found.items()}
            return {name: values, "": exposure if isinstance(exposure, dict) else {}}
    labels = given.value(case, ("labels", "names", "causes", "items", "categories", "codes"))
    if isinstance(labels, list):
        listed = given.needed(case, _MEASURE)
        return {"count": {str(key): value for key, value in zip(labels, listed, strict=True)}}
    for _, rows in given.tables_with(case, _ITEM):
        return _of_rows(case, rows)
    raise CaseIncomplete("tables: pareto (item, count)")


def _of_rows(case: Case, rows: list[given.Row]) -> dict[str, dict[str, float]]:
    item = str(given.named(rows[0], _ITEM))
    said = case.inputs.get("measure")
    main = given.named(rows[0], (str(said), *_MEASURE) if said else _MEASURE)
    if main is None:  # one row per failure
        return {"count": _sums(rows, item, None)}
    found = {main: _sums(rows, item, main)}
    numbers = [
        name
        for name in rows[0]
        if name not in {item, main, *_SHARES} and all(_is_number(row[name]) for row in rows)
    ]
    time = given.named(numbers, ("exposure", *EXPOSURE[1:-5]))
    found |= {name: _sums(rows, item, name) for name in numbers}
    return found | ({"": _sums(rows, item, time)} if time else {})


def _is_number(found: Any) -> bool:
    return found is None or (isinstance(found, int | float) and not isinstance(found, bool))


def _sums(rows: list[given.Row], item: str, measure: str | None) -> dict[str, float]:
    tally: dict[str, float] = {}
    for row in rows:
        name = str("unknown" if row[item] is None else row[item])
        tally[name] = tally.get(name, 0.0) + (1.0 if measure is None else float(row[measure] or 0))
    return tally


def _row(case: Case, wanted: given.Row, row: ParetoRow) -> Iterator[Check]:
    have = {
        "pct": 100 * row.share,
        "cum": row.cumulative,
        "cum_pct": 100 * row.cumulative_share,
        "percent": 100 * row.share,
    }
    for name, value in have.items():
        if wanted.get(name) is not None:
            yield case.check(f"{row.item}: {name}", wanted[name], value)


def _figures(rows: list[ParetoRow], exposure: dict[str, float]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "total": rows[-1].cumulative if rows else 0.0,
        "first": rows[0].item if rows else None,
        "order": [row.item for row in rows],
        "vital": Several(row.item for row in rows if row.vital),
        "pct": [100 * row.share for row in rows],
        "cum_pct": [100 * row.cumulative_share for row in rows],
        "cum": [row.cumulative for row in rows],
        "counts": [row.value for row in rows],
        "n_items": len(rows),
    }
    for index, row in enumerate(rows, 1):
        figures[f"cum_pct_after_{index}"] = 100 * row.cumulative_share
    rates = {row.item: row.value / exposure[row.item] for row in rows if exposure.get(row.item)}
    if rates:
        ordered = sorted(rates, key=lambda item: (-rates[item], item))
        figures |= {"rates": rates, "first_by_rate": ordered[0], "order_by_rate": ordered}
    return figures
