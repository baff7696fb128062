from itertools import product

import pytest

from service.faults.domain import (
    NEEDS_REASON,
    OPEN_STATES,
    TRANSITIONS,
    CaseState,
    InvalidTransition,
    ReasonMissing,
    ensure_reason,
    ensure_transition,
)
from service.faults.steps import MERGEABLE, TARGETS, steps_from


@pytest.mark.parametrize(
    ("current", "target"), list(product(CaseState, CaseState)), ids=lambda state: state.value
)
def test_every_pair_of_states_is_either_allowed_or_refused(current: CaseState, target: CaseState):
    if target in TRANSITIONS[current]:
        ensure_transition(current, target)
    else:
        with pytest.raises(InvalidTransition):
            ensure_transition(current, target)


def test_no_state_follows_itself_and_every_state_has_a_way_on():
    for state in CaseState:
        assert state not in TRANSITIONS[state]
        assert TRANSITIONS[state]


def test_every_state_can_be_reached_from_a_new_report():
    reached, edge = set(), {CaseState.REPORTED}
    while edge:
        reached |= edge
        edge = {after for state in edge for after in TRANSITIONS[state]} - reached
    assert reached == set(CaseState)


@pytest.mark.parametrize("target", sorted(CaseState))
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_steps_back_and_out_need_a_reason(target: CaseState, reason: str | None):
    if target in NEEDS_REASON:
        with pytest.raises(ReasonMissing):
            ensure_reason(target, reason)
    else:
        ensure_reason(target, reason)


def test_the_steps_offered_are_exactly_those_that_the_table_allows():
    for state in CaseState:
        offered = {TARGETS[step] for step in steps_from(state)}
        expected = TRANSITIONS[state] - {CaseState.MERGED, CaseState.REPORTED}
        assert offered == (set() if state is CaseState.MERGED else expected)


def test_a_merged_case_can_return_to_every_state_it_may_have_come_from():
    assert TRANSITIONS[CaseState.MERGED] == MERGEABLE
    assert MERGEABLE <= OPEN_STATES
