"""停止・到着・応急・復旧 by one tap, times as night sheets have them, and phrases."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.accounts.models import UserAccount
from service.core.clock import JST, now
from service.core.database import transaction
from service.core.errors import Forbidden
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults import marks, phrases, service
from service.faults.domain import CaseState, EndsBeforeStart
from service.faults.marks import InTheFuture, MarkSet, NoMarksAnyMore, NotAClock, moment_of
from service.faults.marks_models import MarkKind
from service.faults.models import FaultCase
from service.faults.schemas import Reasoned, ReportCreate
from service.faults.steps import Step
from tests.factories import make_facility, make_position, make_user, sign_in_client


def a_case(session: Session) -> tuple[UUID, Actor]:
    user = make_user(session)
    clerk = Actor(user.id, user.display_name, Role.STAFF)
    then = now() - timedelta(hours=3)
    report = ReportCreate(
        id=new_id(),
        position_id=make_position(session, make_facility(session)).id,
        occurred_at=then,
        captured_at=then,
        symptoms=["S01"],
        body="始動しない。",
    )
    return service.file_report(session, report, by=clerk).case_id, clerk


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("16:05", "2026-11-23T16:05"),
        ("１６：０５", "2026-11-23T16:05"),
        ("16時5分", "2026-11-23T16:05"),
        ("0830", "2026-11-23T08:30"),
        ("830", "2026-11-23T08:30"),
        ("24:30", "2026-11-24T00:30"),
        ("29:15", "2026-11-24T05:15"),
    ],
)
def test_times_as_people_write_them(typed: str, moment: str) -> None:
    assert moment_of("2026-11-23", typed) == datetime.fromisoformat(moment).replace(tzinfo=JST)


@pytest.mark.parametrize("typed", ["", "16", "16:60", "36:00", "abc", "1:2:3", "-1:00"])
def test_what_no_clock_shows_is_refused(typed: str) -> None:
    with pytest.raises(NotAClock):
        moment_of("2026-11-23", typed)
    with pytest.raises(NotAClock):
        moment_of("yesterday", "16:05")


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 35), st.integers(0, 59))
def test_hours_go_on_counting_after_midnight(day: date, hour: int, minute: int) -> None:
    found = moment_of(day.isoformat(), f"{hour}:{minute:02}")
    began = datetime(day.year, day.month, day.day, tzinfo=JST)
    assert found - began == timedelta(hours=hour, minutes=minute)


def test_marks_are_the_times_of_the_case(session: Session) -> None:
    case_id, clerk = a_case(session)
    stop, back = now() - timedelta(hours=2), now() - timedelta(minutes=5)
    marks.set_mark(
        session, case_id, MarkKind.STOPPED, MarkSet(at=stop, is_estimated=True), by=clerk
    )
    for kind in (MarkKind.ARRIVED, MarkKind.TEMPORARY):
        marks.set_mark(session, case_id, kind, MarkSet(), by=clerk)
    marks.set_mark(session, case_id, MarkKind.RESTORED, MarkSet(at=back), by=clerk)
    case = session.get(FaultCase, case_id)
    assert case is not None
    assert (case.stop_from, case.stop_to, case.temporary_fix) == (stop, back, True)
    kept = marks.marks(session, case_id)
    assert set(kept) == set(MarkKind)
    assert kept[MarkKind.STOPPED].is_estimated
    assert abs(kept[MarkKind.ARRIVED].at - now()) < timedelta(minutes=1)


def test_a_mark_is_corrected_and_taken_back(session: Session) -> None:
    case_id, clerk = a_case(session)
    for hours in (1, 2):
        at = now() - timedelta(hours=hours)
        marks.set_mark(session, case_id, MarkKind.STOPPED, MarkSet(at=at), by=clerk)
    assert marks.marks(session, case_id)[MarkKind.STOPPED].at == at
    marks.clear_mark(session, case_id, MarkKind.STOPPED, by=clerk)
    case = session.get(FaultCase, case_id)
    assert case is not None
    assert case.stop_from is None
    assert marks.marks(session, case_id) == {}


def test_marks_that_cannot_be(session: Session) -> None:
    case_id, clerk = a_case(session)
    soon, early = now() + timedelta(hours=1), now() - timedelta(hours=1)
    with pytest.raises(InTheFuture):
        marks.set_mark(session, case_id, MarkKind.ARRIVED, MarkSet(at=soon), by=clerk)
    marks.set_mark(session, case_id, MarkKind.STOPPED, MarkSet(), by=clerk)
    with pytest.raises(EndsBeforeStart):
        marks.set_mark(session, case_id, MarkKind.RESTORED, MarkSet(at=early), by=clerk)
    service.take_step(session, case_id, Step.DISMISS, Reasoned(reason="誤報"), by=clerk)
    with pytest.raises(NoMarksAnyMore):
        marks.set_mark(session, case_id, MarkKind.ARRIVED, MarkSet(), by=clerk)
    case = session.get(FaultCase, case_id)
    assert case is not None
    assert case.state == CaseState.DISMISSED


def test_contractors_set_no_marks(session: Session) -> None:
    case_id, _clerk = a_case(session)
    worker = Actor(new_id(), "作業員", Role.CONTRACTOR, new_id())
    with pytest.raises(Forbidden):
        marks.set_mark(session, case_id, MarkKind.ARRIVED, MarkSet(), by=worker)


@pytest.fixture
def site(engine: Engine, settings: Settings) -> dict[str, Any]:
    with transaction(engine) as session:
        case_id, clerk = a_case(session)
        admin = make_user(session, Role.ADMINISTRATOR)
        user = session.get(UserAccount, clerk.id)
        assert user is not None
    app = create_app(settings, engine)
    return {
        "case": f"/cases/{case_id}",
        "clerk": sign_in_client(app, user),
        "admin": sign_in_client(app, admin),
    }


def test_one_tap_on_the_page(site: dict[str, Any]) -> None:
    clerk = site["clerk"]
    page = clerk.get(site["case"]).text
    assert "をいまの時刻で記録する" in page
    assert clerk.post(f"{site['case']}/marks/arrived").status_code == 303
    assert clerk.get(site["case"]).text.count('class="mark mark--set"') == 1
    yesterday = (now().astimezone(JST) - timedelta(days=1)).date().isoformat()
    night = {"day": yesterday, "clock": "24:00", "is_estimated": "true"}
    assert clerk.post(f"{site['case']}/marks/stopped", data=night).status_code == 303
    # The arrival and the estimate have an entry each; the stop is the case's own change.
    assert clerk.get(site["case"]).text.count("時刻の印を変えました") == 2
    wrong = clerk.post(f"{site['case']}/marks/restored", data=night | {"clock": "late"})
    assert wrong.status_code == 422
    assert 'value="late"' in wrong.text
    clerk.post(f"{site['case']}/marks/arrived", data={"clear": "1"})
    assert clerk.get(site["case"]).text.count('class="mark mark--set"') == 1


def test_a_phrase_goes_into_the_text_and_nothing_typed_is_lost(site: dict[str, Any]) -> None:
    clerk, admin = site["clerk"], site["admin"]
    title = f"部品待ち {new_id()}"
    new = {"title": title, "body": "部品の納期を確認中です。"}
    assert admin.post("/admin/phrases", data=new).status_code == 303
    again = admin.post("/admin/phrases", data=new)
    assert again.status_code == 409
    assert clerk.post("/admin/phrases", data=new).status_code == 403
    page = clerk.get(site["case"]).text
    phrase_id = page.partition(f">{title}<")[0].rpartition('value="')[2].removesuffix('"')
    typed = {
        "phrase": phrase_id,
        "response-kind": "quotation",
        "response-description": "業者へ連絡した。",
        "response-cost_yen": "48,400",
    }
    parts = {"photo_kind": (None, "after")}
    answer = clerk.post(f"{site['case']}/phrase", data=typed, files=parts)
    assert answer.status_code == 200
    assert "業者へ連絡した。\n部品の納期を確認中です。</textarea>" in answer.text
    assert 'value="48,400"' in answer.text
    assert "部品の納期" not in clerk.get(site["case"]).text.partition('id="timeline"')[2]
    assert admin.post(f"/admin/phrases/{phrase_id}/remove").status_code == 303
    assert title not in admin.get("/admin/phrases").text


def test_a_phrase_is_added_below_what_is_there(session: Session) -> None:
    admin = Actor(None, "管理", Role.ADMINISTRATOR)
    new = phrases.PhraseCreate(title=f"確認 {new_id()}", body="異常なし。")
    row = phrases.add_phrase(session, new, by=admin)
    assert phrases.with_phrase(session, "", row.id) == "異常なし。"
    assert phrases.with_phrase(session, "見た。\n", row.id) == "見た。\n異常なし。"
