"""How many positions each choice of a filter would leave."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from service.registry.queries.as_of import is_past
from service.registry.queries.position_conditions import KIND, TALLIED, Conditions, where_of

_FACETS = {
    "facility_type": ("f.facility_type", "f.facility_type"),
    "facility": ("f.facility_code", "f.name"),
    "major": ("c.major", "c.major"),
    "middle": ("c.middle", "c.middle"),
    "class_code": ("c.class_code", "c.minor"),
    "criticality": ("p.criticality", "p.criticality"),
    "health": ("p.health::text", "p.health::text"),
    "status": ("p.status", "p.status"),
}


def facets(session: Session, conditions: Conditions) -> dict[str, list[Mapping[str, Any]]]:
    """For each filter: its values under the other conditions, with counts.

    Filters that nobody has chosen share their conditions, so one pass counts them all.
    """
    chosen = [name for name in _FACETS if name in conditions]
    found = _count(session, conditions, [n for n in _FACETS if n not in chosen])
    for name in chosen:
        others = {key: value for key, value in conditions.items() if key != name}
        found |= _count(session, others, [name])
    return found


def _counted(session: Session, conditions: Conditions) -> tuple[str, str]:
    """What is counted, as ``p``, and how many a row stands for.

    The tally, unless it does not know what was asked.
    """
    asked = {name for name, value in conditions.items() if value}
    if asked <= TALLIED and not is_past(session):
        return "position_tally", "p.positions"
    return "position", "1"


def _count(
    session: Session, conditions: Conditions, names: list[str]
) -> dict[str, list[Mapping[str, Any]]]:
    if not names:
        return {}
    table, weight = _counted(session, conditions)
    where, params = where_of(session, conditions)
    values = ", ".join(f"{_FACETS[name][0]} as {name}_value" for name in names)
    sets = ", ".join(f"({name}_value)" for name in names)
    labels = ", ".join(f"min({name}_label) as {name}_label" for name in names)
    sources = ", ".join(f"{_FACETS[name][1]} as {name}_label" for name in names)
    which = " ".join(f"when {name}_value is not null then '{name}'" for name in names)
    statement = text(
        f"with base as materialized (select {values}, {sources}, {weight} as positions"  # noqa: S608  # constants
        f" from {table} p {KIND} where {where})"
        f" select case {which} end as name,"
        f" coalesce({', '.join(f'{name}_value' for name in names)}) as value, {labels},"
        f" sum(positions) as count from base group by grouping sets ({sets})"
        " having sum(positions) > 0"
    )
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in names}
    for row in session.execute(statement, params).mappings():
        if row["name"] is not None:
            found[row["name"]].append({**row, "label": row[f"{row['name']}_label"]})
    for rows in found.values():
        rows.sort(key=lambda row: str(row["value"]))
    return found


_SUM = text("select gesuibo.sum_tally(:most)")


def sum_up(session: Session, *, most: int = 1_000) -> bool:
    """Makes one row of many in the tally once ``most`` changes have come together."""
    return bool(session.execute(_SUM, {"most": most}).scalar_one())
