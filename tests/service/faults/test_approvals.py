"""決裁: the right people in the right order, on nothing but what they have read."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import now, today
from service.core.errors import Forbidden
from service.core.identity import new_id
from service.faults import approval_desk, approval_offices, approval_queries, approvals, service
from service.faults.approval_domain import (
    AlreadySettled,
    ApprovalNeeded,
    ApprovalPending,
    CommentMissing,
    ContentChanged,
    NobodyApproves,
    NothingToReview,
    NotYourTurn,
    Post,
    Route,
    first_step,
    route_for,
)
from service.faults.approval_offices import AbsenceChange, PostCreate, RouteCreate
from service.faults.models import FaultCase
from service.faults.schemas import (
    CaseChange,
    ReportCreate,
    Resolve,
    ResponseCreate,
    Submission,
)
from service.faults.steps import DowntimeUnknown, Step
from service.faults.vocabulary import ApprovalRole, Decision, ResponseKind
from tests.factories import make_position, make_user

CHIEF, MANAGER, DIRECTOR = ApprovalRole.CHIEF, ApprovalRole.MANAGER, ApprovalRole.DIRECTOR
DAY = date(2024, 4, 1)
_APPROVED_OF_A_CASE = {
    "id",
    "created_at",
    "created_by",
    "case_no",
    "facility_id",
    "position_id",
    "device_id",
    "company_id",
    "unregistered_desc",
    "occurred_at",
    "occurred_precision",
    "found_at",
    "reported_at",
    "detection",
    "alarm_class",
    "alarm_text",
    "symptoms",
    "summary",
    "operation_effect",
    "environment_effects",
    "severity",
    "urgency",
    "rain_mm_h",
    "mechanism",
    "cause_group",
    "counts_as_failure",
    "merged_into_id",
    "temporary_fix",
    "stop_from",
    "stop_to",
}
_APPROVED_OF_A_RESPONSE = {
    "id",
    "created_at",
    "created_by",
    "case_id",
    "seq",
    "kind",
    "actor_type",
    "actor_name",
    "company_id",
    "started_at",
    "ended_at",
    "work_minutes",
    "action_code",
    "description",
    "cost_yen",
    "tax_included",
    "expenditure_class",
    "budget_item",
    "contract_ref",
    "prevention",
    "rollout",
    "supersedes_id",
}
NO_STOP = Submission(no_downtime=True)


class Office:
    """A clerk, a chief, a manager and a director, with two routes."""

    def __init__(self, session: Session) -> None:
        self.session = session
        admin = self._person(Role.ADMINISTRATOR)
        self.admin = admin
        self.clerk, self.chief, self.manager, self.director = (
            self._person(Role.STAFF) for _ in range(4)
        )
        for name, cost, steps in (
            ("軽易", 0, [CHIEF, MANAGER]),
            ("高額", 500_000, [CHIEF, MANAGER, DIRECTOR]),
        ):
            route = RouteCreate(
                name=name, min_cost_yen=cost, steps=steps, circulate=[DIRECTOR], valid_from=DAY
            )
            approval_offices.add_route(session, route, by=admin)
        self.posts = {}
        for role, holder, deputy in (
            (CHIEF, self.chief, self.clerk),
            (MANAGER, self.manager, self.chief),
            (DIRECTOR, self.director, self.manager),
        ):
            new = PostCreate(role=role, user_id=holder.id, deputy_id=deputy.id, valid_from=DAY)
            self.posts[role] = approval_offices.add_post(session, new, by=admin).id

    def _person(self, role: Role) -> Actor:
        user = make_user(self.session, role)
        return Actor(id=user.id, name=user.display_name, role=role)

    def away(self, role: ApprovalRole) -> None:
        change = AbsenceChange(absent_from=today(), absent_to=today() + timedelta(3))
        approval_offices.set_absence(self.session, self.posts[role], change, by=self.admin)

    def resolved(self, cost_yen: int | None = None) -> UUID:
        then = now() - timedelta(hours=5)
        report = ReportCreate(
            id=new_id(),
            position_id=make_position(self.session).id,
            occurred_at=then,
            captured_at=then,
            symptoms=["S01"],
            body="起動しない",
        )
        case_id = service.file_report(self.session, report, by=self.clerk).case_id
        service.take_step(self.session, case_id, Step.ACCEPT, by=self.clerk)
        fix = ResponseCreate(
            kind=ResponseKind.PERMANENT_FIX, description="部品を交換", cost_yen=cost_yen
        )
        service.add_response(self.session, case_id, fix, by=self.clerk)
        service.take_step(
            self.session, case_id, Step.RESOLVE, Resolve(no_downtime=True), by=self.clerk
        )
        return case_id

    def state(self, case_id: UUID) -> str:
        case = self.session.get(FaultCase, case_id)
        assert case is not None
        return case.state


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def _decide(office: Office, request_id: UUID, *people: Actor, comment: str | None = None) -> None:
    for person in people:
        approvals.decide(office.session, request_id, Decision.APPROVED, comment, by=person)


def test_a_case_goes_from_hand_to_hand_and_closes(office: Office) -> None:
    case_id = office.resolved(10_000)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    assert (request.route_name, office.state(case_id)) == ("軽易", "in_approval")
    with pytest.raises(NotYourTurn):
        _decide(office, request.id, office.manager)
    _decide(office, request.id, office.chief, office.manager)
    assert (request.state, office.state(case_id)) == ("approved", "closed")
    with pytest.raises(AlreadySettled):
        _decide(office, request.id, office.manager)
    round_ = approval_desk.round_of(office.session, case_id, by=office.clerk)
    assert round_ is not None
    assert [stamp["decision"] for stamp in round_.stamps] == ["approved", "approved"]
    assert round_.is_intact


def test_the_cost_chooses_the_route_and_closing_past_it_is_refused(office: Office) -> None:
    dear, free = office.resolved(500_000), office.resolved(None)
    with pytest.raises(ApprovalNeeded):
        service.take_step(office.session, dear, Step.CLOSE, NO_STOP, by=office.clerk)
    service.take_step(office.session, free, Step.CLOSE, NO_STOP, by=office.clerk)
    service.take_step(office.session, dear, Step.SUBMIT, NO_STOP, by=office.clerk)
    request = approvals.queries.pending(office.session, dear)
    assert request is not None
    assert request.route_name == "高額"
    with pytest.raises(ApprovalPending):
        service.take_step(office.session, dear, Step.RETURN, NO_STOP, by=office.clerk)


def test_a_return_needs_a_reason_and_leads_back(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    with pytest.raises(CommentMissing):
        approvals.decide(office.session, request.id, Decision.RETURNED, by=office.chief)
    approvals.decide(office.session, request.id, Decision.RETURNED, "写真がない", by=office.chief)
    assert office.state(case_id) == "returned"
    again = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    assert again.id != request.id


def test_a_deputy_decides_while_the_holder_is_away_and_the_holder_looks_later(
    office: Office,
) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    _decide(office, request.id, office.chief)
    with pytest.raises(NotYourTurn):
        _decide(office, request.id, office.chief, comment="代わりに")
    office.away(MANAGER)
    with pytest.raises(CommentMissing):
        _decide(office, request.id, office.chief)
    _decide(office, request.id, office.chief, comment="課長出張のため")
    assert office.state(case_id) == "closed"
    desk = approval_desk.desk_of(office.session, by=office.manager)
    assert [row["request_id"] for row in desk.to_review] == [request.id]
    approvals.acknowledge(office.session, request.id, MANAGER, None, by=office.manager)
    assert approval_desk.desk_of(office.session, by=office.manager).to_review == []
    with pytest.raises(NothingToReview):
        approvals.acknowledge(office.session, request.id, MANAGER, None, by=office.manager)


def test_who_should_know_reads_it_afterwards(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    assert approval_desk.desk_of(office.session, by=office.director).to_read == []
    _decide(office, request.id, office.chief, office.manager)
    assert approval_desk.desk_of(office.session, by=office.director).count == 1
    approvals.acknowledge(office.session, request.id, DIRECTOR, None, by=office.director)
    assert approval_desk.desk_of(office.session, by=office.director).count == 0


def test_what_was_changed_on_the_way_is_not_approved(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    more = ResponseCreate(kind=ResponseKind.OBSERVATION, description="追記")
    service.add_response(office.session, case_id, more, by=office.clerk)
    with pytest.raises(ContentChanged):
        _decide(office, request.id, office.chief)
    approvals.withdraw(office.session, request.id, "追記のため", by=office.clerk)
    again = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    _decide(office, again.id, office.chief, office.manager)


def test_a_change_after_the_decision_is_seen(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    _decide(office, request.id, office.chief, office.manager)
    change = CaseChange(counts_as_failure=False, reason="誤報と分かった")
    service.change_case(office.session, case_id, change, by=office.clerk)
    round_ = approval_desk.round_of(office.session, case_id, by=office.clerk)
    assert round_ is not None
    assert not round_.is_intact


def test_what_is_approved_is_what_people_wrote(office: Office) -> None:
    """A column more would make every earlier approval look changed: named here or left out."""
    approved = json.loads(approval_queries.content(office.session, office.resolved(1)))
    assert set(approved["case"]) == _APPROVED_OF_A_CASE
    assert set(approved["responses"][0]) == _APPROVED_OF_A_RESPONSE


def test_only_the_sender_takes_back(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)
    with pytest.raises(Forbidden):
        approvals.withdraw(office.session, request.id, "間違い", by=office.manager)
    approvals.withdraw(office.session, request.id, "間違い", by=office.clerk)
    assert office.state(case_id) == "returned"


def test_nobody_approves_what_they_have_sent(office: Office) -> None:
    case_id = office.resolved(1)
    request = approvals.submit(office.session, case_id, NO_STOP, by=office.chief)
    assert request.steps[request.step_no] == MANAGER
    _decide(office, request.id, office.manager)
    assert office.state(case_id) == "closed"


def test_what_is_needed_before_it_goes_round(office: Office) -> None:
    case_id = office.resolved(1)
    late = Submission(no_downtime=True, post_facto=True)
    with pytest.raises(CommentMissing):
        approvals.submit(office.session, case_id, late, by=office.clerk)
    office.session.execute(text("update fault_case set stop_from = null, stop_to = null"))
    office.session.expire_all()
    with pytest.raises(DowntimeUnknown):
        approvals.submit(office.session, case_id, Submission(), by=office.clerk)
    for post_id in office.posts.values():
        approval_offices.end_post(office.session, post_id, by=office.admin)
    office.session.execute(text("update approval_post set valid_to = valid_from"))
    office.session.expire_all()
    with pytest.raises(NobodyApproves):
        approvals.submit(office.session, case_id, NO_STOP, by=office.clerk)


def test_a_city_without_routes_closes_by_hand(session: Session, office: Office) -> None:
    session.execute(text("update approval_route set valid_to = valid_from"))
    case_id = office.resolved(900_000)
    service.take_step(session, case_id, Step.SUBMIT, by=office.clerk)
    service.take_step(session, case_id, Step.CLOSE, NO_STOP, by=office.clerk)
    assert office.state(case_id) == "closed"


def _route(name: str, cost: int, *steps: ApprovalRole) -> Route:
    return Route(name, cost, steps)


@pytest.mark.parametrize(
    ("cost", "name"), [(0, "a"), (99, "a"), (100, "b"), (10_000, "c"), (10**9, "c")]
)
def test_the_highest_threshold_that_is_reached(cost: int, name: str) -> None:
    routes = [_route("a", 0, CHIEF), _route("c", 10_000, DIRECTOR), _route("b", 100, MANAGER)]
    found = route_for(routes, cost)
    assert found is not None
    assert found.name == name
    assert route_for(routes[1:2], 5) is None


def test_a_threshold_changes_on_its_day(office: Office) -> None:
    """As on 2025-04-01, when the ceilings of small contracts rose: settings, not constants."""
    session = office.session
    session.execute(text("update approval_route set valid_to = '2025-03-31' where name = '高額'"))
    raised = RouteCreate(
        name="高額",
        min_cost_yen=1_000_000,
        steps=[CHIEF, MANAGER, DIRECTOR],
        valid_from=date(2025, 4, 1),
    )
    approval_offices.add_route(session, raised, by=office.admin)
    chosen = []
    for day in (date(2025, 3, 31), date(2025, 4, 1)):
        route = route_for(approval_queries.routes(session, day), 700_000)
        assert route is not None
        chosen.append(route.name)
    assert chosen == ["高額", "軽易"]


def test_the_last_step_is_never_passed_over() -> None:
    me = new_id()
    posts = {CHIEF: Post(CHIEF, me), MANAGER: Post(MANAGER, me)}
    assert first_step(_route("a", 0, CHIEF, MANAGER), posts, me) == 1
