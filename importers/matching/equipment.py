"""Which place and which device a row of an equipment ledger means."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.interpretation import InterpretedRow
from importers.matching.classes import ClassMatch
from importers.matching.devices import DeviceMatch
from importers.matching.places import PlaceMatch


class EquipmentMatcher:
    """Places first: what stands in one may tell which device a row without a number means."""

    def __init__(
        self, session: Session, decisions: Decisions, _directory: Directory, _places: Places
    ) -> None:
        self._classes = ClassMatch(session, decisions)
        self._places = PlaceMatch(session, decisions)
        self._devices = DeviceMatch(session)

    def told(self) -> dict[str, Any]:
        return {}

    def match(self, rows: Sequence[InterpretedRow], fields: AbstractSet[str]) -> None:
        self._classes.match(rows)
        self._places.match(_open(rows), fields)
        placed = [row for row in _open(rows) if "position_code" in row.cells]
        self._classes.by_name([row for row in placed if self._places.is_new(row)])
        self._devices.match(_open(placed))


def _open(rows: Iterable[InterpretedRow]) -> list[InterpretedRow]:
    return [row for row in rows if not row.is_blocked]
