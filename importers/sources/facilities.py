from importers.records import Draft, RowNotes
from importers.sources.source import Cells, Source, column, dated, picked
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code
from importers.values.coordinates import read_point
from importers.values.dates import read_partial_date
from importers.values.reading import Unreadable
from service.core.geometry import STORAGE_SRID
from service.core.i18n.marker import N_
from service.registry.domain import (
    DRAINAGE_TYPE_LABELS,
    FACILITY_TYPE_LABELS,
    LIFECYCLE_LABELS,
    DrainageType,
    FacilityType,
    Lifecycle,
)

_TYPE = choice(
    FACILITY_TYPE_LABELS,
    {
        "処理場": FacilityType.TREATMENT_PLANT,
        "終末処理場": FacilityType.TREATMENT_PLANT,
        "水再生センター": FacilityType.TREATMENT_PLANT,
        "中継ポンプ場": FacilityType.PUMP_STATION,
        "樋門ゲート": FacilityType.GATE,
        "その他": FacilityType.OTHER,
    },
)
_DRAINAGE = choice(
    DRAINAGE_TYPE_LABELS,
    {
        "合流式": DrainageType.COMBINED,
        "分流式(汚水)": DrainageType.SEPARATE_FOUL,
        "分流式(雨水)": DrainageType.SEPARATE_STORM,
    },
)
STATUS = choice(
    LIFECYCLE_LABELS,
    {
        "供用": Lifecycle.IN_USE,
        "供用中": Lifecycle.IN_USE,
        "稼働": Lifecycle.IN_USE,
        "使用中": Lifecycle.IN_USE,
        "予備": Lifecycle.IN_USE,
        "休止中": Lifecycle.SUSPENDED,
        "停止": Lifecycle.SUSPENDED,
        "撤去": Lifecycle.ABOLISHED,
    },
)
_PLAIN = (
    "facility_code",
    "name",
    "name_kana",
    "facility_type",
    "drainage_type",
    "treatment_district",
    "address",
    "muni_code",
    "manhole_no",
    "no_signal_note",
    "hazard_note",
    "note",
    "status",
)


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    values = picked(cells, *_PLAIN) | dated(cells, "opened", "opened") | _point(cells, notes)
    return [Draft("facility", (cells["facility_code"],), values)]


def _point(cells: Cells, notes: RowNotes) -> Cells:
    first, second = cells.get("latitude"), cells.get("longitude")
    if not first and not second:
        return {}
    if not first or not second:
        raise Unreadable("half-a-coordinate", column="緯度")
    reading = read_point(first, second)
    notes.changes("緯度・経度", reading.changes)
    raw = f"{first} {second}"
    return {"geom": reading.value.ewkt, "coord_raw": raw, "coord_crs": STORAGE_SRID}


SOURCE = Source(
    "facilities",
    N_("施設台帳"),
    "facility",
    (
        column("facility_code", "施設コード", "施設番号", read=read_class_code, required=True),
        column("name", "施設名", "施設名称", required=True),
        column("name_kana", "施設名カナ", "フリガナ"),
        column("facility_type", "施設種別", "種別", read=_TYPE, required=True),
        column("drainage_type", "排除方式", read=_DRAINAGE),
        column("treatment_district", "処理区"),
        column("address", "所在地", "住所"),
        column("muni_code", "自治体コード", "全国地方公共団体コード", read=read_code),
        column("latitude", "緯度", "X座標"),
        column("longitude", "経度", "Y座標"),
        column("opened", "供用開始", "供用開始年月", "供用開始日", read=read_partial_date),
        column("manhole_no", "人孔番号", read=read_code),
        column("no_signal_note", "通信状況"),
        column("hazard_note", "危険情報"),
        column("note", "備考"),
        column("status", "状態", read=STATUS),
    ),
    _draft,
)
