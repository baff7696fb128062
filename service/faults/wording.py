"""How pages name what the trail and the tables hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.attachments.domain import ATTACHMENT_KIND_LABELS
from service.core.i18n.marker import N_
from service.faults import domain
from service.faults.notices import NOTICE_LABELS, VERDICT_LABELS
from service.faults.steps import STEP_KEYS, STEP_LABELS, Step
from service.faults.symptoms import SYMPTOMS

SEVERITY_LABELS = {
    1: N_("1 機能停止・溢水等"),
    2: N_("2 機能低下"),
    3: N_("3 予備機で継続"),
    4: N_("4 影響なし"),
}
FIELD_LABELS = {
    "state": N_("状態"),
    "wait_reason": N_("待ち理由"),
    "state_reason": N_("理由"),
    "urgency": N_("緊急度"),
    "severity": N_("影響度"),
    "cause_group": N_("原因区分"),
    "mechanism": N_("故障の機構"),
    "counts_as_failure": N_("故障に計上"),
    "temporary_fix": N_("応急処置済"),
    "stop_from": N_("停止"),
    "stop_to": N_("復旧"),
    "company_id": N_("担当事業者"),
    "position_id": N_("設置箇所"),
    "facility_id": N_("施設"),
    "device_id": N_("機器"),
    "summary": N_("件名"),
    "occurred_at": N_("発生日時"),
    "closed_at": N_("完結日時"),
    "merged_into_id": N_("統合先"),
    "mark_stopped": N_("停止"),
    "mark_arrived": N_("到着"),
    "mark_temporary": N_("応急"),
    "mark_restored": N_("復旧"),
    "incident": N_("事象"),
    **{f"notice_{kind}": label for kind, label in NOTICE_LABELS.items()},
}
ACTION_LABELS = {
    "case.accept": N_("受付しました"),
    "case.start": N_("対応を始めました"),
    "case.wait": N_("待ちにしました"),
    "case.resolve": N_("処置完了にしました"),
    "case.submit": N_("決裁へ回しました"),
    "case.return": N_("決裁から戻りました"),
    "case.close": N_("完結にしました"),
    "case.dismiss": N_("対象外にしました"),
    "case.reopen": N_("再開しました"),
    "case.updated": N_("内容を変更しました"),
    "case.marked": N_("時刻の印を変えました"),
    "case.merged": N_("別の案件に統合しました"),
    "case.unmerged": N_("統合を解除しました"),
    "case.absorbed": N_("別の案件を統合しました"),
    "case.released": N_("統合していた案件を分けました"),
    "case.split": N_("報告を別の案件に分けました"),
    "case.split_from": N_("別の案件の報告を分けて作りました"),
    "case.rejoined": N_("分けた報告を戻しました"),
    "case.grouped": N_("事象にまとめました"),
    "case.ungrouped": N_("事象から外しました"),
    "case.notice": N_("届出の要否を確かめました"),
    "case.left_out": N_("台帳の対象外にしました"),
}
DECISION_LABELS = {
    domain.Decision.APPROVED: N_("承認"),
    domain.Decision.RETURNED: N_("差戻し"),
    domain.Decision.PROXY: N_("代決"),
    domain.Decision.POST_REVIEW: N_("後閲"),
    domain.Decision.CIRCULATED: N_("供覧"),
    domain.Decision.WITHDRAWN: N_("引戻し"),
}
_VALUES: dict[str, Mapping[Any, str]] = {
    "state": domain.CASE_STATE_LABELS,
    "wait_reason": domain.WAIT_REASON_LABELS,
    "urgency": domain.URGENCY_LABELS,
    "severity": SEVERITY_LABELS,
    "cause_group": domain.CAUSE_GROUP_LABELS,
    "counts_as_failure": {True: N_("はい"), False: N_("いいえ")},
    "temporary_fix": {True: N_("はい"), False: N_("いいえ")},
    **dict.fromkeys((f"notice_{kind}" for kind in NOTICE_LABELS), VERDICT_LABELS),
}
_MOMENTS = {
    "stop_from",
    "stop_to",
    "occurred_at",
    "closed_at",
    "mark_stopped",
    "mark_arrived",
    "mark_temporary",
    "mark_restored",
}
# The action, the reason and the page's head tell these already; keys say nothing to a reader.
_UNTOLD = {"state", "state_reason", "merged_into_id", "facility_id", "closed_at"}
_NAMED = ("position_id", "device_id", "company_id")


@dataclass(frozen=True)
class Value:
    """A word of the catalogue, a moment, or plain text; all None for an empty field."""

    word: str | None = None
    at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True)
class Change:
    label: str
    before: Value
    after: Value
    has_values: bool


def named_ids(rows: Iterable[Any]) -> set[str]:
    """The keys in entries of the trail that a reader wants to see as names."""
    told = (part for row in rows for part in (row.before or {}, row.after or {}))
    return {str(part[name]) for part in told for name in _NAMED if part.get(name)}


def _value(name: str, value: Any, names: Mapping[str, str]) -> Value:
    if value is None:
        return Value()
    if name in _NAMED:
        return Value(text=names.get(str(value)))
    if name in _MOMENTS:
        return Value(at=datetime.fromisoformat(str(value)))
    if name in _VALUES:
        return Value(word=_VALUES[name].get(value, str(value)))
    return Value(text=str(value))


def changes_of(row: Any, names: Mapping[str, str]) -> list[Change]:
    """The changed fields of one entry of the trail, in words; ``names`` says keys' names."""
    before, after = row.before or {}, row.after or {}
    return [
        Change(
            FIELD_LABELS[name],
            _value(name, before.get(name), names),
            _value(name, after[name], names),
            has_values=name not in _NAMED or _is_known(before.get(name), after[name], names),
        )
        for name in FIELD_LABELS
        if name in after and name not in _UNTOLD
    ]


def _is_known(before: Any, after: Any, names: Mapping[str, str]) -> bool:
    """A name that one may not see is left out, not shown as nothing."""
    return all(one is None or str(one) in names for one in (before, after))


LABELS: dict[str, Mapping[Any, str]] = {
    "state": domain.CASE_STATE_LABELS,
    "wait_reason": domain.WAIT_REASON_LABELS,
    "urgency": domain.URGENCY_LABELS,
    "severity": SEVERITY_LABELS,
    "precision": domain.OCCURRED_PRECISION_LABELS,
    "detection": domain.DETECTION_LABELS,
    "alarm_class": domain.ALARM_CLASS_LABELS,
    "operation_effect": domain.OPERATION_EFFECT_LABELS,
    "environment_effect": domain.ENVIRONMENT_EFFECT_LABELS,
    "report_kind": domain.REPORT_KIND_LABELS,
    "entry_mode": domain.ENTRY_MODE_LABELS,
    "response_kind": domain.RESPONSE_KIND_LABELS,
    "actor_type": domain.ACTOR_TYPE_LABELS,
    "action_code": domain.ACTION_CODE_LABELS,
    "expenditure_class": domain.EXPENDITURE_CLASS_LABELS,
    "cause_group": domain.CAUSE_GROUP_LABELS,
    "decision": DECISION_LABELS,
    "attachment_kind": ATTACHMENT_KIND_LABELS,
    "action": ACTION_LABELS,
    "symptom": {code: symptom.label for code, symptom in SYMPTOMS.items()},
    "step": {step.value: STEP_LABELS[step] for step in Step},
    "step_key": {step.value: key for step, key in STEP_KEYS.items()},
}
