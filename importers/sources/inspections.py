"""Inspections (点検記録): one row is one inspection of one place."""

import re
from decimal import Decimal

from importers.matching.maintenance import MaintenanceMatcher
from importers.records import Draft, Ref, RowNotes
from importers.sources.equipment_columns import read_health
from importers.sources.maintenance_columns import (
    COMPANY_CODE,
    EQUIPMENT,
    EQUIPMENT_COLUMNS,
    NOTE,
    SEQ,
    days_key,
    known_day,
    placed,
)
from importers.sources.readers import dates
from importers.sources.source import Binding, Cells, Column, Source, column, dated, picked
from importers.values.choices import choice
from importers.values.dates import read_first_day
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import trimmed
from service.core.i18n.marker import N_
from service.maintenance.domain import (
    INSPECTION_KIND_LABELS,
    JUDGEMENT_LABELS,
    InspectionKind,
    Item,
    ItemUnreadable,
    Judgement,
    read_items,
    write_item,
    write_items,
)

_KIND = choice(
    INSPECTION_KIND_LABELS,
    {
        "日常": InspectionKind.ROUTINE,
        "巡視": InspectionKind.ROUTINE,
        "巡回点検": InspectionKind.ROUTINE,
        "定期": InspectionKind.PERIODIC,
        "月点検": InspectionKind.PERIODIC,
        "月次点検": InspectionKind.PERIODIC,
        "年点検": InspectionKind.PERIODIC,
        "年次点検": InspectionKind.PERIODIC,
        "精密": InspectionKind.DETAILED,
        "分解点検": InspectionKind.DETAILED,
        "分解整備": InspectionKind.DETAILED,
        "臨時": InspectionKind.EXTRAORDINARY,
        "緊急点検": InspectionKind.EXTRAORDINARY,
        "法定": InspectionKind.STATUTORY,
    },
)
_RESULT = choice(
    JUDGEMENT_LABELS,
    {
        **dict.fromkeys(("○", "〇", "◯", "良", "異常なし", "正常", "合格"), Judgement.GOOD),
        **dict.fromkeys(("△", "要調査", "要注意", "経過観察", "注意"), Judgement.WATCH),
        **dict.fromkeys(("×", "不良", "否", "要修理", "要修繕", "異常あり"), Judgement.BAD),
    },
)
# What check sheets measure, with the unit that they mean when they name none.
MEASURED = {
    "current": ("電流", "A"),
    "insulation": ("絶縁抵抗", "MΩ"),
    "vibration": ("振動", "mm/s"),
    "bearing_temperature": ("軸受温度", "℃"),
    "pressure": ("吐出圧", "MPa"),
    "run_hours": ("運転時間", "h"),
    "starts": ("始動回数", "回"),
}
_ALSO = {
    "current": ("電流値", "運転電流", "電流値(A)"),
    "insulation": ("絶縁抵抗値", "絶縁"),
    "vibration": ("振動値",),
    "bearing_temperature": ("軸受部温度",),
    "pressure": ("吐出圧力",),
    "run_hours": ("累計運転時間", "積算運転時間", "アワーメータ"),
    "starts": ("起動回数", "累計始動回数"),
}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def _read_items(raw: str) -> Reading:
    """「電流=12.3 A ○」, several separated by semicolons or line ends.

    Raises:
        Unreadable: ``item-unreadable``.
    """
    try:
        return Reading(read_items(raw))
    except ItemUnreadable as error:
        raise Unreadable("item-unreadable", value=trimmed(raw)) from error


def _measured(binding: Binding) -> Reader:
    name, unit = MEASURED[binding.field]

    def read(raw: str) -> Reading:
        """A bare figure is in the unit of the header, or in the usual one."""
        written = _GROUPED.sub("", trimmed(raw)).replace(";", "、").replace("\n", " ")
        (item,) = read_items(f"{name}={written}")
        if "value" in item:
            item.setdefault("unit", binding.unit or unit)
        said = write_item(item).removeprefix(f"{name}=")
        rule = "kept-as-words" if "text" in item else "measured"
        return Reading(item, (Change(rule, raw, said),) if raw != _figure_of(item) else ())

    return read


def _figure_of(item: Item) -> str:
    """The bare figure, when nothing else was said."""
    if "value" not in item or "judgement" in item:
        return ""
    return format(Decimal(str(item["value"])).normalize(), "f")


def _measured_column(field: str) -> Column:
    return column(field, MEASURED[field][0], *_ALSO[field], bind=_measured)


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    day = known_day(cells, "inspected", "点検日")
    position, seq = cells["position_code"], cells.get("seq", 1)
    kind = cells.get("kind")
    if kind is None:
        kind = InspectionKind.PERIODIC.value
        notes.warn("inspection-kind-assumed", "点検区分")
    next_due = cells.get("next_due_on")
    if next_due and day.end and next_due <= day.end:
        raise Unreadable("ends-before-start", column="次回予定日")
    values = dated(cells, "inspected", "inspected") | {"kind": kind, "seq": seq}
    values |= picked(cells, "inspector", "result", "health", "health_basis", "next_due_on", "note")
    items = [*cells.get("items", ()), *(cells[field] for field in MEASURED if field in cells)]
    if items:
        values["items"] = items
    key = (position, kind, days_key(day), str(seq))
    inspection = Draft("inspection", key, values, placed(cells, day))
    return [inspection, *_judgement(cells)]


def _judgement(cells: Cells) -> list[Draft]:
    """The newest inspection of a place tells its health; the matcher has found which that is."""
    if "judged_on" not in cells:
        return []
    values = {"health": cells["health"], "health_judged_on": cells["judged_on"]}
    return [Draft("position", (cells["position_code"],), values, dict[str, Ref]())]


SOURCE = Source(
    "inspections",
    N_("点検記録一覧"),
    "inspection",
    (
        *EQUIPMENT_COLUMNS,
        column(
            "inspected",
            "点検日",
            "点検年月日",
            "点検実施日",
            "点検年月",
            "点検日時",
            bind=dates,
            required=True,
        ),
        column("kind", "点検区分", "点検種別", "点検の種類", "区分", read=_KIND),
        SEQ,
        column("inspector", "点検者", "点検業者", "点検会社", "実施者", "点検員"),
        COMPANY_CODE,
        *map(_measured_column, MEASURED),
        column("items", "点検項目", "測定値", "点検内容の値", read=_read_items),
        column("result", "総合判定", "判定", "点検結果", "結果", read=_RESULT),
        column("health", "健全度", read=read_health),
        column("health_basis", "健全度の根拠", "判定根拠", "判定理由", "所見"),
        column(
            "next_due_on",
            "次回予定日",
            "次回点検日",
            "次回点検予定",
            "次回予定",
            read=read_first_day,
        ),
        NOTE,
    ),
    _draft,
    either=EQUIPMENT,
    elsewhere=frozenset({"facility", "facility_code"}),
    placed_by=frozenset({"position_code"}),
    matcher=MaintenanceMatcher,
)


def written_items(items: object) -> str:
    return write_items(list(items)) if isinstance(items, list) else ""
