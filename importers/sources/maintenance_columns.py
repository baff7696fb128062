"""Columns that inspections and part replacements share: which equipment, who, what else."""

from importers.records import OCCUPANT, Ref
from importers.sources.source import Cells, Column, Lookup, column
from importers.values.codes import read_class_code, read_optional_code
from importers.values.numbers import read_int
from importers.values.reading import Reading, Unreadable
from service.core.partial_date import PartialDate

EQUIPMENT_COLUMNS: tuple[Column, ...] = (
    column(
        "position_code",
        "設備番号",
        "設置箇所コード",
        "設備コード",
        "機器番号",
        "機器コード",
        read=read_optional_code,
    ),
    column("facility_code", "施設コード", "施設番号", "機場コード", read=read_class_code),
    column(
        "facility",
        "施設名",
        "施設",
        "施設名称",
        "機場名",
        "機場",
        "処理場名",
        "ポンプ場名",
        lookup=Lookup("facility", "facility_code"),
    ),
    column("equipment", "機器名称", "機器名", "設備名", "設備名称", "対象機器", "対象設備", "機器"),
)
COMPANY_CODE = column("company_code", "会社コード", "事業者コード", read=read_class_code)
NOTE = column("note", "備考", "特記事項", "摘要")
EQUIPMENT = (("position_code", "equipment"),)


def read_seq(raw: str) -> Reading:
    """Which one of the same day.

    Raises:
        Unreadable: ``not-a-number`` and the like.
    """
    reading = read_int(raw)
    if reading.value < 1:
        raise Unreadable("not-a-number", value=raw)
    return reading


SEQ = column("seq", "同日の回", "回", "連番", read=read_seq)


def known_day(cells: Cells, field: str, title: str) -> PartialDate:
    """The day of a record.

    Raises:
        Unreadable: ``day-unknown`` for 「不明」: such a record has no place in a history.
    """
    day: PartialDate = cells[field]
    if day.start is None:
        raise Unreadable("day-unknown", column=title)
    return day


def days_key(day: PartialDate) -> str:
    return f"{day.start}/{day.end}"


def placed(cells: Cells, day: PartialDate) -> dict[str, Ref]:
    """Where it was, and the device that stood there on the day."""
    position = cells["position_code"]
    refs = {
        "position_id": Ref("position", (position,)),
        "facility_id": Ref("position", (position,), "facility_id"),
        "device_id": Ref(OCCUPANT, (position, str(day.start))),
    }
    if "company_code" in cells:
        refs["company_id"] = Ref("company", (cells["company_code"],))
    return refs
