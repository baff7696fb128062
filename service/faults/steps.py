"""The steps that people take with a case, and the state each leads to."""

from enum import StrEnum

from service.core.errors import Conflict, Invalid
from service.core.i18n.marker import N_
from service.faults.domain import OPEN_STATES, TRANSITIONS, CaseState


class Step(StrEnum):
    ACCEPT = "accept"
    START = "start"
    WAIT = "wait"
    RESOLVE = "resolve"
    SUBMIT = "submit"
    RETURN = "return"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"


STEP_LABELS = {
    Step.ACCEPT: N_("受け付ける"),
    Step.START: N_("対応を始める"),
    Step.WAIT: N_("待ちにする"),
    Step.RESOLVE: N_("処置完了にする"),
    Step.SUBMIT: N_("決裁へ回す"),
    Step.RETURN: N_("差し戻す"),
    Step.CLOSE: N_("完結にする"),
    Step.DISMISS: N_("対象外にする"),
    Step.REOPEN: N_("再開する"),
}
# Of the keyboard, on the case's page.
STEP_KEYS = {
    Step.ACCEPT: "a",
    Step.START: "s",
    Step.WAIT: "w",
    Step.RESOLVE: "d",
    Step.CLOSE: "c",
    Step.SUBMIT: "p",
}
TARGETS = {
    Step.ACCEPT: CaseState.ACCEPTED,
    Step.START: CaseState.IN_PROGRESS,
    Step.WAIT: CaseState.WAITING,
    Step.RESOLVE: CaseState.RESOLVED,
    Step.SUBMIT: CaseState.IN_APPROVAL,
    Step.RETURN: CaseState.RETURNED,
    Step.CLOSE: CaseState.CLOSED,
    Step.DISMISS: CaseState.DISMISSED,
    Step.REOPEN: CaseState.REOPENED,
}
MERGEABLE = frozenset(state for state, next_ in TRANSITIONS.items() if CaseState.MERGED in next_)
AT_WORK = OPEN_STATES - {CaseState.RESOLVED, CaseState.IN_APPROVAL}


class DowntimeUnknown(Invalid):
    code = "downtime-unknown"
    message = N_("停止と復旧の日時を入力するか、「停止なし」を選んでください。")


class CaseIsMerged(Conflict):
    code = "case-is-merged"
    message = N_("この案件は別の案件に統合されています。統合先の案件に記録してください。")


class CannotMerge(Conflict):
    code = "cannot-merge"
    message = N_("この案件には統合できません。統合先の状態を確かめてください。")


class NotAtWork(Conflict):
    code = "not-at-work"
    message = N_("応急処置済の印は、処置完了前の案件にだけ付けられます。")


class AlreadyCorrected(Conflict):
    code = "already-corrected"
    message = N_("この記録はすでに訂正されています。最新の記録を訂正してください。")


def steps_from(state: CaseState) -> list[Step]:
    """What may be done next; un-merging is not a step of its own state machine."""
    if state is CaseState.MERGED:
        return []
    return [step for step, target in TARGETS.items() if target in TRANSITIONS[state]]
