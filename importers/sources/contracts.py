from importers.records import Draft, Ref, RowNotes
from importers.sources.source import Cells, Source, column, picked
from importers.values.codes import read_class_code, read_code
from importers.values.dates import read_day
from importers.values.numbers import read_int
from importers.values.text import read_words
from service.core.i18n.marker import N_

ALL_FACILITIES = frozenset({"*", "全施設", "すべて", "全て"})


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    number = cells["contract_no"]
    values = picked(
        cells, "contract_no", "starts_on", "ends_on", "response_target_min", "grace_days"
    )
    refs = (
        {"company_id": Ref("company", (cells["company_code"],))} if "company_code" in cells else {}
    )
    codes: list[str] = cells.get("facilities", [])
    if codes:
        values["covers_all_facilities"] = bool(ALL_FACILITIES & set(codes))
    return [
        Draft("contract", (number,), values, refs),
        *(_covered(number, code) for code in codes if code not in ALL_FACILITIES),
    ]


def _covered(number: str, code: str) -> Draft:
    refs = {"contract_id": Ref("contract", (number,)), "facility_id": Ref("facility", (code,))}
    return Draft("contract_facility", (number, code), {}, refs)


SOURCE = Source(
    "contracts",
    N_("契約一覧"),
    "contract",
    (
        column("contract_no", "契約番号", read=read_code, required=True),
        column("company_code", "事業者コード", "会社コード", read=read_class_code, required=True),
        column("starts_on", "開始日", "契約開始日", read=read_day, required=True),
        column("ends_on", "終了日", "契約終了日", read=read_day, required=True),
        column("facilities", "対象施設", read=read_words),
        column("response_target_min", "到着目標(分)", "到着目標", read=read_int),
        column("grace_days", "猶予日数", "終了後の猶予日数", read=read_int),
    ),
    _draft,
)
