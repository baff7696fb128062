"""市民の窓口: what anybody may tell the city, and the little that is told back."""

import secrets
from enum import StrEnum

from service.core.errors import Conflict, Invalid
from service.core.i18n.marker import N_
from service.faults.domain import CaseState


class Topic(StrEnum):
    OVERFLOW = "overflow"
    ODOUR = "odour"
    NOISE = "noise"
    COVER = "cover"
    PUMP_ALARM = "pump_alarm"
    OTHER = "other"


TOPIC_LABELS = {
    Topic.OVERFLOW: N_("汚水があふれている"),
    Topic.ODOUR: N_("においがする"),
    Topic.NOISE: N_("ポンプ場などの音や振動"),
    Topic.COVER: N_("マンホールのふたの異常"),
    Topic.PUMP_ALARM: N_("マンホールポンプの警報（赤色灯・ブザー）"),
    Topic.OTHER: N_("そのほかの異常"),
}


class PublicState(StrEnum):
    """All that the public learns of how a request is handled."""

    RECEIVED = "received"
    CHECKING = "checking"
    AT_WORK = "at_work"
    DONE = "done"
    NOT_OURS = "not_ours"


PUBLIC_STATE_LABELS = {
    PublicState.RECEIVED: N_("受け付けました"),
    PublicState.CHECKING: N_("状況を確認しています"),
    PublicState.AT_WORK: N_("対応しています"),
    PublicState.DONE: N_("対応が終わりました"),
    PublicState.NOT_OURS: N_("市の下水道設備ではありませんでした"),
}


class Closing(StrEnum):
    DONE = "done"
    NOT_OURS = "not_ours"


_S, _P = CaseState, PublicState
_OF_CASE = {
    _S.REPORTED: _P.CHECKING,
    _S.ACCEPTED: _P.CHECKING,
    _S.IN_PROGRESS: _P.AT_WORK,
    _S.WAITING: _P.AT_WORK,
    _S.REOPENED: _P.AT_WORK,
    _S.RETURNED: _P.AT_WORK,
    _S.MERGED: _P.AT_WORK,
    _S.RESOLVED: _P.DONE,
    _S.IN_APPROVAL: _P.DONE,
    _S.CLOSED: _P.DONE,
    _S.DISMISSED: _P.NOT_OURS,
}


def public_state(closed_as: str | None, case_state: str | None) -> PublicState:
    """What the city decided of the request itself goes before its case."""
    if closed_as is not None:
        return PublicState(closed_as)
    return PublicState.RECEIVED if case_state is None else _OF_CASE[CaseState(case_state)]


# No letters that are taken for digits or for one another on the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 3, 4


def new_receipt_no() -> str:
    """Not a running number: knowing one tells of no other."""
    drawn = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(drawn[n : n + _GROUP]) for n in range(0, len(drawn), _GROUP))


def read_receipt_no(typed: str) -> str:
    """As people copy it: lower case, without dashes, with blanks."""
    plain = "".join(one for one in typed.upper() if one in _ALPHABET)[: _GROUPS * _GROUP]
    return "-".join(plain[n : n + _GROUP] for n in range(0, len(plain), _GROUP))


class UnknownReceipt(Invalid):
    code = "unknown-receipt"
    message = N_("この受付番号は見つかりません。番号を確かめてください。")


class AlreadyClosed(Conflict):
    code = "citizen-request-closed"
    message = N_("この連絡は、すでに終わりにしています。")
