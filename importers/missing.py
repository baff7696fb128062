"""Places of the registry that a ledger no longer names: listed, never removed without a tick."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import missing_queries as queries
from importers.decisions import Decisions, RetireMissing
from importers.interpretation import InterpretedRow
from importers.known import Known, drafts_of
from importers.missing_queries import Absent
from importers.naming import Naming
from importers.plan import PlannedRow, Planner
from importers.questions import Question
from importers.records import Draft, problem
from importers.resolution import Resolution
from service.registry.domain import Lifecycle

LISTED = 200


class Missing:
    """A ledger speaks for the facilities of which it names a place that is there already."""

    def __init__(self, session: Session, decisions: Decisions) -> None:
        self._session = session
        self._decided: RetireMissing | None = decisions.retire_missing
        self._named: set[str] = set()
        self._facilities: set[UUID] = set()
        self._absent: list[Absent] = []
        self._total = 0

    def add(self, rows: Iterable[InterpretedRow], known: Known) -> None:
        for row in rows:
            code = row.cells.get("place_key") or row.cells.get("position_code")
            if row.main != "position" or code is None:
                continue
            self._named.add(code)
            found = known.find("position", (code,))
            if found is not None:
                self._facilities.add(found.values["facility_id"])

    def look(self) -> None:
        if self._facilities:
            places = queries.places_in_use(self._session, self._facilities)
            self._total = len(places)
            self._absent = [place for place in places if place.position_code not in self._named]

    @property
    def percent(self) -> float:
        return 100 * len(self._absent) / self._total if self._total else 0.0

    @property
    def question(self) -> Question | None:
        """Asked when more is missing than was allowed."""
        if self._decided is None or self.percent <= self._decided.ceiling_percent:
            return None
        params = {"count": len(self._absent), "percent": round(self.percent, 1)}
        path = ("retire_missing", "ceiling_percent")
        return Question("too-many-missing", path, "", "", params, [], row_count=len(self._absent))

    def told(self) -> dict[str, Any]:
        return {
            "count": len(self._absent),
            "total": self._total,
            "percent": round(self.percent, 1),
            "places": [place._asdict() for place in self._absent[:LISTED]],
        }

    def retirements(self, naming: Naming) -> Iterator[PlannedRow]:
        """A row for each place that is abolished because the file does not name it."""
        if self._decided is None or self.question is not None or not self._absent:
            return
        rows = [self._row(place, number) for number, place in enumerate(self._absent, start=1)]
        known = Known(self._session, drafts_of(rows))
        yield from Planner().plan(rows, known, Resolution(known, naming, {}))

    def _row(self, place: Absent, number: int) -> InterpretedRow:
        assert self._decided is not None  # noqa: S101 - `retirements` has seen to it
        code = place.position_code
        row = InterpretedRow(
            0, None, number, {}, "position", {}, [problem("warning", "missing-is-retired")]
        )
        row.drafts = [Draft("position", (code,), {"status": Lifecycle.ABOLISHED.value})]
        if place.asset_code is not None:
            ends = {"ends_on": self._decided.on}
            row.drafts.append(Draft("installation", (place.asset_code, code), ends))
            row.drafts.append(Draft("device", (place.asset_code,), {}, ensure=True))
        return row
