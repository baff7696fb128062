"""Lift-station pumps of the City of Bend, Oregon, as its open data publishes them.

Figures are in feet, inches, US gallons and horsepower; the registry keeps metric ones and the
original line beside them. A zero stands for "not recorded", 1900-01-01 for an unknown day.
"""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from importers.records import Draft, Ref, RowNotes
from importers.sources import devices
from importers.sources.source import Cells, Source, column, dated
from importers.values.codes import read_code
from importers.values.dates import read_partial_date
from importers.values.instants import read_instant
from importers.values.numbers import parse_decimal, plain
from importers.values.reading import Change, Reading, Unreadable
from importers.values.units import convert
from service.core.clock import JST
from service.core.i18n.marker import N_
from service.core.partial_date import PartialDate
from service.registry.domain import (
    Discipline,
    DrainageType,
    FacilityType,
    Lifecycle,
    RetiredReason,
)

_PUMP = re.compile(r"CPUMP(\d{3})([A-Z])")
_NO_STATION = re.compile(r"C(?:PUMP\d{3}[A-Z]|LS\d{6})")
_ADDRESS = re.compile(r"^.*? - (.*\d{5})$")
_PLACEHOLDER_DAY = date(1900, 1, 1)
_CLASS = "PU-OS-01"
_IN_SERVICE, _PROPOSED, _UNSTATED = "I", "PROP", ""
_RETIRED = {"D": "decommissioned", "DC": "decommissioned", "AB": "abandoned"}
_STATUS = {
    _IN_SERVICE: Lifecycle.IN_USE,
    _PROPOSED: Lifecycle.SUSPENDED,
    _UNSTATED: Lifecycle.SUSPENDED,
    **dict.fromkeys(_RETIRED, Lifecycle.ABOLISHED),
}
_FIGURES = (
    ("PumpOutDia", "bore_mm", "in", "mm", 1),
    ("PumpHP", "power_kw", "hp", "kW", 2),
    ("DesignPointFlowGPM", "flow", "gpm", "m3/min", 3),
    ("DesignPointHeadFT", "head_m", "ft", "m", 2),
    ("LowHeadFlowGPM", "low_head_flow", "gpm", "m3/min", 3),
    ("LowHeadFT", "low_head_m", "ft", "m", 2),
    ("PumpOn", "start_level_m", "ft", "m", 2),
    ("PumpOff", "stop_level_m", "ft", "m", 2),
)


def _read_day(raw: str) -> Reading:
    reading = read_partial_date(raw)
    if reading.value.start == _PLACEHOLDER_DAY:
        return Reading(PartialDate.unknown(raw), (Change("placeholder-date", raw, ""),))
    return reading


def _read_figure(raw: str) -> Reading:
    number = parse_decimal(raw)
    if number == 0:
        return Reading(None, (Change("zero-is-unknown", raw, ""),))
    return Reading(number)


def _read_model(raw: str) -> Reading:
    reading = read_code(raw)
    if reading.value == "0":
        return Reading(None, (Change("zero-is-unknown", raw, ""),))
    return reading


def _read_status(raw: str) -> Reading:
    if raw not in _STATUS:
        raise Unreadable("unknown-word", value=raw)
    if raw == _IN_SERVICE:
        return Reading(raw)
    return Reading(raw, (Change("status-code", raw, _STATUS[raw].value),))


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    pump = _PUMP.fullmatch(cells["pump_code"])
    if not pump:
        raise Unreadable("not-a-pump-number", column="FacilityID", value=cells["pump_code"])
    station, unit = f"LS{pump[1]}", pump[2]
    name = _station_name(cells, pump[1], notes)
    drafts = [_class(), _facility(cells, station, name), _position(cells, station, unit, name)]
    status = cells.get("status", _UNSTATED)
    if status == _UNSTATED:
        notes.warn("status-blank", "LifeCycleStatus")
    if status in {_PROPOSED, _UNSTATED}:
        notes.warn("no-device", "LifeCycleStatus")
        return drafts
    return [*drafts, *_device(cells, notes)]


def _station_name(cells: Cells, number: str, notes: RowNotes) -> str:
    """The station's name; some rows name the pump itself, or nothing, where a station should be."""
    given: str = cells.get("station", "")
    if given and not _NO_STATION.fullmatch(given):
        return given
    name: str = cells.get("description") or f"Lift Station {number}"
    notes.warn("station-from-pump-number", "LiftStationID", value=given, station=f"LS{number}")
    return name


