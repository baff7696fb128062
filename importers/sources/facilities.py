from importers.matching.facilities import FacilityMatcher
from importers.records import Draft, RowNotes
from importers.sources.readers import dates
from importers.sources.source import Cells, Source, column, dated, picked
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code
from importers.values.reading import Reading, Unreadable
from importers.values.text import folded, read_name, read_raw
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
_DATUMS = {
    "JGD2011": 6668,
    "世界測地系": 6668,
    "世界測地系(JGD2011)": 6668,
    "JGD2000": 4612,
    "世界測地系(JGD2000)": 4612,
    "日本測地系": 4301,
    "TOKYO": 4301,
    "旧測地系": 4301,
}
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


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    values = picked(cells, *_PLAIN) | dated(cells, "opened", "opened") | _point(cells)
    return [Draft("facility", (cells["facility_code"],), values)]


def _point(cells: Cells) -> Cells:
    if "point" not in cells:
        return {}
    return {"geom": cells["point"].ewkt, **picked(cells, "coord_raw", "coord_crs")}


def read_datum(raw: str) -> Reading:
    """The code of a geodetic datum with longitude and latitude.

    Raises:
        Unreadable: ``unknown-word``; asks.
    """
    code = _DATUMS.get(folded(raw).upper().replace(" ", ""))
    if code is None:
        raise Unreadable("unknown-word", asks=True, value=raw)
    return Reading(code)


SOURCE = Source(
    "facilities",
    N_("施設台帳"),
    "facility",
    (
        column(
            "facility_code", "施設コード", "施設番号", "機場コード", "施設ID", read=read_class_code
        ),
        column(
            "name",
            "施設名",
            "施設名称",
            "機場名",
            "ポンプ場名",
            "処理場名",
            "マンホールポンプ名",
            "名称",
            read=read_name,
            required=True,
        ),
        column("name_kana", "施設名カナ", "フリガナ"),
        column("facility_type", "施設種別", "種別", "施設区分", read=_TYPE),
        column("drainage_type", "排除方式", read=_DRAINAGE),
        column("treatment_district", "処理区"),
        column("address", "所在地", "住所"),
        column("muni_code", "自治体コード", "全国地方公共団体コード", read=read_code),
        column("latitude", "緯度", "X座標", "北緯", "X", read=read_raw),
        column("longitude", "経度", "Y座標", "東経", "Y", read=read_raw),
        column("datum", "測地系", "座標系", read=read_datum),
        column(
            "opened",
            "供用開始",
            "供用開始年月",
            "供用開始日",
            "供用開始年度",
            "設置年度",
            "設置年月",
            bind=dates,
        ),
        column("manhole_no", "人孔番号", "マンホール番号", read=read_code),
        column("no_signal_note", "通信状況"),
        column("hazard_note", "危険情報"),
        column("note", "備考"),
        column("status", "状態", read=STATUS),
    ),
    _draft,
    matcher=FacilityMatcher,
)
