"""What a list of positions can be narrowed by."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from service.registry.queries import custom, found

# What facility and class the place ``p`` has, as ``f`` and ``c``.
KIND = """join facility f on f.id = p.facility_id
  join equipment_class c on c.id = p.class_id"""
# What was chosen: names of `_CONDITIONS` and ``q``, the words of the search box.
Conditions = Mapping[str, Any]
_CONDITIONS = {
    "facility": "p.facility_id = (select id from facility where facility_code = :facility)",
    "facility_type": "f.facility_type = :facility_type",
    "class_code": "c.class_code = :class_code",
    "major": "c.major = :major",
    "middle": "c.middle = :middle",
    "criticality": "p.criticality = :criticality",
    "status": "p.status = :status",
    "health": "p.health = :health",
}
# What leaves so few places that they are found first and sorted afterwards.
NARROW = frozenset({"facility", "class_code", "q", "custom"})
# What `position_tally` knows of a place.
TALLIED = frozenset(_CONDITIONS)


def where_of(session: Session, conditions: Conditions) -> tuple[str, dict[str, Any]]:
    """Every word of ``q`` must be found in the position, its facility or the device in place."""
    given = {name: value for name, value in conditions.items() if name in _CONDITIONS}
    words, patterns = found.every_word(session, conditions.get("q", ""))
    own, wanted = custom.conditions(conditions.get("custom", ""))
    clauses = [*words, *(_CONDITIONS[name] for name in given), *own]
    return " and ".join(clauses) or "true", given | patterns | wanted
