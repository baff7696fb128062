"""Fault cases: their words, their states, and which step may follow which."""

from enum import StrEnum

from service.core.errors import Conflict, Invalid
from service.core.i18n.marker import N_
from service.faults.vocabulary import (
    ACTION_CODE_LABELS,
    ACTOR_TYPE_LABELS,
    ALARM_CLASS_LABELS,
    CAUSE_GROUP_LABELS,
    DETECTION_LABELS,
    ENTRY_MODE_LABELS,
    ENVIRONMENT_EFFECT_LABELS,
    EXPENDITURE_CLASS_LABELS,
    OCCURRED_PRECISION_LABELS,
    OPERATION_EFFECT_LABELS,
    REPORT_KIND_LABELS,
    RESPONSE_KIND_LABELS,
    URGENCY_LABELS,
    ActionCode,
    ActorType,
    AlarmClass,
    ApprovalRole,
    ApprovalTarget,
    CauseGroup,
    Decision,
    Detection,
    EntryMode,
    EnvironmentEffect,
    ExpenditureClass,
    OccurredPrecision,
    OperationEffect,
    ReportKind,
    ResponseKind,
    Urgency,
)

__all__ = [
    "ACTION_CODE_LABELS",
    "ACTOR_TYPE_LABELS",
    "ALARM_CLASS_LABELS",
    "CASE_STATE_LABELS",
    "CAUSE_GROUP_LABELS",
    "DETECTION_LABELS",
    "ENTRY_MODE_LABELS",
    "ENVIRONMENT_EFFECT_LABELS",
    "EXPENDITURE_CLASS_LABELS",
    "NEEDS_REASON",
    "OCCURRED_PRECISION_LABELS",
    "OPEN_STATES",
    "OPERATION_EFFECT_LABELS",
    "REPORT_KIND_LABELS",
    "RESPONSE_KIND_LABELS",
    "TRANSITIONS",
    "URGENCY_LABELS",
    "WAIT_REASON_LABELS",
    "ActionCode",
    "ActorType",
    "AlarmClass",
    "ApprovalRole",
    "ApprovalTarget",
    "CaseState",
    "CauseGroup",
    "Decision",
    "Detection",
    "EndsBeforeStart",
    "EntryMode",
    "EnvironmentEffect",
    "ExpenditureClass",
    "InvalidTransition",
    "OccurredPrecision",
    "OperationEffect",
    "PositionOrDescriptionMissing",
    "ReasonMissing",
    "ReportKind",
    "ResponseKind",
    "SameIdOtherContent",
    "SymptomMissing",
    "Urgency",
    "WaitReason",
    "ensure_reason",
    "ensure_transition",
]


class CaseState(StrEnum):
    REPORTED = "reported"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    IN_APPROVAL = "in_approval"
    CLOSED = "closed"
    RETURNED = "returned"
    MERGED = "merged"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


CASE_STATE_LABELS = {
    CaseState.REPORTED: N_("報告"),
    CaseState.ACCEPTED: N_("受付"),
    CaseState.IN_PROGRESS: N_("対応中"),
    CaseState.WAITING: N_("待ち"),
    CaseState.RESOLVED: N_("処置完了"),
    CaseState.IN_APPROVAL: N_("決裁中"),
    CaseState.CLOSED: N_("完結"),
    CaseState.RETURNED: N_("差戻し"),
    CaseState.MERGED: N_("統合"),
    CaseState.DISMISSED: N_("対象外"),
    CaseState.REOPENED: N_("再開"),
}

_S = CaseState
TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    _S.REPORTED: frozenset({_S.ACCEPTED, _S.MERGED, _S.DISMISSED}),
    _S.ACCEPTED: frozenset({_S.IN_PROGRESS, _S.WAITING, _S.RESOLVED, _S.MERGED, _S.DISMISSED}),
    _S.IN_PROGRESS: frozenset({_S.WAITING, _S.RESOLVED, _S.MERGED, _S.DISMISSED}),
    _S.WAITING: frozenset({_S.IN_PROGRESS, _S.RESOLVED, _S.MERGED, _S.DISMISSED}),
    _S.RESOLVED: frozenset({_S.IN_APPROVAL, _S.CLOSED, _S.REOPENED}),
    _S.IN_APPROVAL: frozenset({_S.CLOSED, _S.RETURNED}),
    _S.RETURNED: frozenset({_S.IN_PROGRESS, _S.RESOLVED, _S.IN_APPROVAL}),
    _S.CLOSED: frozenset({_S.REOPENED}),
    _S.DISMISSED: frozenset({_S.REOPENED}),
    _S.MERGED: frozenset({_S.REPORTED, _S.ACCEPTED, _S.IN_PROGRESS, _S.WAITING, _S.REOPENED}),
    _S.REOPENED: frozenset({_S.IN_PROGRESS, _S.WAITING, _S.RESOLVED, _S.MERGED, _S.DISMISSED}),
}
OPEN_STATES = frozenset(
    {
        _S.REPORTED,
        _S.ACCEPTED,
        _S.IN_PROGRESS,
        _S.WAITING,
        _S.RESOLVED,
        _S.IN_APPROVAL,
        _S.RETURNED,
        _S.REOPENED,
    }
)


class WaitReason(StrEnum):
    PARTS = "parts"
    BUDGET = "budget"
    CONTRACTOR = "contractor"
    WEATHER = "weather"


WAIT_REASON_LABELS = {
    WaitReason.PARTS: N_("部品待ち"),
    WaitReason.BUDGET: N_("予算待ち"),
    WaitReason.CONTRACTOR: N_("業者待ち"),
    WaitReason.WEATHER: N_("天候待ち"),
}


class InvalidTransition(Conflict):
    code = "invalid-transition"
    message = N_("「%(current)s」の案件を「%(target)s」にはできません。")


class ReasonMissing(Invalid):
    code = "reason-missing"
    message = N_("理由を入力してください。")


class SameIdOtherContent(Conflict):
    code = "same-id-other-content"
    message = N_(
        "同じ番号で内容の違う報告がすでに届いています。新しい報告として送り直してください。"
    )


class PositionOrDescriptionMissing(Invalid):
    code = "position-or-description-missing"
    message = N_("設置箇所を選ぶか、未登録の機器の説明を入力してください。")


class SymptomMissing(Invalid):
    code = "symptom-missing"
    message = N_("症状を選んでください。")


class EndsBeforeStart(Invalid):
    code = "ends-before-start"
    message = N_("終わりの日時が始まりの日時より前になっています。")


NEEDS_REASON = frozenset({_S.DISMISSED, _S.RETURNED, _S.REOPENED, _S.MERGED})


def ensure_transition(current: CaseState, target: CaseState) -> None:
    if target not in TRANSITIONS[current]:
        raise InvalidTransition(
            current=CASE_STATE_LABELS[current], target=CASE_STATE_LABELS[target]
        )


def ensure_reason(target: CaseState, reason: str | None) -> None:
    if target in NEEDS_REASON and not (reason and reason.strip()):
        raise ReasonMissing
