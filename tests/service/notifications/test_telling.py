"""From an event to the people who hear of it, under the rights of each."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from service.accounts.models import Contract
from service.core.clock import now, today
from service.core.database import SYSTEM, identify
from service.core.outbox import Event
from service.core.settings import Settings
from service.faults import approval_offices, approvals
from service.faults import service as faults
from service.faults.approval_offices import AbsenceChange, PostCreate, RouteCreate
from service.faults.models import FaultCase
from service.faults.schemas import CaseChange, ResponseCreate, Submission
from service.faults.steps import Step
from service.faults.vocabulary import ApprovalRole, Decision, ResponseKind
from service.notifications import alarms, duties, queries, tasks
from service.notifications.domain import Alarm, Kind, Reason
from service.notifications.models import CaseAlarm, Mail, Notification
from service.notifications.schemas import DutyCreate
from tests.service.notifications.conftest import (
    Office,
    actor_of,
    announce_all,
    give_mail,
    last_event,
    told,
)

Configure = Callable[..., Settings]


def kinds(session: Session, user: object) -> list[str]:
    return [one.kind for one in told(session, user)]  # type: ignore[arg-type]


def test_a_report_is_told_to_the_office_and_not_to_its_sender(
    session: Session, office: Office
) -> None:
    begin = last_event(session)
    office.report(session, by=office.worker)
    announce_all(session, begin)
    (heard,) = told(session, office.clerk)
    assert (heard.kind, heard.reason) == (Kind.REPORT, Reason.DEFAULT)
    assert heard.facts["place"] == "架空見張ポンプ場 No.1汚水ポンプ"
    assert told(session, office.worker) == []
    assert told(session, office.stranger) == []


def test_the_same_event_is_told_once(session: Session, office: Office) -> None:
    begin = last_event(session)
    office.report(session, by=office.worker)
    announce_all(session, begin)
    announce_all(session, begin)
    assert len(told(session, office.clerk)) == 1


def test_the_company_hears_of_its_case_and_no_other_company_does(
    session: Session, office: Office
) -> None:
    filed = office.report(session, by=office.worker)
    begin = last_event(session)
    clerk = actor_of(office.clerk)
    faults.take_step(session, filed.case_id, Step.ACCEPT, by=clerk)
    new = ResponseCreate(kind=ResponseKind.INSTRUCTION, description="No.2へ切り替えてください。")
    faults.add_response(session, filed.case_id, new, by=clerk)
    announce_all(session, begin)
    assert kinds(session, office.worker) == [Kind.CASE, Kind.RESPONSE]
    assert told(session, office.stranger) == []
    assert told(session, office.clerk) == []
    assert told(session, office.colleague) == []  # has nothing to do with the case


def test_after_the_contract_the_company_hears_nothing(session: Session, office: Office) -> None:
    filed = office.report(session, by=office.worker)
    contract = session.exec(
        select(Contract).where(Contract.company_id == office.worker.company_id)
    ).one()
    contract.ends_on = today() - timedelta(days=1)
    session.flush()
    begin = last_event(session)
    faults.take_step(session, filed.case_id, Step.ACCEPT, by=actor_of(office.clerk))
    announce_all(session, begin)
    assert told(session, office.worker) == []


def test_a_change_that_is_no_step_is_not_told(session: Session, office: Office) -> None:
    filed = office.report(session, by=office.worker)
    begin = last_event(session)
    change = CaseChange(summary="軸封部の漏れ")
    faults.change_case(session, filed.case_id, change, by=actor_of(office.clerk))
    announce_all(session, begin)
    assert told(session, office.worker) == []


def test_a_message_out_of_sight_is_not_listed_any_more(session: Session, office: Office) -> None:
    filed = office.report(session, by=office.worker)
    begin = last_event(session)
    faults.take_step(session, filed.case_id, Step.ACCEPT, by=actor_of(office.clerk))
    announce_all(session, begin)
    case = session.get(FaultCase, filed.case_id)
    assert case is not None
    identify(session, actor_of(office.worker).identity)
    assert queries.unread_count(session, office.worker.id) == 1
    identify(session, SYSTEM)
    case.company_id = office.stranger.company_id
    session.flush()
    identify(session, actor_of(office.worker).identity)
    assert queries.unread_count(session, office.worker.id) == 0
    assert queries.listed(session, office.worker.id, limit=10) == []
    identify(session, SYSTEM)


def duty(office: Office, user: object, session: Session, turn: int) -> None:
    new = DutyCreate(
        user_id=user.id,  # type: ignore[attr-defined]
        starts_on=today(),
        ends_on=today(),
        from_time=time(0),
        to_time=time(0),
        turn=turn,
    )
    duties.add_duty(session, new, by=actor_of(office.admin))


def test_an_emergency_goes_to_whoever_is_on_call_then_to_the_next_then_to_all(
    session: Session, office: Office, configured: Configure
) -> None:
    configured(escalation_minutes=15)
    duty(office, office.clerk, session, 1)
    duty(office, office.colleague, session, 2)
    begin = last_event(session)
    filed = office.report(session, by=office.worker, emergency=True)
    begin = announce_all(session, begin)
    assert [one.reason for one in told(session, office.clerk)] == [Reason.ON_CALL]
    assert [one.reason for one in told(session, office.colleague)] == [Reason.DEFAULT]
    heard = []
    for _ in range(3):
        alarm = session.get(CaseAlarm, (filed.case_id, Alarm.ESCALATION.value))
        assert alarm is not None
        session.refresh(alarm)
        if alarm.due_at is None:
            break
        row = {"case_id": filed.case_id, "alarm": alarm.alarm, "step": alarm.step}
        alarms._ring(session, row, now())  # type: ignore[arg-type]
        begin = announce_all(session, begin)
        heard.append([len(told(session, user)) for user in (office.clerk, office.colleague)])
    assert heard == [[1, 2], [2, 3]]
    assert {one.kind for one in told(session, office.admin)} == {Kind.EMERGENCY}


def test_an_accepted_emergency_is_not_escalated(session: Session, office: Office) -> None:
    begin = last_event(session)
    filed = office.report(session, by=office.worker, emergency=True)
    announce_all(session, begin)
    faults.take_step(session, filed.case_id, Step.ACCEPT, by=actor_of(office.clerk))
    begin = last_event(session)
    row = {"case_id": filed.case_id, "alarm": "escalation", "step": 1}
    alarms._ring(session, row, now())  # type: ignore[arg-type]
    assert last_event(session) == begin
    alarm = session.get(CaseAlarm, (filed.case_id, "escalation"))
    assert alarm is not None
    session.refresh(alarm)
    assert alarm.due_at is None


def test_targets_and_cases_left_lying(session: Session, office: Office) -> None:
    """The contract says 30 minutes; a fortnight without a hand on it is told, too."""
    begin = last_event(session)
    filed = office.report(session, by=office.worker)
    begin = announce_all(session, begin)
    target = session.get(CaseAlarm, (filed.case_id, "target"))
    ageing = session.get(CaseAlarm, (filed.case_id, "ageing"))
    assert target is not None
    assert target.due_at is not None
    assert ageing is not None
    assert timedelta(minutes=29) < target.due_at - now() <= timedelta(minutes=30)
    moment = now()
    for alarm, at in (("target", moment), ("ageing", moment), ("ageing", moment + timedelta(15))):
        row = {"case_id": filed.case_id, "alarm": alarm, "step": 1}
        alarms._ring(session, row, at)  # type: ignore[arg-type]
    announce_all(session, begin)
    forms = [one.facts["form"] for one in told(session, office.clerk)]
    assert forms == ["report", "target", "ageing"]


def test_approvals_wait_for_their_holder_and_come_back_to_the_submitter(
    session: Session, office: Office
) -> None:
    admin, first = actor_of(office.admin), date(2020, 4, 1)
    step = ApprovalRole.MANAGER
    route = RouteCreate(
        name="修繕", steps=[step], circulate=[ApprovalRole.DIRECTOR], valid_from=first
    )
    approval_offices.add_route(session, route, by=admin)
    post = PostCreate(
        role=step, user_id=office.colleague.id, deputy_id=office.admin.id, valid_from=today()
    )
    held = approval_offices.add_post(session, post, by=admin)
    above = PostCreate(role=ApprovalRole.DIRECTOR, user_id=office.admin.id, valid_from=today())
    approval_offices.add_post(session, above, by=admin)
    filed = office.report(session, by=office.worker)
    clerk = actor_of(office.clerk)
    for one in (Step.ACCEPT, Step.RESOLVE):
        faults.take_step(session, filed.case_id, one, by=clerk)
    begin = last_event(session)
    request = approvals.submit(session, filed.case_id, Submission(no_downtime=True), by=clerk)
    begin = announce_all(session, begin)
    assert [(one.kind, one.reason) for one in told(session, office.colleague)] == [
        (Kind.APPROVAL, Reason.HOLDER)
    ]
    by = actor_of(office.colleague)
    approvals.decide(session, request.id, Decision.RETURNED, "写真を付けてください。", by=by)
    begin = announce_all(session, begin)
    back = [one for one in told(session, office.clerk) if one.kind == Kind.DECISION]
    assert [(one.facts["form"], one.reason) for one in back] == [("returned", Reason.SUBMITTER)]
    absence = AbsenceChange(absent_from=today(), absent_to=today())
    approval_offices.set_absence(session, held.id, absence, by=admin)
    faults.take_step(session, filed.case_id, Step.RESOLVE, by=clerk)
    again = approvals.submit(session, filed.case_id, Submission(no_downtime=True), by=clerk)
    begin = announce_all(session, begin)
    deputy = [one for one in told(session, office.admin) if one.kind == Kind.APPROVAL]
    assert [one.reason for one in deputy] == [Reason.DEPUTY]
    absent = AbsenceChange()
    approval_offices.set_absence(session, held.id, absent, by=admin)
    approvals.decide(session, again.id, Decision.APPROVED, by=by)
    announce_all(session, begin)
    shown = [one for one in told(session, office.admin) if one.kind == Kind.APPROVAL]
    assert [one.reason for one in shown] == [Reason.DEPUTY, Reason.CIRCULATED]


def test_a_disputed_tag_is_told_to_the_city_only(session: Session, office: Office) -> None:
    payload = {"tag_code": "ABCD1234", "position_id": str(office.pump_id)}
    tasks.announce(session, Event(2**40, "tag.disputed", payload))
    assert kinds(session, office.clerk) == [Kind.TAG]
    assert told(session, office.worker) == []


@pytest.mark.parametrize("smtp", [False, True])
def test_mails_are_planned_only_with_a_mail_server(
    session: Session, office: Office, configured: Configure, *, smtp: bool
) -> None:
    if smtp:
        configured(smtp_host="127.0.0.1")
    give_mail(session, office.clerk)
    begin = last_event(session)
    office.report(session, by=office.worker, emergency=True)
    announce_all(session, begin)
    mails = session.exec(select(Mail).where(Mail.user_id == office.clerk.id)).all()
    assert len(mails) == int(smtp)
    assert len(told(session, office.clerk)) == 1


def test_what_waits_is_gathered_in_one_mail(
    session: Session, office: Office, configured: Configure
) -> None:
    configured(smtp_host="127.0.0.1")
    give_mail(session, office.worker, delivery="daily", digest_at=time(7))
    filed = office.report(session, by=office.worker)
    begin = last_event(session)
    for text_ in ("確認しました。", "部品を手配しました。"):
        new = ResponseCreate(kind=ResponseKind.INSTRUCTION, description=text_)
        faults.add_response(session, filed.case_id, new, by=actor_of(office.clerk))
    announce_all(session, begin)
    (mail,) = session.exec(select(Mail).where(Mail.user_id == office.worker.id)).all()
    assert mail.is_digest
    assert mail.due_at > now()
    held = session.exec(select(Notification).where(Notification.mail_id == mail.id)).all()
    assert len(held) == 2


def test_nobody_reads_the_messages_of_another(session: Session, office: Office) -> None:
    begin = last_event(session)
    office.report(session, by=office.worker)
    announce_all(session, begin)
    for user in (office.worker, office.stranger, office.admin):
        identify(session, actor_of(user).identity)
        seen = session.execute(
            text("select count(*) from notification where user_id = :id"), {"id": office.clerk.id}
        )
        assert seen.scalar_one() == 0
    identify(session, SYSTEM)