def _class() -> Draft:
    values = {
        "class_code": _CLASS,
        "major": "ポンプ設備",
        "middle": "汚水ポンプ設備",
        "minor": "汚水ポンプ本体",
        "discipline": Discipline.MECHANICAL.value,
        "source_document": "要確認：設備分類マスタの取込前に作成",
    }
    return Draft("equipment_class", (_CLASS,), values, ensure=True)


def _facility(cells: Cells, code: str, name: str) -> Draft:
    values: dict[str, Any] = {
        "facility_code": code,
        "name": name,
        "facility_type": FacilityType.PUMP_STATION.value,
        "drainage_type": DrainageType.SEPARATE_FOUL.value,
    }
    address = _ADDRESS.match(cells.get("description", ""))
    if address:
        values["address"] = address[1]
    return Draft("facility", (code,), values)


def _position(cells: Cells, station: str, unit: str, name: str) -> Draft:
    values = {
        "position_code": cells["pump_code"],
        "name": f"{name} Pump {unit}",
        "unit_no": unit,
        "status": _STATUS[cells.get("status", _UNSTATED)].value,
    }
    remarks = [cells[field] for field in ("duty", "comments") if field in cells]
    if remarks:
        values["note"] = " / ".join(remarks)
    refs = {
        "facility_id": Ref("facility", (station,)),
        "class_id": Ref("equipment_class", (_CLASS,)),
    }
    return Draft("position", (cells["pump_code"],), values, refs)


def _device(cells: Cells, notes: RowNotes) -> list[Draft]:
    code, since = cells["pump_code"], cells.get("installed")
    values: dict[str, Any] = {
        "asset_code": code,
        "spec": _spec(cells, notes),
        "spec_raw": _originals(cells),
        **dated(cells, "installed", "installed"),
    }
    refs = {"class_id": Ref("equipment_class", (_CLASS,))}
    models = devices.model(cells)
    if models:
        refs["model_id"] = Ref("device_model", models[0].key)
    place = devices.installation(code, code, Ref("position", (code,), "facility_id"), since)
    if cells.get("status") in _RETIRED:
        _retire(cells, values, place, notes)
    return [*models, Draft("device", (code,), values, refs), place]


def _retire(cells: Cells, values: dict[str, Any], place: Draft, notes: RowNotes) -> None:
    """The file does not say when a pump went; it had gone when its record was last edited."""
    values["retired_reason"] = RetiredReason.ABOLISHED.value
    values["quality_flags"] = ["unknown_retired_date"]
    if "edited_at" in cells:
        day = cells["edited_at"].astimezone(JST).date()
        place.values["ends_on"] = day
        place.values["reason"] = "撤去日は不明。記録の最終編集日までとした"
        notes.warn("removal-day-estimated", "last_edited_date", day=day.isoformat())


def _spec(cells: Cells, notes: RowNotes) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    for header, name, unit, into, digits in _FIGURES:
        number: Decimal | None = cells.get(header)
        if number is None:
            continue
        metric = convert(number, unit, into, digits=digits)
        spec[name] = {"value": metric, "unit": into} if name.endswith("flow") else metric
        notes.changes(header, [Change("metric", f"{plain(number)} {unit}", f"{metric} {into}")])
    if cells.get("VFD", "").upper() == "YES":
        spec["vfd"] = True
    return spec


def _originals(cells: Cells) -> str:
    figures = {header: plain(cells[header]) for header, *_ in _FIGURES if header in cells}
    kept = {"PumpModel": cells.get("model_no"), "VFD": cells.get("VFD"), **figures}
    return json.dumps({k: v for k, v in kept.items() if v is not None}, ensure_ascii=False)


SOURCE = Source(
    "bend_pumps",
    N_("ベンド市 中継ポンプ（公開データ）"),
    "position",
    (
        column("pump_code", "FacilityID", read=read_code, required=True),
        column("station", "LiftStationID", required=True),
        column("installed", "InstallDate", read=_read_day, required=True),
        column("status", "LifeCycleStatus", read=_read_status, required=True),
        column("description", "LocationDescription"),
        column("comments", "Comments"),
        column("duty", "Position"),
        column("model_no", "PumpModel", read=_read_model),
        column("VFD", "VFD"),
        column("edited_at", "last_edited_date", read=read_instant),
        *(column(header, header, read=_read_figure) for header, *_ in _FIGURES),
    ),
    _draft,
)
