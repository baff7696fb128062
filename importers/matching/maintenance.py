"""The places that inspections and part replacements mean, and what they say of health."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.matching.named_places import NamedPlaces
from importers.records import change_message, problem
from importers.values.reading import Change


class MaintenanceMatcher:
    def __init__(
        self, session: Session, decisions: Decisions, _directory: Directory, places: Places
    ) -> None:
        self._session = session
        self._named = NamedPlaces(decisions, places)

    def told(self) -> dict[str, Any]:
        return {}

    def match(self, rows: Sequence[InterpretedRow], _fields: AbstractSet[str]) -> None:
        """Leaves ``position_code``: by code, former code, number of the device, or name."""
        self._rename([row for row in rows if "position_code" in row.cells])
        self._named.find(rows)
        for row in rows:
            if "unregistered" in row.cells:
                row.block(problem("error", "place-needed", "設備", value=row.cells["unregistered"]))
        self._judge([row for row in rows if not row.is_blocked])

    def _rename(self, rows: list[InterpretedRow]) -> None:
        """Codes that are no place's own may be a former one, or that of the device in it."""
        written = {row.cells["position_code"] for row in rows}
        own = {place.position_code for place in queries.places_by_code(self._session, written)}
        others = written - own
        if not others:
            return
        meant: dict[str, set[str]] = defaultdict(set)
        for place in queries.places_by_legacy_code(self._session, others):
            for code in others & set(place.legacy_codes):
                meant[code].add(place.position_code)
        former = set(meant)
        for place in queries.places_of_devices(self._session, others - former):
            meant[str(place.asset_code)].add(place.position_code)
        for row in rows:
            _rename(row, meant, former)

    def _judge(self, rows: list[InterpretedRow]) -> None:
        """The newest judgement of a place becomes its health, unless the registry knows a newer."""
        newest: dict[str, tuple[date, InterpretedRow]] = {}
        for row in rows:
            day = _judged_on(row)
            code = row.cells.get("position_code")
            if (
                day is not None
                and code is not None
                and (code not in newest or newest[code][0] < day)
            ):
                newest[code] = (day, row)
        known = queries.health_of_places(self._session, newest) if newest else {}
        for code, (day, row) in newest.items():
            if code in known and (known[code].judged_on or day) <= day:
                row.cells["judged_on"] = day


def _judged_on(row: InterpretedRow) -> date | None:
    if "health" not in row.cells or "inspected" not in row.cells:
        return None
    start: date | None = row.cells["inspected"].start
    return start


def _rename(row: InterpretedRow, meant: dict[str, set[str]], former: set[str]) -> None:
    written = row.cells["position_code"]
    found = meant.get(written, set())
    if len(found) == 1:
        (code,) = found
        rule = "old-code" if written in former else "by-asset-code"
        row.cells["position_code"] = code
        row.messages.append(change_message("設備", Change(rule, written, code)))
    elif found:
        row.block(problem("conflict", "several-places", "設備", value=written))
