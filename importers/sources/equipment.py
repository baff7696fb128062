"""The equipment ledger: one row is a place, the device in it, its model and its installation."""

from importers.records import Draft, Ref, RowNotes
from importers.sources import devices
from importers.sources.facilities import STATUS
from importers.sources.source import Cells, Source, column, dated, picked
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code, read_optional_code
from importers.values.dates import read_first_day, read_partial_date
from importers.values.numbers import read_int, read_thousand_yen, read_yen
from importers.values.reading import Reading, Unreadable
from importers.values.specs import read_spec
from importers.values.text import read_text
from service.core.i18n.marker import N_
from service.core.partial_date import PartialDate
from service.registry.domain import REDUNDANCY_LABELS, Criticality, Redundancy

_REDUNDANCY = choice(
    REDUNDANCY_LABELS,
    {
        "有": Redundancy.STANDBY,
        "あり": Redundancy.STANDBY,
        "無": Redundancy.NONE,
        "なし": Redundancy.NONE,
        "交互": Redundancy.ALTERNATING,
    },
)
_BEST_HEALTH = 5


def _read_health(raw: str) -> Reading:
    reading = read_int(raw)
    if not 1 <= reading.value <= _BEST_HEALTH:
        raise Unreadable("health-out-of-range", value=raw)
    return reading


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    drafts = [*_places(cells), _position(cells)]
    if "asset_code" not in cells:
        notes.warn("no-device", "機器番号")
        return drafts
    return [*drafts, *_device(cells, notes)]


def _places(cells: Cells) -> tuple[Draft, ...]:
    if "place" not in cells or "facility_code" not in cells:
        return ()
    return devices.locations(cells["facility_code"], cells["place"])


def _position(cells: Cells) -> Draft:
    values = picked(
        cells,
        "position_code",
        "name",
        "unit_no",
        "criticality",
        "redundancy",
        "status",
        "health",
        "health_judged_on",
        "note",
    )
    refs = {}
    if "facility_code" in cells:
        refs["facility_id"] = Ref("facility", (cells["facility_code"],))
    if "class_code" in cells:
        refs["class_id"] = Ref("equipment_class", (cells["class_code"],))
    if "parent_code" in cells:
        refs["parent_id"] = Ref("position", (cells["parent_code"],))
    if places := _places(cells):
        refs["location_id"] = Ref("location", places[-1].key)
    return Draft("position", (cells["position_code"],), values, refs)


def _device(cells: Cells, notes: RowNotes) -> list[Draft]:
    asset, position = cells["asset_code"], cells["position_code"]
    values = picked(cells, "asset_code", "serial_no", "life_override_years")
    values |= dated(cells, "manufactured", "manufactured") | dated(cells, "installed", "installed")
    values |= _spec(cells, notes) | _price(cells)
    refs = {"class_id": Ref("position", (position,), "class_id")}
    models = devices.model(cells)
    if models:
        refs["model_id"] = Ref("device_model", models[0].key)
    place = devices.installation(
        asset, position, Ref("position", (position,), "facility_id"), _since(cells)
    )
    if "installed" not in cells:
        _leave_alone(place)
    return [*models, Draft("device", (asset,), values, refs), place]


def _since(cells: Cells) -> PartialDate | None:
    since: PartialDate | None = cells.get("installed")
    return since


def _leave_alone(place: Draft) -> None:
    """A blank day of installation changes no day that the registry knows."""
    place.values.clear()
    place.ensure = True
    place.values["starts_estimated"] = True


def _spec(cells: Cells, notes: RowNotes) -> Cells:
    if "spec_raw" not in cells:
        return {}
    reading = read_spec(cells["spec_raw"])
    notes.changes("仕様", reading.changes)
    return {"spec_raw": cells["spec_raw"], "spec": reading.value}


def _price(cells: Cells) -> Cells:
    for field, unit in (("cost_thousand_yen", "千円"), ("cost_yen", "円")):
        if field in cells:
            yen = cells[field]
            raw = f"{yen // 1000 if unit == '千円' else yen:,}{unit}"
            return {"acquired_cost_yen": yen, "acquired_cost_raw": raw}
    return {}


SOURCE = Source(
    "equipment",
    N_("設備台帳"),
    "position",
    (
        column("position_code", "設備番号", "設置箇所コード", read=read_code, required=True),
        column("facility_code", "施設コード", "施設番号", read=read_class_code, required=True),
        column("place", "場所", "設置場所"),
        column("class_code", "分類コード", read=read_class_code, required=True),
        column("name", "機器名称", "設備名称", "名称", required=True),
        column("unit_no", "号機", "号数", read=read_text),
        column("parent_code", "上位設備番号", read=read_optional_code),
        column("asset_code", "機器番号", "整理番号", read=read_optional_code),
        column("manufacturer", "製造者", "メーカー", "製造者名"),
        column("model_no", "型式", "形式", read=read_optional_code),
        column("serial_no", "製造番号", "機番", "製番", read=read_optional_code),
        column("manufactured", "製造年月", "製造年月日", read=read_partial_date),
        column("spec_raw", "仕様", "仕様・能力"),
        column("installed", "設置年月", "設置年月日", "竣工年月", read=read_partial_date),
        column("cost_thousand_yen", "取得価格(千円)", "取得価額(千円)", read=read_thousand_yen),
        column("cost_yen", "取得価格(円)", "取得価額(円)", read=read_yen),
        column("criticality", "重要度", read=choice({rank: rank.value for rank in Criticality})),
        column("redundancy", "予備機", read=_REDUNDANCY),
        column("health", "健全度", read=_read_health),
        column("health_judged_on", "健全度判定日", read=read_first_day),
        column("life_override_years", "耐用年数(個別)", read=read_int),
        column("status", "状態", read=STATUS),
        column("note", "備考"),
    ),
    _draft,
)
