"""What a draft would change in a record that is there."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from importers.kind import Kind
from importers.queries import Existing
from importers.records import Addition
from importers.values.text import read_text


def difference(
    kind: Kind, values: dict[str, Any], before: Existing, soft: AbstractSet[str] = frozenset()
) -> dict[str, list[Any]]:
    """Column → [old, new]. A raw writing that differs alone is no difference.

    ``soft`` columns fill gaps, where a record can change at all.
    """
    old = before.values
    changed = {}
    for name, told in values.items():
        new = told.onto(old[name]) if isinstance(told, Addition) else told
        if old[name] == new or (name in soft and (kind.append_only or old[name] is not None)):
            continue
        if not _same_as_written(kind, old[name], new):
            changed[name] = [old[name], new]
    return {} if changed.keys() <= kind.secondary else changed


def _same_as_written(kind: Kind, old: Any, new: Any) -> bool:
    """Ledgers write no parts of a second; a document differs by what it says, not by its blanks."""
    if isinstance(old, datetime) and isinstance(new, datetime):
        return not new.microsecond and old.replace(microsecond=0) == new
    if kind.append_only and isinstance(old, str) and isinstance(new, str):
        return bool(read_text(old).value == new)
    return False
