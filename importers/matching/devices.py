"""Devices by number, by serial number and maker, or by the place in which they stand."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session

from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.matching.queries import KnownDevice, KnownPlace
from importers.records import change_message, problem
from importers.sources.source import CUSTOM_OF
from importers.values.makers import maker_key
from importers.values.reading import Change

_FACTS = frozenset(
    {
        "manufacturer",
        "model_no",
        "serial_no",
        "manufactured",
        "installed",
        "installed_year",
        "spec_raw",
        "cost",
        "rated_power_kw",
        "bore_mm",
    }
)


class DeviceMatch:
    def __init__(self, session: Session) -> None:
        self._session = session

    def match(self, rows: Sequence[InterpretedRow]) -> None:
        """Leaves ``asset_code`` in the cells of every row that tells of a device."""
        with_number = [row for row in rows if "asset_code" in row.cells]
        self._follow_merges(with_number)
        self._match_numbered(with_number)
        if len(with_number) < len(rows):
            self._match_unnumbered([row for row in rows if "asset_code" not in row.cells])

    def _follow_merges(self, rows: Sequence[InterpretedRow]) -> None:
        """A ledger may still have both numbers of a device that was registered twice."""
        codes = {row.cells["asset_code"] for row in rows}
        merged = queries.merged_devices(self._session, codes) if codes else {}
        for row in rows:
            old = row.cells["asset_code"]
            if old in merged:
                row.cells["asset_code"] = merged[old]
                row.messages.append(change_message("", Change("merged-device", old, merged[old])))

    def _match_numbered(self, rows: Sequence[InterpretedRow]) -> None:
        """A number that nobody knows may be a new one of a device with a known serial number."""
        codes = {row.cells["asset_code"] for row in rows}
        present = queries.present_devices(self._session, codes)
        strange = [r for r in rows if r.cells["asset_code"] not in present]
        if not strange:
            return
        devices = self._by_serial(strange)
        for row in strange:
            found = [d for d in devices.get(_serial(row), ()) if d.asset_code not in codes]
            if len(found) == 1 and found[0].position_code in {None, _place(row)}:
                old, new = found[0].asset_code, row.cells["asset_code"]
                row.cells["asset_key"] = old
                row.messages.append(problem("warning", "renumbered", old=old, new=new))

    def _match_unnumbered(self, rows: Sequence[InterpretedRow]) -> None:
        rows = [row for row in rows if _tells_of_device(row)]
        places = {
            place.position_code: place
            for place in queries.places_by_code(self._session, {_place(row) for row in rows})
        }
        devices = self._by_serial(rows)
        for row in rows:
            self._identify(row, places.get(_place(row)), devices.get(_serial(row), ()))
        self._number([row for row in rows if not row.is_blocked and "asset_code" not in row.cells])

    def _identify(
        self, row: InterpretedRow, place: KnownPlace | None, devices: Sequence[KnownDevice]
    ) -> None:
        if len(devices) > 1:
            codes = ", ".join(device.asset_code for device in devices)
            row.block(problem("conflict", "several-matches", places=codes))
        elif devices:
            self._mean(row, devices[0].asset_code, "by-serial")
        elif place is not None and place.asset_code is not None:
            self._take_occupant(row, place)

    def _take_occupant(self, row: InterpretedRow, place: KnownPlace) -> None:
        serial = row.cells.get("serial_no")
        if serial and place.serial_no and serial != place.serial_no:
            told = {"device": str(place.asset_code), "there": place.serial_no, "here": serial}
            row.block(problem("conflict", "other-device-in-place", **told))
            return
        self._mean(row, str(place.asset_code), "by-place")

    def _number(self, rows: Sequence[InterpretedRow]) -> None:
        """A device of its own: named after the place, counted on when one was there before."""
        first = {f"{_place(row)}-D1" for row in rows}
        taken = queries.present_devices(self._session, first) if rows else set()
        for row in rows:
            code = f"{_place(row)}-D1"
            while code in taken:
                code = _next(code)
                taken |= queries.present_devices(self._session, [code])
            self._mean(row, code, "number-made")

    def _mean(self, row: InterpretedRow, code: str, rule: str) -> None:
        row.cells["asset_code"] = code
        row.messages.append(change_message("", Change(rule, "", code)))

    def _by_serial(
        self, rows: Sequence[InterpretedRow]
    ) -> dict[tuple[str, str], list[KnownDevice]]:
        serials = {row.cells["serial_no"] for row in rows if row.cells.get("serial_no")}
        found: dict[tuple[str, str], list[KnownDevice]] = defaultdict(list)
        if serials:
            for device in queries.devices_by_serial(self._session, serials):
                found[device.serial_no, maker_key(device.manufacturer or "")].append(device)
        return found


def _tells_of_device(row: InterpretedRow) -> bool:
    own = CUSTOM_OF["device"]
    return not _FACTS.isdisjoint(row.cells) or any(name.startswith(own) for name in row.cells)


def _place(row: InterpretedRow) -> str:
    code: str = row.cells.get("place_key") or row.cells["position_code"]
    return code


def _serial(row: InterpretedRow) -> tuple[str, str]:
    return row.cells.get("serial_no") or "", maker_key(row.cells.get("manufacturer") or "")


def _next(code: str) -> str:
    stem, _, number = code.rpartition("-D")
    return f"{stem}-D{int(number) + 1}"
