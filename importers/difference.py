"""What a draft would change in a record that is there."""

from typing import Any

from importers.kind import Kind
from importers.queries import Existing
from importers.records import Addition


def difference(kind: Kind, values: dict[str, Any], before: Existing) -> dict[str, list[Any]]:
    """Column → [old, new]. A raw writing that differs alone is no difference."""
    old = before.values
    changed = {}
    for name, told in values.items():
        new = told.onto(old[name]) if isinstance(told, Addition) else told
        if old[name] != new:
            changed[name] = [old[name], new]
    return {} if changed.keys() <= kind.secondary else changed
