"""Every record in every state, and where it leads."""

from datetime import date

import pytest

from service.work_requests.domain import (
    MOVES,
    NotNow,
    RecordKind,
    RequestState,
    after,
    follow,
    is_overdue,
)

ALLOWED = {
    (RequestState.REQUESTED, RecordKind.ACKNOWLEDGED): RequestState.ACKNOWLEDGED,
    (RequestState.REQUESTED, RecordKind.CANCELLED): RequestState.CANCELLED,
    (RequestState.ACKNOWLEDGED, RecordKind.WORK): RequestState.ACKNOWLEDGED,
    (RequestState.ACKNOWLEDGED, RecordKind.DONE): RequestState.DONE,
    (RequestState.ACKNOWLEDGED, RecordKind.CANCELLED): RequestState.CANCELLED,
    (RequestState.DONE, RecordKind.RETURNED): RequestState.ACKNOWLEDGED,
}


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("kind", list(RecordKind))
def test_each_pair(state: RequestState, kind: RecordKind):
    if (state, kind) in ALLOWED:
        assert after(state, kind) is ALLOWED[state, kind]
    else:
        with pytest.raises(NotNow):
            after(state, kind)
    assert set(MOVES) == set(RequestState)


def test_records_lead_to_the_state():
    kinds = [RecordKind.ACKNOWLEDGED, RecordKind.DONE, RecordKind.RETURNED, RecordKind.WORK]
    assert follow(kinds) is RequestState.ACKNOWLEDGED
    assert follow([]) is RequestState.REQUESTED


def test_only_what_waits_is_overdue():
    day = date(2026, 11, 23)
    assert is_overdue(RequestState.REQUESTED, date(2026, 11, 22), day)
    assert not is_overdue(RequestState.REQUESTED, day, day)
    assert not is_overdue(RequestState.DONE, date(2026, 11, 22), day)
    assert not is_overdue(RequestState.REQUESTED, None, day)
