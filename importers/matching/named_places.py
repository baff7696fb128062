"""The place that a record's own words mean: equipment named in free text, within a facility."""

import re
from collections.abc import Sequence

from importers.decisions import Decisions
from importers.directory import Places
from importers.interpretation import InterpretedRow
from importers.questions import UNREGISTERED
from importers.records import change_message, problem
from importers.values.reading import Change

_SEVERAL = re.compile(r"[、,/\n]|及び|および|並びに")


class NamedPlaces:
    def __init__(self, decisions: Decisions, places: Places) -> None:
        self._decided = decisions.lookups.get("position", {})
        self._places = places

    def find(self, rows: Sequence[InterpretedRow]) -> None:
        """Leaves ``position_code`` or ``unregistered``, or asks."""
        named = [row for row in rows if _names_equipment(row)]
        self._places.fetch({row.cells["facility_code"] for row in named})
        for row in named:
            self._find(row, row.cells["equipment"])

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
