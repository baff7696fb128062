"""Response records (対応記録): what was done about a case, one row a step."""

from importers.records import Draft, Ref, RowNotes
from importers.sources.readers import instants, yen
from importers.sources.source import Cells, Source, column, picked
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code
from importers.values.numbers import read_int
from importers.values.reading import Unreadable
from service.core.i18n.marker import N_
from service.faults import domain as words


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    started, ended = cells.get("started_at"), cells.get("ended_at")
    if started and ended and started > ended:
        raise Unreadable("ends-before-start", column="対応終了")
    case_no, seq = cells["case_no"], cells["seq"]
    values = {
        "kind": words.ResponseKind.PERMANENT_FIX.value,
        "actor_name": "記載なし",
        **picked(
            cells,
            "seq",
            "kind",
            "actor_type",
            "actor_name",
            "started_at",
            "ended_at",
            "work_minutes",
            "action_code",
            "description",
            "cost_yen",
            "expenditure_class",
            "budget_item",
            "contract_ref",
            "prevention",
            "rollout",
        ),
    }
    refs = {"case_id": Ref("fault_case", (case_no,))}
    if "company_code" in cells:
        refs["company_id"] = Ref("company", (cells["company_code"],))
    if "supersedes" in cells:
        refs["supersedes_id"] = Ref("response_record", (case_no, str(cells["supersedes"])))
    return [Draft("response_record", (case_no, str(seq)), values, refs)]


SOURCE = Source(
    "responses",
    N_("対応記録一覧"),
    "response_record",
    (
        column("case_no", "案件番号", "受付番号", "故障番号", read=read_code, required=True),
        column("seq", "対応番号", "対応No", "連番", "枝番", read=read_int, required=True),
        column("kind", "対応種別", "対応の種類", read=choice(words.RESPONSE_KIND_LABELS)),
        column("actor_type", "対応者区分", read=choice(words.ACTOR_TYPE_LABELS)),
        column("actor_name", "対応者", "対応者氏名", "処置者"),
        column("company_code", "対応会社コード", "会社コード", read=read_class_code),
        column("started_at", "対応開始", "対応日", "対応日時", bind=instants),
        column("ended_at", "対応終了", bind=instants),
        column("work_minutes", "作業時間(分)", "作業時間", read=read_int),
        column("action_code", "処置区分", read=choice(words.ACTION_CODE_LABELS)),
        column("description", "対応内容", "処置内容", "対応", "処置", required=True),
        column("cost_yen", "費用", "修理費", "修繕費", "金額", bind=yen),
        column("expenditure_class", "支出区分", read=choice(words.EXPENDITURE_CLASS_LABELS)),
        column("budget_item", "予算科目"),
        column("contract_ref", "契約番号", "工事番号"),
        column("prevention", "再発防止", "再発防止策"),
        column("rollout", "水平展開"),
        column("supersedes", "訂正元の対応番号", "訂正元", read=read_int),
    ),
    _draft,
)
