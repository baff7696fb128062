"""Two people at one case: the second sees the other's change, and nothing of either is lost."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.settings import Settings
from service.faults.schemas import CaseChange
from service.faults.service import change_case, file_report
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture
def staff(engine: Engine, settings: Settings, city: City) -> TestClient:
    return TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver"},
        cookies={"gesuibo": city.tokens["staff"]},
        follow_redirects=False,
    )


def _judgement(page: str) -> dict[str, str]:
    """The judgement form as a browser would send it."""
    form = page[page.index("/judgement") : page.index("判断を保存する")]
    fields = dict(re.findall(r'name="(judge-[a-z_]+)"[^>]*? value="([^"]*)"', form))
    for name in ("judge-counts_as_failure", "judge-temporary_fix"):
        box = re.search(rf'<input id="{name}"[^>]*>', form)
        assert box
        if " checked" not in box[0]:
            del fields[name]
    for select in re.findall(r'<select id="(judge-[a-z_]+)".*?</select>', form, re.DOTALL):
        inner = form[form.index(f'<select id="{select}"') :]
        inner = inner[: inner.index("</select>")]
        chosen = re.search(r'value="([^"]*)" selected', inner)
        fields[select] = chosen[1] if chosen else ""
    return fields


def test_the_other_change_is_shown_and_both_are_kept(
    staff: TestClient, city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        case_id = file_report(session, make_report(city), by=city.contractor).case_id
    mine = _judgement(staff.get(f"/cases/{case_id}").text)
    with as_actor(city.staff) as session:
        other = Actor(None, "他課 四郎", Role.STAFF)
        theirs = CaseChange(urgency="A", counts_as_failure=False, reason="現地で確認")
        change_case(session, case_id, theirs, by=other)
    del mine["judge-counts_as_failure"]  # both took the tick away
    mine |= {"judge-cause_group": "foreign_matter", "judge-reason": "写真で確認"}
    stale = staff.post(f"/cases/{case_id}/judgement", data=mine)
    assert stale.status_code == 412
    assert "他課 四郎" in stale.text
    assert "現地で確認" in stale.text
    again = _judgement(stale.text)
    assert again["judge-urgency"] == "A", "a field that was left alone follows the other"
    assert again["judge-cause_group"] == "foreign_matter", "what was typed stays"
    assert "judge-counts_as_failure" not in again
    assert again["judge-reason"] == "写真で確認"
    assert staff.post(f"/cases/{case_id}/judgement", data=again).status_code == 303
    case = _case(as_actor, city, case_id)
    assert (case.urgency, case.cause_group) == ("A", "foreign_matter")
    assert case.counts_as_failure is False


def test_a_field_that_both_changed_keeps_what_was_typed_and_shows_the_other(
    staff: TestClient, city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        case_id = file_report(session, make_report(city), by=city.contractor).case_id
    mine = _judgement(staff.get(f"/cases/{case_id}").text) | {"judge-urgency": "S"}
    with as_actor(city.staff) as session:
        change_case(session, case_id, CaseChange(urgency="B"), by=city.staff)
        change_case(session, case_id, CaseChange(urgency="C"), by=city.staff)
    stale = staff.post(f"/cases/{case_id}/judgement", data=mine)
    assert stale.status_code == 412
    assert _judgement(stale.text)["judge-urgency"] == "S"
    shown = stale.text[stale.text.index("ほかの人の変更") : stale.text.index("あなたが直して")]
    assert len(re.findall("<li>", shown)) == 2


def test_a_box_that_was_cleared_stays_clear_beside_an_error(
    staff: TestClient, city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        case_id = file_report(session, make_report(city), by=city.contractor).case_id
    mine = _judgement(staff.get(f"/cases/{case_id}").text)
    del mine["judge-counts_as_failure"]
    wrong = staff.post(f"/cases/{case_id}/judgement", data=mine | {"judge-stop_from": "きのう"})
    assert wrong.status_code == 422
    assert "judge-counts_as_failure" not in _judgement(wrong.text)


def _case(as_actor: AsActor, city: City, case_id: Any) -> Any:
    with as_actor(city.staff) as session:
        return rows(session, "select * from fault_case where id = :id", id=case_id)[0]
