from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from service.accounts.actor import terminal_actor
from service.accounts.domain import token_hash
from service.core.clock import now
from service.core.database import transaction
from service.core.errors import Forbidden, NotFound
from service.core.identity import new_id
from service.faults import service
from service.faults.domain import PositionOrDescriptionMissing, SameIdOtherContent
from service.faults.report_rows import year_mark
from service.faults.schemas import Reasoned, ReportCreate
from service.faults.service import FiledReport, body_digest, file_report
from service.faults.steps import Step
from tests.service.faults.conftest import AsActor, City, make_report, rows

COUNT = "select count(*) from fault_report where id = :id"


def test_a_report_opens_a_numbered_case_with_trail_and_event(city: City, as_actor: AsActor):
    new = make_report(city, environment_effects=["overflow"])
    with as_actor(city.contractor) as session:
        filed = file_report(session, new, by=city.contractor)
    assert filed.is_new
    assert filed.report_no.startswith("HR")
    assert filed.case_no.split("-")[1] == city.facility_code
    with as_actor(city.staff) as session:
        case = rows(session, "select * from fault_case where id = :id", id=filed.case_id)[0]
        trail = rows(
            session,
            "select action, actor_name, after from audit_entry where target_id = :id",
            id=str(filed.case_id),
        )
        event = rows(
            session,
            "select topic, payload, company_id from outbox_event where payload->>'report_id' = :id",
            id=str(new.id),
        )[0]
        report = rows(session, "select * from fault_report where id = :id", id=new.id)[0]
    assert (case.state, case.severity, case.company_id) == ("reported", 1, city.company_id)
    assert case.summary == "異音あり。予備機に切り替えた。"
    assert [(t.action, t.actor_name) for t in trail] == [("report.filed", "青空 太郎")]
    assert (event.topic, event.company_id) == ("report.filed", city.company_id)
    assert event.payload["emergency"] is True
    assert event.payload["title"] == "辻堂架空浄化センター No.2汚水ポンプ"
    assert report.observed["symptoms"] == ["S04"]
    assert report.after_contract is False


def test_case_numbers_count_on_within_the_facility_and_skip_what_a_ledger_has_used(
    city: City, as_actor: AsActor
):
    with as_actor(city.staff) as session:
        first = file_report(session, make_report(city), by=city.staff)
        series, number = first.case_no.rsplit("-", 1)
        taken = f"{series}-{int(number) + 1:04d}"
        session.connection().exec_driver_sql(
            "update fault_case set case_no = %s where id = %s",
            (taken, first.case_id),
        )
        second = file_report(session, make_report(city), by=city.staff)
    assert second.case_no == f"{series}-{int(number) + 2:04d}"


def test_the_same_report_twice_is_one(city: City, as_actor: AsActor):
    new = make_report(city)
    with as_actor(city.contractor) as session:
        first = file_report(session, new, by=city.contractor)
    later = new.model_copy(update={"device_clock": now() + timedelta(minutes=9)})
    with as_actor(city.contractor) as session:
        second = file_report(session, later, by=city.contractor)
        assert rows(session, COUNT, id=new.id)[0][0] == 1
    assert (second.report_no, second.case_no, second.is_new) == (
        first.report_no,
        first.case_no,
        False,
    )


@pytest.mark.parametrize("sender", ["contractor", "other_contractor", "staff"])
def test_the_same_id_with_other_content_is_refused(city: City, as_actor: AsActor, sender: str):
    new = make_report(city)
    with as_actor(city.contractor) as session:
        file_report(session, new, by=city.contractor)
    by = getattr(city, sender)
    place = city.other_pump_id if sender == "other_contractor" else city.pump_id
    changed = new.model_copy(update={"body": "違う内容", "position_id": place})
    with pytest.raises(SameIdOtherContent), as_actor(by) as session:
        file_report(session, changed, by=by)


def test_two_senders_at_once_make_one_row(city: City, engine: Engine):
    for _ in range(5):
        new, together = make_report(city), Barrier(2)

        def send(new: ReportCreate = new, together: Barrier = together) -> FiledReport:
            with transaction(engine, city.contractor.identity) as session:
                together.wait()
                return file_report(session, new, by=city.contractor)

        with ThreadPoolExecutor(2) as pool:
            answers = [future.result() for future in [pool.submit(send) for _ in range(2)]]
        assert sorted(answer.is_new for answer in answers) == [False, True]
        assert len({(a.report_no, a.case_no) for a in answers}) == 1


def test_the_report_belongs_to_the_device_that_was_there_that_day(city: City, as_actor: AsActor):
    # 2026-02-13 23:30 and 2026-02-14 00:30 in Japan are the same day in UTC.
    before = datetime(2026, 2, 13, 14, 30, tzinfo=UTC)
    with as_actor(city.contractor) as session:
        devices = [
            rows(
                session,
                "select device_id from fault_case where id = :id",
                id=file_report(
                    session, make_report(city, occurred_at=moment), by=city.contractor
                ).case_id,
            )[0][0]
            for moment in (before, before + timedelta(hours=1))
        ]
    assert devices == [city.old_device_id, city.new_device_id]


def test_another_companys_equipment_looks_as_if_it_did_not_exist(city: City, as_actor: AsActor):
    for changes in (
        {"position_id": city.other_pump_id},
        {"position_id": new_id()},
        {
            "position_id": None,
            "facility_id": city.other_facility_id,
            "unregistered_desc": "銘板なしのポンプ",
        },
    ):
        with pytest.raises(NotFound), as_actor(city.contractor) as session:
            file_report(session, make_report(city, **changes), by=city.contractor)


