"""The equipment ledger: one row is a place, the device in it, its model and its installation."""

from typing import Any

from importers.decisions import Decisions
from importers.expansion import expand_group
from importers.matching.equipment import EquipmentMatcher
from importers.records import Addition, Draft, Ref, RowNotes
from importers.sources import devices
from importers.sources.device_columns import SPEC_FIELDS
from importers.sources.equipment_columns import COLUMNS
from importers.sources.source import Cells, Source, dated, picked
from importers.values.dates import date_reader, join_year_month
from importers.values.reading import Unreadable
from importers.values.unknown import absence_of
from service.core.i18n.marker import N_
from service.core.partial_date import PartialDate, Precision
from service.registry.domain import Lifecycle

_DAY_PARTS = ("year", "month", "day")
_PLAIN = (
    "name",
    "unit_no",
    "criticality",
    "redundancy",
    "status",
    "health",
    "health_judged_on",
    "note",
)


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    drafts = [*_places(cells), _position(cells)]
    if "asset_code" not in cells:
        notes.warn("no-device", "機器番号")
        return drafts
    return [*drafts, *_device(cells)]


def _key(cells: Cells) -> str:
    """The number under which the registry has the place; a new number may be among the values."""
    key: str = cells.get("place_key") or cells["position_code"]
    return key


def _places(cells: Cells) -> tuple[Draft, ...]:
    parts = [cells[part] for part in ("building", "floor", "room", "place") if part in cells]
    if not parts or "facility_code" not in cells:
        return ()
    return devices.locations(cells["facility_code"], "/".join(parts))


def _position(cells: Cells) -> Draft:
    values = picked(cells, *_PLAIN) | {"position_code": cells["position_code"]}
    former = {cells[f] for f in ("place_key", "legacy_code") if f in cells}
    former -= {cells["position_code"]}
    if former:
        values["legacy_codes"] = Addition(sorted(former))
    if "removed" in cells:
        values["status"] = Lifecycle.ABOLISHED.value
    refs = {}
    if "facility_code" in cells:
        refs["facility_id"] = Ref("facility", (cells["facility_code"],))
    if "class_code" in cells:
        refs["class_id"] = Ref("equipment_class", (cells["class_code"],))
    if "parent_code" in cells:
        refs["parent_id"] = Ref("position", (cells["parent_code"],))
    if places := _places(cells):
        refs["location_id"] = Ref("location", places[-1].key)
    return Draft("position", (_key(cells),), values, refs)


def _device(cells: Cells) -> list[Draft]:
    asset, place = cells.get("asset_key") or cells["asset_code"], _key(cells)
    values = picked(cells, "asset_code", "serial_no", "fixed_asset_no", "life_override_years")
    values |= dated(cells, "manufactured", "manufactured") | dated(cells, "installed", "installed")
    values |= _spec(cells) | _price(cells)
    refs = {"class_id": Ref("position", (place,), "class_id")}
    models = devices.model(cells)
    if models:
        refs["model_id"] = Ref("device_model", models[0].key)
    soft = frozenset() if "model_no" in cells else frozenset({"model_id"})
    device = Draft("device", (asset,), values, refs, soft=soft)
    return [*models, device, _stay(cells, asset, place)]


def _stay(cells: Cells, asset: str, place: str) -> Draft:
    since: PartialDate | None = cells.get("installed")
    stay = devices.installation(asset, place, Ref("position", (place,), "facility_id"), since)
    if "installed" not in cells:
        _leave_alone(stay)
    if "removed" in cells:
        stay.values["ends_on"] = _removed_on(cells, since)
    return stay


def _removed_on(cells: Cells, since: PartialDate | None) -> Any:
    """The place is free from the last day that the writing may mean."""
    removed: PartialDate = cells["removed"]
    if removed.start and since and since.start and removed.start < since.start:
        raise Unreadable("removed-before-installed", column="撤去年月")
    return removed.end if removed.precision is not Precision.DAY else removed.start


def _leave_alone(stay: Draft) -> None:
    """A blank day of installation changes no day that the registry knows."""
    stay.values.clear()
    stay.ensure = True
    stay.values["starts_estimated"] = True


def _spec(cells: Cells) -> Cells:
    """What the 「仕様」 cell says, and what columns of their own say, which is surer."""
    own = picked(cells, *SPEC_FIELDS)
    if "spec_raw" not in cells:
        return {"spec": Addition(own)} if own else {}
    raw, facts = cells["spec_raw"]
    return {"spec_raw": raw, "spec": facts | own}


def _price(cells: Cells) -> Cells:
    if "cost" not in cells:
        return {}
    yen, written = cells["cost"]
    return {"acquired_cost_yen": yen, "acquired_cost_raw": written}


def _parts(cells: Cells, decisions: Decisions, notes: RowNotes) -> list[Cells]:
    """The row with its day of installation in one piece, or a row for each of a group."""
    if "installed_year" in cells and "installed" not in cells:
        read = date_reader(era=decisions.eras.get("installed"))
        try:
            reading = read(_written_day(cells))
        except Unreadable as reason:
            params = reason.params | {"in_field": "installed_year", "field": "installed"}
            raise Unreadable(reason.code, asks=reason.asks, **params) from reason
        cells["installed"] = reading.value
        notes.changes("設置年月", reading.changes)
    return expand_group(cells, decisions)


def _written_day(cells: Cells) -> str:
    """「S58」, 「3」 and 「31」 of three columns as one writing."""
    year, month, day = (str(cells.get(f"installed_{part}", "")) for part in _DAY_PARTS)
    return year if absence_of(year) else join_year_month(year, month, day)


SOURCE = Source(
    "equipment",
    N_("設備台帳"),
    "position",
    COLUMNS,
    _draft,
    elsewhere=frozenset({"facility", "facility_code"}),
    expand=_parts,
    matcher=EquipmentMatcher,
    removed={"status": Lifecycle.ABOLISHED.value},
)
