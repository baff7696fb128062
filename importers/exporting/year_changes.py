"""The changes of a fiscal year as lines of a CSV."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from importers.exporting.writing import moment, plain
from importers.fields import field_label
from service.core.i18n.marker import N_
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.registry.domain import (
    FACILITY_TYPE_LABELS,
    INSTALLATION_KIND_LABELS,
    LIFECYCLE_LABELS,
    REDUNDANCY_LABELS,
    RETIRED_REASON_LABELS,
    InstallationKind,
)

VALUE_LABELS: dict[str, str] = {
    str(word): text
    for labels in (FACILITY_TYPE_LABELS, LIFECYCLE_LABELS, REDUNDANCY_LABELS)
    for word, text in labels.items()
}
STAY_LABELS = {"began": N_("設置"), "ended": N_("撤去")}
_STAY_HEADER = [
    "日付",
    "異動",
    "区分",
    "施設コード",
    "設備番号",
    "設置箇所",
    "機器番号",
    "固定資産番号",
    "取得価格(円)",
    "工事名",
    "理由",
    "登録日時",
    "登録者",
    "決裁",
]
_CHANGE_HEADER = [
    "登録日時",
    "登録者",
    "対象",
    "番号",
    "項目",
    "変更前",
    "変更後",
    "理由・根拠",
    "決裁",
]
TABLE_LABELS = {
    "facility": N_("施設"),
    "position": N_("設置箇所"),
    "device": N_("機器"),
    "equipment_class": N_("設備分類"),
}


def stay_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    yield _STAY_HEADER
    for row in rows:
        yield [
            plain(row["day"]),
            STAY_LABELS[row["what"]],
            stay_kind(row),
            *(plain(row[name]) for name in ("facility_code", "position_code", "position_name")),
            *(plain(row[name]) for name in ("asset_code", "fixed_asset_no", "acquired_cost_yen")),
            *(plain(row[name]) for name in ("work_ref", "reason")),
            moment(row["recorded_at"]),
            plain(row["recorded_by"]),
            approval(row),
        ]


def approval(row: Mapping[str, Any]) -> str:
    """Who decided: on the case that the change names, or whoever applied its import."""
    if row["approved_case_no"]:
        role = APPROVAL_ROLE_LABELS[row["approved_role"]]
        return f"{row['approved_case_no']} {role} {row['approved_by']} {moment(row['approved_at'])}"
    return f"取込の確定 {row['applied_by']}" if row["applied_by"] else ""


def stay_kind(row: Mapping[str, Any]) -> str:
    """How it began, or why it ended; a spare has ended without a reason."""
    if row["what"] == "began":
        return INSTALLATION_KIND_LABELS[row["kind"]]
    if row["is_move"]:
        return INSTALLATION_KIND_LABELS[InstallationKind.RELOCATION]
    return RETIRED_REASON_LABELS[row["retired_reason"]] if row["retired_reason"] else ""


def changed_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    yield _CHANGE_HEADER
    for row in rows:
        yield [
            moment(row["recorded_at"]),
            plain(row["recorded_by"]),
            TABLE_LABELS[row["table_name"]],
            plain(row["code"]),
            field_label(row["field"]),
            *(VALUE_LABELS.get(row[name], plain(row[name])) for name in ("old", "new")),
            plain(row["reason"]),
            approval(row),
        ]
