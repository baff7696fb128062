"""対応依頼: the city asks a company to do something about a case, the company answers."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from service.core.errors import Conflict, Forbidden, Invalid
from service.core.i18n.marker import N_


class RequestState(StrEnum):
    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    CANCELLED = "cancelled"


REQUEST_STATE_LABELS = {
    RequestState.REQUESTED: N_("未受領"),
    RequestState.ACKNOWLEDGED: N_("受領・作業中"),
    RequestState.DONE: N_("作業完了"),
    RequestState.CANCELLED: N_("取消し"),
}
OPEN_REQUESTS = (RequestState.REQUESTED, RequestState.ACKNOWLEDGED)


class RecordKind(StrEnum):
    """Records are only added; the newest that moves the request says where it stands."""

    ACKNOWLEDGED = "acknowledged"
    WORK = "work"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"


RECORD_KIND_LABELS = {
    RecordKind.ACKNOWLEDGED: N_("受領しました"),
    RecordKind.WORK: N_("作業の記録"),
    RecordKind.DONE: N_("作業を完了しました"),
    RecordKind.RETURNED: N_("やり直しを依頼しました"),
    RecordKind.CANCELLED: N_("依頼を取り消しました"),
}
CITY_RECORDS = frozenset({RecordKind.RETURNED, RecordKind.CANCELLED})
COMPANY_RECORDS = frozenset(RecordKind) - CITY_RECORDS
_S, _K = RequestState, RecordKind
# What may be recorded in a state, and where it leads.
MOVES: dict[RequestState, dict[RecordKind, RequestState]] = {
    _S.REQUESTED: {_K.ACKNOWLEDGED: _S.ACKNOWLEDGED, _K.CANCELLED: _S.CANCELLED},
    _S.ACKNOWLEDGED: {
        _K.WORK: _S.ACKNOWLEDGED,
        _K.DONE: _S.DONE,
        _K.CANCELLED: _S.CANCELLED,
    },
    _S.DONE: {_K.RETURNED: _S.ACKNOWLEDGED},
    _S.CANCELLED: {},
}
NEEDS_WORDS = frozenset(RecordKind) - {RecordKind.ACKNOWLEDGED}


class NotNow(Conflict):
    code = "request-not-now"
    message = N_("「%(state)s」の依頼には、この記録を加えられません。")


class NoCompany(Invalid):
    code = "case-without-company"
    message = N_(
        "この案件には担当事業者が決まっていません。先に「判断」で担当事業者を選んでください。"
    )


class CaseSettled(Conflict):
    code = "case-settled"
    message = N_("終わった案件には対応を依頼できません。")


class WordsMissing(Invalid):
    code = "words-missing"
    message = N_("内容を入力してください。")


class OnlyTheCity(Forbidden):
    code = "only-the-city"
    message = N_("この記録を加えられるのは市の職員だけです。")


def follow(kinds: Iterable[RecordKind]) -> RequestState:
    """Where a request stands after its records, in their order."""
    state = RequestState.REQUESTED
    for kind in kinds:
        state = MOVES[state][kind]
    return state


def after(state: RequestState, kind: RecordKind) -> RequestState:
    """The state that the record leads to.

    Raises:
        NotNow: when the state does not allow it.
    """
    if kind not in MOVES[state]:
        raise NotNow(state=REQUEST_STATE_LABELS[state])
    return MOVES[state][kind]


def is_overdue(state: RequestState, due_on: date | None, today: date) -> bool:
    return state in OPEN_REQUESTS and due_on is not None and due_on < today
