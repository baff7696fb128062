"""Part replacements (部品交換): one row is one part of one piece of equipment."""

from importers.matching.maintenance import MaintenanceMatcher
from importers.records import Draft, Ref, RowNotes
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
from importers.sources.readers import count, dates, yen
from importers.sources.source import Cells, Source, column, dated, picked
from importers.values.codes import read_optional_code
from importers.values.reading import Reading, Unreadable
from importers.values.text import read_name
from service.core.i18n.marker import N_


def _read_quantity(raw: str) -> Reading:
    """「2個」.

    Raises:
        Unreadable: ``not-a-number``; nothing is replaced by none.
    """
    reading = count(raw)
    if reading.value < 1:
        raise Unreadable("not-a-number", value=raw)
    return reading


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    day = known_day(cells, "replaced", "交換日")
    position, part, seq = cells["position_code"], cells["part_name"], cells.get("seq", 1)
    values = dated(cells, "replaced", "replaced") | {"part_name": part, "seq": seq}
    values |= picked(cells, "part_no", "quantity", "done_by", "cost_yen", "cause", "note")
    refs = placed(cells, day)
    if "case_no" in cells:
        refs["case_id"] = Ref("fault_case", (cells["case_no"],))
    key = (position, part, cells.get("part_no", ""), days_key(day), str(seq))
    return [Draft("part_replacement", key, values, refs)]


SOURCE = Source(
    "part_replacements",
    N_("部品交換一覧"),
    "part_replacement",
    (
        *EQUIPMENT_COLUMNS,
        column(
            "part_name", "部品名", "交換部品", "部品名称", "部品", read=read_name, required=True
        ),
        column("part_no", "品番", "部品番号", "部品型番", read=read_optional_code),
        column("quantity", "数量", "個数", "交換数", read=_read_quantity),
        column(
            "replaced",
            "交換日",
            "交換年月日",
            "交換年月",
            "部品交換日",
            "取替日",
            bind=dates,
            required=True,
        ),
        SEQ,
        column("done_by", "施工業者", "交換業者", "施工者", "実施業者"),
        COMPANY_CODE,
        column("cost_yen", "費用", "金額", "交換費用", "部品代", bind=yen),
        column("case_no", "案件番号", "故障番号", read=read_optional_code),
        column("cause", "交換理由", "交換の理由", "理由"),
        NOTE,
    ),
    _draft,
    either=EQUIPMENT,
    elsewhere=frozenset({"facility", "facility_code"}),
    placed_by=frozenset({"position_code"}),
    matcher=MaintenanceMatcher,
)
