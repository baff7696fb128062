"""Two people at one case: the second sees what the first has changed, and neither loses a word."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.faults.dossier import Dossier, EntryKind
from service.faults.forms import local_input

# Entries of the trail that leave the case's own row, and so its version, alone.
_BESIDE = frozenset(
    {"case.marked", "case.grouped", "case.ungrouped", "case.notice", "case.left_out"}
)
_MOMENTS = frozenset({"stop_from", "stop_to"})


def changed_since(dossier: Dossier, current: int, seen: object) -> list[Any]:
    """Entries of the trail since version ``seen`` of the case, the newest first."""
    missed = current - int(str(seen)) if str(seen).isdecimal() else 0
    changes = [
        entry.row
        for entry in dossier.entries
        if entry.kind is EntryKind.CHANGE and entry.row.action not in _BESIDE
    ]
    return changes[: max(missed, 0)]


def rebased(typed: Mapping[str, Any], changes: Sequence[Any]) -> dict[str, Any]:
    """What was typed, on top of the others' changes: a field left as it was follows theirs.

    A field that both have changed keeps what was typed; the page shows the other value beside it.
    """
    was: dict[str, str] = {}
    now_: dict[str, str] = {}
    for row in reversed(changes):
        before, after = row.before or {}, row.after or {}
        for name in set(after) & set(typed):
            was.setdefault(name, _form_text(name, before.get(name)))
            now_[name] = _form_text(name, after[name])
    followed = {name: now_[name] for name in now_ if str(typed[name]) == was[name]}
    return {**typed, **followed}


def _form_text(name: str, value: Any) -> str:
    """A value of the trail as the form holds it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    return local_input(datetime.fromisoformat(str(value))) if name in _MOMENTS else str(value)
