"""The equipment that old fault records mean: they name it in free text, within a facility."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.interpretation import InterpretedRow
from importers.matching.named_places import NamedPlaces
from importers.records import change_message
from importers.values.reading import Change


class FaultMatcher:
    def __init__(
        self, _session: Session, decisions: Decisions, _directory: Directory, places: Places
    ) -> None:
        self._named = NamedPlaces(decisions, places)

    def told(self) -> dict[str, Any]:
        return {}

    def match(self, rows: Sequence[InterpretedRow], fields: AbstractSet[str]) -> None:
        """Leaves ``position_code`` or ``unregistered``, and a number where the ledger has none."""
        self._named.find(rows)
        if "case_no" not in fields:
            for row in rows:
                _number(row)


def _number(row: InterpretedRow) -> None:
    """The same record gets the same number whenever it is sent: a digest of what it says."""
    said = "\x1f".join(f"{name}={cell}" for name, cell in sorted(row.raw.items()))
    digest = blake2b(said.encode(), digest_size=5).hexdigest().upper()
    row.cells["case_no"] = f"K-{row.cells.get('facility_code', '')}-{digest}"
    row.messages.append(change_message("", Change("number-made", "", row.cells["case_no"])))
