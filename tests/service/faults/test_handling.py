"""Every pair of states through the use case, stale edits, downtime, merging; random walks."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import DomainError, Forbidden, NotFound, Stale
from service.core.identity import new_id
from service.faults.domain import (
    TRANSITIONS,
    CaseState,
    EndsBeforeStart,
    InvalidTransition,
    ReasonMissing,
    WaitReason,
)
from service.faults.models import FaultCase
from service.faults.schemas import CaseChange, Reasoned, Resolve, ResponseCreate, Wait
from service.faults.service import (
    add_response,
    change_case,
    file_report,
    merge,
    take_step,
    unmerge,
)
from service.faults.steps import (
    TARGETS,
    AlreadyCorrected,
    CannotMerge,
    CaseIsMerged,
    DowntimeUnknown,
    NotAtWork,
    Step,
)
from tests.service.faults.conftest import City, build_city, make_report, rows


@pytest.fixture
def town(session: Session) -> City:
    return build_city(session)


def _case(session: Session, town: City, state: CaseState = CaseState.REPORTED) -> UUID:
    """A case as it stands in that state, whatever way led there."""
    filed = file_report(session, make_report(town), by=town.staff)
    if state is CaseState.MERGED:
        other = file_report(session, make_report(town), by=town.staff)
        merge(session, filed.case_id, other.case_id, by=town.staff, reason="重複")
    elif state is not CaseState.REPORTED:
        session.execute(
            text(
                "update fault_case set state = :state, wait_reason = :wait, closed_at = :closed"
                " where id = :id"
            ),
            {
                "state": state,
                "wait": "parts" if state is CaseState.WAITING else None,
                "closed": now() if state is CaseState.CLOSED else None,
                "id": filed.case_id,
            },
        )
    return filed.case_id


def _given(step: Step) -> Reasoned:
    if step is Step.WAIT:
        return Wait(wait_reason=WaitReason.PARTS, reason="部品の納期12月")
    return Resolve(no_downtime=True, reason="理由")


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("state", list(CaseState))
def test_every_step_from_every_state(session: Session, town: City, state: CaseState, step: Step):
    case_id = _case(session, town, state)
    if state is CaseState.MERGED:
        with pytest.raises(CaseIsMerged):
            take_step(session, case_id, step, _given(step), by=town.staff)
    elif TARGETS[step] in TRANSITIONS[state]:
        case = take_step(session, case_id, step, _given(step), by=town.staff)
        assert case.state == TARGETS[step]
        entry = rows(
            session,
            "select before, after, reason from audit_entry"
            " where target_id = :id and action = :action",
            id=str(case_id),
            action=f"case.{step.value}",
        )[0]
        assert (entry.before["state"], entry.after["state"]) == (state, TARGETS[step])
    else:
        with pytest.raises(InvalidTransition):
            take_step(session, case_id, step, _given(step), by=town.staff)


def test_a_stale_change_is_refused_and_changes_nothing(session: Session, town: City):
    case_id = _case(session, town)
    first = take_step(session, case_id, Step.ACCEPT, by=town.staff, expected=1)
    assert first.version == 2
    with pytest.raises(Stale):
        change_case(session, case_id, CaseChange(urgency="S"), by=town.staff, expected=1)
    assert session.get(FaultCase, case_id).urgency is None


def test_only_changed_fields_reach_the_trail_and_nothing_happens_without_a_change(
    session: Session, town: City
):
    case_id = _case(session, town)
    change = CaseChange(urgency="A", severity=3)
    version = change_case(session, case_id, change, by=town.staff).version
    assert change_case(session, case_id, change, by=town.staff).version == version
    entries = rows(
        session,
        "select before, after from audit_entry where target_id = :id and action = 'case.updated'",
        id=str(case_id),
    )
    assert [(e.before, e.after) for e in entries] == [({"urgency": None}, {"urgency": "A"})]


def test_a_case_closes_only_with_its_downtime_known(session: Session, town: City):
    case_id = _case(session, town, CaseState.RESOLVED)
    with pytest.raises(DowntimeUnknown):
        take_step(session, case_id, Step.CLOSE, Resolve(), by=town.staff)
    start = now() - timedelta(hours=3)
    wrong = Resolve(stop_from=start, stop_to=start - timedelta(hours=1))
    with pytest.raises(EndsBeforeStart):
        take_step(session, case_id, Step.CLOSE, wrong, by=town.staff)
    times = Resolve(stop_from=start, stop_to=start + timedelta(hours=2))
    case = take_step(session, case_id, Step.CLOSE, times, by=town.staff)
    assert case.stop_to - case.stop_from == timedelta(hours=2)
    assert case.closed_at is not None


def test_no_downtime_is_an_answer_and_is_kept_as_an_empty_interval(session: Session, town: City):
    case_id = _case(session, town, CaseState.RESOLVED)
    case = take_step(session, case_id, Step.CLOSE, Resolve(no_downtime=True), by=town.staff)
    assert case.stop_from == case.stop_to == case.occurred_at


@pytest.mark.parametrize("step", [Step.DISMISS, Step.WAIT])
def test_leaving_or_waiting_needs_a_reason(session: Session, town: City, step: Step):
    case_id = _case(session, town, CaseState.ACCEPTED)
    with pytest.raises(ReasonMissing):
        take_step(session, case_id, step, Reasoned(), by=town.staff)


def test_a_closed_case_is_corrected_only_with_a_reason(session: Session, town: City):
    case_id = _case(session, town, CaseState.CLOSED)
    with pytest.raises(ReasonMissing):
        change_case(session, case_id, CaseChange(counts_as_failure=False), by=town.staff)
    change = CaseChange(counts_as_failure=False, reason="再調査で誤報と判明")
    assert change_case(session, case_id, change, by=town.staff).counts_as_failure is False


def test_the_mark_of_a_temporary_fix_is_for_unresolved_cases(session: Session, town: City):
    with pytest.raises(NotAtWork):
        change_case(
            session,
            _case(session, town, CaseState.RESOLVED),
            CaseChange(temporary_fix=True),
            by=town.staff,
        )
    case_id = _case(session, town, CaseState.IN_PROGRESS)
    new = ResponseCreate(kind="temporary_fix", description="仮設ポンプを設置")
    add_response(session, case_id, new, by=town.staff)
    assert session.get(FaultCase, case_id).temporary_fix is True


def test_a_case_moved_to_another_position_takes_its_facility_and_device(
    session: Session, town: City
):
    case_id = _case(session, town)
    change = CaseChange(position_id=town.other_pump_id, reason="タグの取り違え")
    case = change_case(session, case_id, change, by=town.staff)
    assert (case.facility_id, case.position_id) == (town.other_facility_id, town.other_pump_id)
    assert case.device_id not in {town.old_device_id, town.new_device_id}


def test_unknown_cases_positions_and_companies_are_not_found(session: Session, town: City):
    case_id = _case(session, town)
    for change in (CaseChange(company_id=new_id()), CaseChange(position_id=new_id())):
        with pytest.raises(NotFound):
            change_case(session, case_id, change, by=town.staff)
    with pytest.raises(NotFound):
        take_step(session, new_id(), Step.ACCEPT, by=town.staff)


@pytest.mark.parametrize("who", ["contractor", "engineer"])
def test_only_staff_handle_cases(session: Session, town: City, who: str):
    case_id = _case(session, town)
    with pytest.raises(Forbidden):
        take_step(session, case_id, Step.ACCEPT, by=getattr(town, who))


def test_responses_count_up_and_a_correction_supersedes_once(session: Session, town: City):
    case_id = _case(session, town, CaseState.IN_PROGRESS)
    first = add_response(
        session,
        case_id,
        ResponseCreate(kind="order", description="発注", cost_yen=1),
        by=town.staff,
    )
    corrected = ResponseCreate(
        kind="order", description="発注（金額訂正）", cost_yen=880_000, supersedes_id=first.id
    )
    second = add_response(session, case_id, corrected, by=town.staff)
    assert (first.seq, second.seq, second.actor_name) == (1, 2, "下水 花子")
    with pytest.raises(AlreadyCorrected):
        add_response(session, case_id, corrected, by=town.staff)
    with pytest.raises(NotFound):
        add_response(session, _case(session, town), corrected, by=town.staff)


@pytest.mark.parametrize(
    "statement", ["update response_record set description = ''", "delete from response_record"]
)
def test_postgresql_refuses_to_change_a_response(session: Session, town: City, statement: str):
    case_id = _case(session, town)
    new = ResponseCreate(kind="site_check", description="現地確認")
    add_response(session, case_id, new, by=town.staff)
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


def test_merging_keeps_the_earlier_occurrence_and_unmerging_restores_exactly(
    session: Session, town: City
):
    early, late = now() - timedelta(hours=9), now() - timedelta(hours=2)
    kept = file_report(session, make_report(town, occurred_at=late), by=town.staff).case_id
    gone = file_report(session, make_report(town, occurred_at=early), by=town.staff).case_id
    take_step(session, gone, Step.ACCEPT, by=town.staff)
    take_step(session, gone, Step.WAIT, _given(Step.WAIT), by=town.staff)
    before = [_picture(session, case_id) for case_id in (kept, gone)]
    merge(session, gone, kept, by=town.staff, reason="同じ詰まり")
    assert session.get(FaultCase, kept).occurred_at == early
    with pytest.raises(CaseIsMerged):
        add_response(session, gone, ResponseCreate(kind="order", description="発注"), by=town.staff)
    unmerge(session, gone, by=town.staff, reason="別の故障")
    assert [_picture(session, case_id) for case_id in (kept, gone)] == before


def _picture(session: Session, case_id: UUID) -> dict[str, object]:
    case = session.get(FaultCase, case_id)
    session.refresh(case)
    return case.model_dump(exclude={"version", "updated_at", "updated_by"})


def test_nothing_merges_into_itself_a_merged_or_a_dismissed_case(session: Session, town: City):
    case_id = _case(session, town)
    for target in (
        case_id,
        _case(session, town, CaseState.MERGED),
        _case(session, town, CaseState.DISMISSED),
    ):
        with pytest.raises(CannotMerge):
            merge(session, case_id, target, by=town.staff, reason="重複")


class Walk(RuleBasedStateMachine):
    """People do anything in any order; the table decides, and the database agrees."""

    engine: Engine
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        identify(self.session, SYSTEM)
        self.states: dict[UUID, CaseState] = {}

    @initialize()
    def town(self) -> None:
        self.city = build_city(self.session)

    @rule(target=cases)
    def report(self) -> UUID:
        filed = file_report(self.session, make_report(self.city), by=self.city.staff)
        self.states[filed.case_id] = CaseState.REPORTED
        return filed.case_id

    @rule(case_id=cases, step=st.sampled_from(Step))
    def take_a_step(self, case_id: UUID, step: Step) -> None:
        target = TARGETS[step]
        try:
            with self.session.begin_nested():
                take_step(self.session, case_id, step, _given(step), by=self.city.staff)
        except CaseIsMerged:
            assert self.states[case_id] is CaseState.MERGED
        except InvalidTransition:
            assert target not in TRANSITIONS[self.states[case_id]]
        else:
            assert target in TRANSITIONS[self.states[case_id]]
            self.states[case_id] = target

    @rule(case_id=cases, into_id=cases)
    def merge_two(self, case_id: UUID, into_id: UUID) -> None:
        try:
            with self.session.begin_nested():
                merge(self.session, case_id, into_id, by=self.city.staff, reason="重複")
        except DomainError:
            return
        self.states[case_id] = CaseState.MERGED

    @rule(case_id=cases)
    def take_apart(self, case_id: UUID) -> None:
        try:
            with self.session.begin_nested():
                case = unmerge(self.session, case_id, by=self.city.staff)
        except InvalidTransition:
            assert self.states[case_id] is not CaseState.MERGED
            return
        assert self.states[case_id] is CaseState.MERGED
        self.states[case_id] = CaseState(case.state)

    @invariant()
    def the_database_agrees(self) -> None:
        found = {
            row.id: row.state
            for row in self.session.execute(
                text("select id, state from fault_case where id = any(:ids)"),
                {"ids": list(self.states)},
            )
        }
        assert found == self.states

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()


def test_random_walks_never_leave_the_table(engine: Engine):
    Walk.engine = engine
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
