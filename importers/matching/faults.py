"""The equipment that old fault records mean: they name it in free text, within a facility."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.interpretation import InterpretedRow
from importers.questions import UNREGISTERED
from importers.records import change_message, problem
from importers.values.reading import Change

_SEVERAL = re.compile(r"[、,/\n]|及び|および|並びに")


class FaultMatcher:
    def __init__(
        self, _session: Session, decisions: Decisions, _directory: Directory, places: Places
    ) -> None:
        self._decided = decisions.lookups.get("position", {})
        self._places = places

    def told(self) -> dict[str, Any]:
        return {}

    def match(self, rows: Sequence[InterpretedRow], fields: AbstractSet[str]) -> None:
        """Leaves ``position_code`` or ``unregistered``, and a number where the ledger has none."""
        named = [row for row in rows if _names_equipment(row)]
        self._places.fetch({row.cells["facility_code"] for row in named})
        for row in named:
            self._find(row, row.cells["equipment"])
        if "case_no" not in fields:
            for row in rows:
                _number(row)

    def _find(self, row: InterpretedRow, text: str) -> None:
        facility = row.cells["facility_code"]
        decided = self._decided.get(f"{facility}/{text}")
        found = [decided] if decided else self._places.named(facility, text)
        if found == [UNREGISTERED]:
            row.cells["unregistered"] = text
        elif len(found) == 1:
            row.cells["position_code"] = found[0]
            rule = "decided" if decided else "by-name"
            row.messages.append(change_message("設備", Change(rule, text, found[0])))
        else:
            code = "several-equipment" if _SEVERAL.search(text) else "unknown-equipment"
            row.block(problem("question", code, "設備", facility=facility, value=text))


def _names_equipment(row: InterpretedRow) -> bool:
    return {"equipment", "facility_code"} <= row.cells.keys() and "position_code" not in row.cells


def _number(row: InterpretedRow) -> None:
    """The same record gets the same number whenever it is sent: a digest of what it says."""
    said = "\x1f".join(f"{name}={cell}" for name, cell in sorted(row.raw.items()))
    digest = blake2b(said.encode(), digest_size=5).hexdigest().upper()
    row.cells["case_no"] = f"K-{row.cells.get('facility_code', '')}-{digest}"
    row.messages.append(change_message("", Change("number-made", "", row.cells["case_no"])))
