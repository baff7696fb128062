"""Facilities by their names where a ledger has no codes, and where their points lie."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.matching.points import PointMatch
from importers.records import change_message, problem
from importers.values.reading import Change, Unreadable


class FacilityMatcher:
    def __init__(
        self, session: Session, decisions: Decisions, directory: Directory, _places: Places
    ) -> None:
        self._session = session
        self._decisions = decisions
        self._directory = directory
        self._points = PointMatch(session, decisions)
        self._last_number: int | None = None

    def match(self, rows: Sequence[InterpretedRow], fields: AbstractSet[str]) -> None:
        for row in rows:
            if "facility_code" not in row.cells and "name" in row.cells:
                self._find(row, row.cells["name"], has_column="facility_code" in fields)
        self._points.match([row for row in rows if not row.is_blocked])

    def told(self) -> dict[str, Any]:
        return self._points.told()

    def _find(self, row: InterpretedRow, name: str, *, has_column: bool) -> None:
        try:
            code = self._directory.code_of("facility", name)
        except Unreadable as reason:
            if reason.code == "ambiguous-lookup":
                row.block(problem("conflict", "several-matches", places=name))
            elif has_column:
                row.block(problem("error", "required-missing", "施設コード"))
            elif not self._decisions.make_numbers:
                row.block(problem("question", "numbers-missing"))
            else:
                self._mean(row, self._next_number(), "number-made")
            return
        self._mean(row, code, "by-name")

    def _mean(self, row: InterpretedRow, code: str, rule: str) -> None:
        row.cells["facility_code"] = code
        row.messages.append(change_message("", Change(rule, "", code)))

    def _next_number(self) -> str:
        if self._last_number is None:
            self._last_number = queries.last_facility_number(self._session)
        self._last_number += 1
        return f"F{self._last_number:03d}"
