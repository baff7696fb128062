"""Two people act on one case in the same moment, each in a transaction of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.core.clock import now
from service.core.errors import DomainError, Stale
from service.faults.domain import TRANSITIONS, CaseState, InvalidTransition, WaitReason
from service.faults.handling import take_step
from service.faults.schemas import Reasoned, Resolve, ResponseCreate, Wait
from service.faults.service import add_response, file_report, merge
from service.faults.steps import TARGETS, CannotMerge, CaseIsMerged, Step, steps_from
from tests.service.faults.conftest import AsActor, City, make_report, rows

STATES = [state for state in CaseState if state is not CaseState.MERGED]
TOGETHER_S = 60


def _case(as_actor: AsActor, city: City, state: CaseState) -> UUID:
    with as_actor(city.staff) as session:
        case_id = file_report(session, make_report(city), by=city.staff).case_id
        session.execute(
            text(
                "update fault_case set state = :state, wait_reason = :wait, closed_at = :closed"
                " where id = :id"
            ),
            {
                "state": state,
                "wait": "parts" if state is CaseState.WAITING else None,
                "closed": now() if state is CaseState.CLOSED else None,
                "id": case_id,
            },
        )
    return case_id


def _given(step: Step) -> Reasoned:
    if step is Step.WAIT:
        return Wait(wait_reason=WaitReason.PARTS)
    return Resolve(no_downtime=True, reason="理由")


def _at_once(
    as_actor: AsActor, city: City, *acts: Callable[[Any], object]
) -> list[DomainError | None]:
    """Each act in its own transaction, begun together; what each was told."""
    together = Barrier(len(acts))

    def one(act: Callable[[Any], object]) -> DomainError | None:
        try:
            with as_actor(city.staff) as session:
                together.wait(TOGETHER_S)
                act(session)
        except DomainError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def _step(
    city: City, case_id: UUID, step: Step, expected: int | None = None
) -> Callable[[Any], object]:
    return lambda session: take_step(
        session, case_id, step, _given(step), by=city.staff, expected=expected
    )


def _serial(state: CaseState, steps: tuple[Step, ...]) -> tuple[CaseState, int]:
    """Where the steps lead one after the other, and how many are taken."""
    taken = 0
    for step in steps:
        if TARGETS[step] in TRANSITIONS[state]:
            state, taken = TARGETS[step], taken + 1
    return state, taken


@pytest.mark.parametrize("state", STATES)
def test_two_steps_end_as_one_after_the_other(city: City, as_actor: AsActor, state: CaseState):
    for pair in combinations_with_replacement(steps_from(state), 2):
        case_id = _case(as_actor, city, state)
        told = _at_once(as_actor, city, *(_step(city, case_id, step) for step in pair))
        with as_actor(city.staff) as session:
            (case,) = rows(session, "select state from fault_case where id = :id", id=case_id)
            trail = rows(
                session,
                "select before->>'state' as before, after->>'state' as after from audit_entry"
                " where target_id = :id and after ? 'state' order by id",
                id=str(case_id),
            )
        succeeded = sum(error is None for error in told)
        possible = {_serial(state, pair), _serial(state, pair[::-1])}
        assert (CaseState(case.state), succeeded) in possible, (state, pair)
        assert all(isinstance(error, InvalidTransition) for error in told if error)
        states = [state, *(entry.after for entry in trail)]
        assert [entry.before for entry in trail] == states[:-1], "each step saw the one before it"


def test_of_two_changes_to_one_version_exactly_one_is_kept(city: City, as_actor: AsActor):
    for _ in range(10):
        with as_actor(city.staff) as session:
            case_id = file_report(session, make_report(city), by=city.staff).case_id
        acts = (_step(city, case_id, step, 1) for step in (Step.ACCEPT, Step.DISMISS))
        told = _at_once(as_actor, city, *acts)
        assert sorted(type(error) for error in told if error) == [Stale]


def test_two_merges_across_each_other_leave_one_open_case(city: City, as_actor: AsActor):
    for _ in range(10):
        first, second = (_case(as_actor, city, CaseState.ACCEPTED) for _ in range(2))

        def joining(case_id: UUID, into_id: UUID) -> Callable[[Any], object]:
            return lambda session: merge(session, case_id, into_id, by=city.staff, reason="重複")

        told = _at_once(as_actor, city, joining(first, second), joining(second, first))
        assert sorted(type(error).__name__ for error in told if error) == [CannotMerge.__name__]
        with as_actor(city.staff) as session:
            found = rows(
                session, "select state from fault_case where id = any(:ids)", ids=[first, second]
            )
        assert sorted(row.state for row in found) == ["accepted", "merged"]


def test_responses_written_at_once_are_numbered_and_none_is_lost(city: City, as_actor: AsActor):
    case_id = _case(as_actor, city, CaseState.IN_PROGRESS)
    new = ResponseCreate(kind="site_check", description="現地確認")

    def write(session: Any) -> object:
        return add_response(session, case_id, new, by=city.staff)

    told = _at_once(as_actor, city, *[write] * 6)
    assert told == [None] * 6
    with as_actor(city.staff) as session:
        found = rows(session, "select seq from response_record where case_id = :id", id=case_id)
    assert sorted(row.seq for row in found) == [1, 2, 3, 4, 5, 6]


def test_a_response_and_a_merge_at_once(city: City, as_actor: AsActor):
    """Either the response came first and went along, or the case was gone."""
    new = ResponseCreate(kind="site_check", description="現地確認")
    for _ in range(10):
        case_id, into_id = (_case(as_actor, city, CaseState.IN_PROGRESS) for _ in range(2))
        wrote, merged = _at_once(
            as_actor,
            city,
            lambda session, case_id=case_id: add_response(session, case_id, new, by=city.staff),
            lambda session, case_id=case_id, into_id=into_id: merge(
                session, case_id, into_id, by=city.staff, reason="重複"
            ),
        )
        assert merged is None
        assert wrote is None or isinstance(wrote, CaseIsMerged)