def test_a_report_of_an_unknown_thing_needs_a_facility_and_words(city: City, as_actor: AsActor):
    unknown = make_report(
        city, position_id=None, facility_id=city.facility_id, unregistered_desc="屋外の小型ポンプ"
    )
    with as_actor(city.contractor) as session:
        filed = file_report(session, unknown, by=city.contractor)
        case = rows(session, "select * from fault_case where id = :id", id=filed.case_id)[0]
    assert (case.position_id, case.unregistered_desc) == (None, "屋外の小型ポンプ")
    with pytest.raises(PositionOrDescriptionMissing), as_actor(city.contractor) as session:
        file_report(session, make_report(city, position_id=None), by=city.contractor)


def test_a_report_written_before_the_contract_ended_is_taken_and_flagged(
    city: City, as_actor: AsActor
):
    late = make_report(city, captured_at=now() - timedelta(days=5))
    for is_new in (True, False):
        with as_actor(city.ended_contractor) as session:
            filed = file_report(session, late, by=city.ended_contractor)
        assert (filed.is_new, filed.after_contract) == (is_new, True)
    with as_actor(city.ended_contractor) as session:
        assert not rows(session, "select 1 from fault_case where id = :id", id=filed.case_id)
    with as_actor(city.staff) as session:
        assert rows(session, COUNT + " and after_contract", id=late.id)[0][0] == 1


def test_a_report_written_after_the_contract_ended_is_refused(city: City, as_actor: AsActor):
    with pytest.raises(NotFound), as_actor(city.ended_contractor) as session:
        file_report(session, make_report(city), by=city.ended_contractor)


def test_a_follow_up_joins_its_case_and_opens_no_other(city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        first = file_report(session, make_report(city), by=city.contractor)
    more = make_report(city, position_id=None, case_id=first.case_id, kind="follow_up")
    with as_actor(city.contractor) as session:
        second = file_report(session, more, by=city.contractor)
        links = rows(
            session, "select report_id from case_report where case_id = :id", id=first.case_id
        )
    assert second.case_no == first.case_no
    assert {link.report_id for link in links} == {first.report_id, second.report_id}


def test_a_follow_up_to_another_companys_case_is_not_found(city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        first = file_report(session, make_report(city), by=city.contractor)
    more = make_report(city, position_id=None, case_id=first.case_id)
    with pytest.raises(NotFound), as_actor(city.other_contractor) as session:
        file_report(session, more, by=city.other_contractor)


def test_nobody_reports_for_another_company_and_an_engineer_not_at_all(
    city: City, as_actor: AsActor
):
    foreign = make_report(city, company_id=city.other_company_id)
    with pytest.raises(Forbidden), as_actor(city.contractor) as session:
        file_report(session, foreign, by=city.contractor)
    with pytest.raises(Forbidden), as_actor(city.engineer) as session:
        file_report(session, make_report(city), by=city.engineer)


@pytest.mark.parametrize(
    "statement", ["update fault_report set body = ''", "delete from fault_report"]
)
def test_a_report_never_changes(city: City, as_actor: AsActor, statement: str):
    with pytest.raises(DBAPIError), as_actor(city.staff) as session:
        rows(session, statement)


def test_fields_that_come_later_do_not_change_the_hash_of_what_was_sent(city: City):
    new = make_report(city)
    assert body_digest(new) == body_digest(new.model_copy(update={"rain_mm_h": None}))
    assert body_digest(new) != body_digest(new.model_copy(update={"rain_mm_h": 12.5}))


@pytest.mark.parametrize(("year", "mark"), [(2018, "H30"), (2019, "R1"), (2026, "R8")])
def test_numbers_carry_the_fiscal_year_as_the_city_names_it(year: int, mark: str):
    assert year_mark(year) == mark


def test_days_of_grace_are_for_finishing_what_is_open(city: City, as_actor: AsActor):
    old, before = city.ended_contractor, now() - timedelta(days=5)

    def grace(days: int) -> None:
        with as_actor(terminal_actor("test")) as session:
            changed = text("update contract set grace_days = :days where company_id = :id")
            session.execute(changed, {"days": days, "id": old.company_id})

    def seen() -> set[str]:
        with as_actor(old) as session:
            found = rows(session, "select id::text from fault_case")
            found += rows(session, "select facility_code from facility")
            return {row[0] for row in found}

    with as_actor(old) as session:
        late = [
            file_report(session, make_report(city, captured_at=before), by=old) for _ in range(2)
        ]
    assert [one.after_contract for one in late] == [True, True]
    assert seen() == set()
    with as_actor(city.staff) as session:
        why = Reasoned(reason="誤報")
        service.take_step(session, late[1].case_id, Step.DISMISS, why, by=city.staff)
    grace(10)
    assert {str(late[0].case_id), city.facility_code} <= seen()
    assert str(late[1].case_id) not in seen()
    with as_actor(old) as session:
        follow = make_report(city, case_id=late[0].case_id, body="完了しました")
        assert file_report(session, follow, by=old).after_contract is True
        words = text(
            "select found from gesuibo.fold('完了しました') w,"
            " gesuibo.cases_written(w, '%' || w || '%') found"
        )
        assert session.execute(words).scalars().all() == [late[0].case_id]
        given = token_hash(city.tokens["ended_contractor"])
        assert rows(session, "select company_id from gesuibo.take_on(:given)", given=given)
        signed_in = {row[0] for row in rows(session, "select id from fault_case")}
        assert {one.case_id for one in late} & signed_in == {late[0].case_id}
    grace(2)
    assert seen() == set()
    grace(0)
