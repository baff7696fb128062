from importers.records import Draft, RowNotes
from importers.sources.source import Cells, Source, column
from importers.values.choices import choice
from importers.values.codes import read_class_code
from importers.values.dates import read_first_day
from importers.values.numbers import read_int, read_yes_no
from importers.values.text import read_words
from service.core.i18n.marker import N_
from service.registry.domain import (
    DISCIPLINE_LABELS,
    EXPOSURE_UNIT_LABELS,
    MAINTENANCE_TYPE_LABELS,
    MaintenanceType,
)

_MAINTENANCE = choice(
    MAINTENANCE_TYPE_LABELS,
    {
        "状態監視": MaintenanceType.CONDITION_BASED,
        "時間計画": MaintenanceType.PREDETERMINED,
        "事後": MaintenanceType.CORRECTIVE,
    },
)


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    return [Draft("equipment_class", (cells["class_code"],), dict(cells))]


SOURCE = Source(
    "classes",
    N_("設備分類マスタ"),
    "equipment_class",
    (
        column("class_code", "分類コード", read=read_class_code, required=True),
        column("major", "大分類", required=True),
        column("middle", "中分類", required=True),
        column("minor", "小分類", required=True),
        column("discipline", "工種", read=choice(DISCIPLINE_LABELS), required=True),
        column("standard_life_years", "標準耐用年数", "標準耐用年数(年)", read=read_int),
        column("target_life_years", "目標耐用年数", "目標耐用年数(年)", read=read_int),
        column("disposal_limit_years", "処分制限期間", "処分制限期間(年)", read=read_int),
        column("maintenance_type", "管理方法", "管理区分", read=_MAINTENANCE),
        column("symptom_set", "現象候補", read=read_words),
        column("iso14224_code", "ISO14224コード"),
        column("exposure_unit", "曝露単位", read=choice(EXPOSURE_UNIT_LABELS)),
        column("source_document", "出典"),
        column("effective_from", "適用日", read=read_first_day),
        column("verified", "確認済", read=read_yes_no),
    ),
    _draft,
)
