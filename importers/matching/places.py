"""Places by number, former number, the device that stands in them, or facility and name.

More than one place that a row could mean is a conflict: nothing is touched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlmodel import Session

from importers.decisions import Decisions
from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.matching.queries import KnownPlace
from importers.records import change_message, problem
from importers.values.groups import unit_key
from importers.values.makers import maker_key
from importers.values.reading import Change

NAMED = 5
Find = Callable[[InterpretedRow], list[KnownPlace]]


class PlaceMatch:
    def __init__(self, session: Session, decisions: Decisions) -> None:
        self._session = session
        self._decisions = decisions
        self._last_numbers: dict[str, int] = {}
        self._renumbered: dict[str, str] = {}
        self._given: set[str] = set()
        self._facilities: dict[str, str] = {}

    def match(self, rows: Sequence[InterpretedRow], fields: AbstractSet[str]) -> None:
        """Leaves ``position_code`` in the cells of every row whose place is known or new."""
        self._tell_facilities_apart(rows)
        numbered = [row for row in rows if "position_code" in row.cells]
        self._match_numbered(numbered)
        if len(numbered) < len(rows):
            self._match_unnumbered(rows, has_column="position_code" in fields)
        self._follow_renumbering(rows)

    def is_new(self, row: InterpretedRow) -> bool:
        code = row.cells["position_code"]
        return not ("place_key" in row.cells or code in self._given or code in self._facilities)

    # -- rows with a number ------------------------------------------------------------------------

    def _match_numbered(self, rows: Sequence[InterpretedRow]) -> None:
        codes = {row.cells["position_code"] for row in rows}
        codes |= {row.cells["legacy_code"] for row in rows if "legacy_code" in row.cells}
        self._facilities |= queries.facilities_of_places(
            self._session, codes - self._facilities.keys()
        )
        strange = [row for row in rows if row.cells["position_code"] not in self._facilities]
        if not strange:
            return
        former: dict[str, list[KnownPlace]] = defaultdict(list)
        wanted = {row.cells["position_code"] for row in strange}
        for place in queries.places_by_legacy_code(self._session, wanted):
            for code in place.legacy_codes:
                former[code].append(place)
        for row in strange:
            self._identify(row, former)

    def _identify(self, row: InterpretedRow, former: dict[str, list[KnownPlace]]) -> None:
        code = row.cells["position_code"]
        old = row.cells.get("legacy_code")
        if old is not None and old in self._facilities:
            row.cells["place_key"] = old
            self._renumbered[code] = old
            row.messages.append(problem("warning", "renumbered", old=old, new=code))
            return
        found = _in_facility(former.get(code, ()), row)
        if len(found) == 1:
            self._mean(row, found[0], "old-code")
        elif found:
            _refuse(row, found)

    def _follow_renumbering(self, rows: Iterable[InterpretedRow]) -> None:
        """Rows that name their parent by its new number mean the place with the old one."""
        if not self._renumbered:
            return
        for row in rows:
            parent = row.cells.get("parent_code")
            if parent in self._renumbered:
                row.cells["parent_code"] = self._renumbered[parent]

    # -- the same number in several facilities -----------------------------------------------------

    def _tell_facilities_apart(self, rows: Sequence[InterpretedRow]) -> None:
        """「P-101」 of each pump station: numbers that are only good inside a facility."""
        facilities: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if {"position_code", "facility_code"} <= row.cells.keys():
                facilities[row.cells["position_code"]].add(row.cells["facility_code"])
        shared = {code for code, found in facilities.items() if len(found) > 1}
        self._facilities |= queries.facilities_of_places(self._session, facilities.keys())
        shared |= {
            code
            for code, found in facilities.items()
            if code in self._facilities and self._facilities[code] not in found
        }
        if not shared and self._decisions.prefix_codes is None:
            return
        for row in rows:
            code = row.cells.get("position_code")
            if code is not None and (self._decisions.prefix_codes or code in shared):
                self._prefix(row, code)

    def _prefix(self, row: InterpretedRow, code: str) -> None:
        facility = row.cells.get("facility_code")
        if facility is None or code.startswith(f"{facility}-"):
            return
        if not self._decisions.prefix_codes:
            row.block(problem("question", "code-in-other-facility", value=code))
            return
        row.cells["position_code"] = f"{facility}-{code}"
        row.cells.setdefault("legacy_code", code)
        row.messages.append(
            change_message("", Change("facility-prefixed", code, row.cells["position_code"]))
        )
        if "parent_code" in row.cells:
            row.cells["parent_code"] = f"{facility}-{row.cells['parent_code']}"

    # -- rows without a number ---------------------------------------------------------------------

    def _match_unnumbered(self, rows: Sequence[InterpretedRow], *, has_column: bool) -> None:
        named = {row.cells["position_code"] for row in rows if "position_code" in row.cells}
        open_rows = [r for r in rows if not r.is_blocked and "position_code" not in r.cells]
        if not open_rows:
            return
        for find, rule in self._ways(open_rows, named):
            open_rows = self._matched_by(find, rule, open_rows)
        for row in open_rows:
            if not row.is_blocked:
                self._number(row, has_column=has_column)

    def _ways(self, rows: Sequence[InterpretedRow], named: set[str]) -> list[tuple[Find, str]]:
        """The natural keys, the surest first; places that another row names are out of question."""
        assets = {row.cells["asset_code"] for row in rows if "asset_code" in row.cells}
        serials = {row.cells["serial_no"] for row in rows if "serial_no" in row.cells}
        facilities = {row.cells["facility_code"] for row in rows if "facility_code" in row.cells}
        by_asset: dict[str, list[KnownPlace]] = defaultdict(list)
        by_serial: dict[tuple[str, str], list[KnownPlace]] = defaultdict(list)
        by_name: dict[tuple[str, str], list[KnownPlace]] = defaultdict(list)
        for place in queries.places_of_devices(self._session, assets):
            by_asset[str(place.asset_code)].append(place)
        for place in queries.places_of_serials(self._session, serials):
            by_serial[str(place.serial_no), maker_key(place.manufacturer or "")].append(place)
        for place in queries.places_of_facilities(self._session, facilities):
            if place.position_code not in named:
                by_name[place.facility_code, unit_key(place.name)].append(place)
        return [
            (lambda row: by_asset.get(row.cells.get("asset_code", ""), []), "by-asset-code"),
            (lambda row: by_serial.get(_serial(row), []), "by-serial"),
            (lambda row: by_name.get(_name(row), []), "by-name"),
        ]

    def _matched_by(
        self, find: Find, rule: str, rows: list[InterpretedRow]
    ) -> list[InterpretedRow]:
        """Rows that this key does not settle are left for the next one."""
        left = []
        groups: dict[tuple[str, ...], list[InterpretedRow]] = defaultdict(list)
        candidates: dict[tuple[str, ...], list[KnownPlace]] = {}
        for row in rows:
            places = [
                place
                for place in _in_facility(find(row), row)
                if place.position_code not in self._given
            ]
            if not places:
                left.append(row)
                continue
            codes = tuple(place.position_code for place in places)
            groups[codes].append(row)
            candidates[codes] = places
        for codes, tellers in groups.items():
            self._pair(tellers, candidates[codes], rule)
        return left

    def _pair(self, rows: list[InterpretedRow], places: list[KnownPlace], rule: str) -> None:
        """Namesakes are taken in their order when the ledger has as many as the registry."""
        if len(rows) != len(places):
            for row in rows:
                _refuse(row, places)
            return
        for row, place in zip(rows, places, strict=True):
            self._mean(row, place, rule if len(rows) == 1 else "by-order")

    def _mean(self, row: InterpretedRow, place: KnownPlace, rule: str) -> None:
        old = row.cells.get("position_code", "")
        row.cells["position_code"] = place.position_code
        self._given.add(place.position_code)
        row.messages.append(change_message("", Change(rule, old, place.position_code)))

    def _number(self, row: InterpretedRow, *, has_column: bool) -> None:
        if has_column:
            row.block(problem("error", "required-missing", "設備番号"))
        elif not self._decisions.make_numbers:
            row.block(problem("question", "numbers-missing"))
        elif "facility_code" not in row.cells:
            row.block(problem("error", "required-missing", "施設"))
        else:
            code = self._next_number(row.cells["facility_code"])
            row.cells["position_code"] = code
            row.messages.append(change_message("", Change("number-made", "", code)))

    def _next_number(self, facility: str) -> str:
        if facility not in self._last_numbers:
            last = queries.last_numbers(self._session, [facility])
            self._last_numbers[facility] = last.get(facility, 0)
        self._last_numbers[facility] += 1
        return f"{facility}-{self._last_numbers[facility]:04d}"


def _serial(row: InterpretedRow) -> tuple[str, str]:
    return row.cells.get("serial_no", ""), maker_key(row.cells.get("manufacturer", ""))


def _name(row: InterpretedRow) -> tuple[str, str]:
    return row.cells.get("facility_code", ""), unit_key(row.cells.get("name", ""))


def _in_facility(places: Iterable[KnownPlace], row: InterpretedRow) -> list[KnownPlace]:
    facility = row.cells.get("facility_code")
    return [place for place in places if facility in {None, place.facility_code}]


def _refuse(row: InterpretedRow, places: Sequence[KnownPlace]) -> None:
    named = ", ".join(f"{place.name} ({place.position_code})" for place in places[:NAMED])
    row.block(problem("conflict", "several-matches", places=named))
