"""A report wrongly joined becomes its own case, and goes back as if nothing had happened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.core.errors import Forbidden, Stale
from service.core.settings import Settings
from service.faults import dossier, splitting
from service.faults.domain import CaseState, ReasonMissing
from service.faults.schemas import Reasoned, ResponseCreate
from service.faults.service import add_response, file_report, take_step
from service.faults.splitting import CannotRejoin, CannotSplit
from service.faults.steps import Step
from tests.browser import DESKTOP, served
from tests.service.faults.conftest import AsActor, City, make_report, rows

REASON = "別の号機の故障だった"


@pytest.fixture
def joined(city: City, as_actor: AsActor) -> tuple[UUID, UUID, UUID]:
    """A case, the report that opened it, and one that was joined to it."""
    first = make_report(city)
    with as_actor(city.contractor) as session:
        case_id = file_report(session, first, by=city.contractor).case_id
        second = make_report(
            city,
            case_id=case_id,
            kind="follow_up",
            symptoms=["S07", "S09"],
            body="吐出弁から漏水\n床に溜まっている",
        )
        assert file_report(session, second, by=city.contractor).case_id == case_id
    return case_id, first.id, second.id


def _links(session: Any, *cases: UUID) -> list[Any]:
    return rows(
        session,
        "select case_id, report_id, linked_at from case_report where case_id = any(:ids)"
        " order by linked_at, report_id",
        ids=list(cases),
    )


def test_the_report_becomes_a_case_of_its_own(
    city: City, as_actor: AsActor, joined: tuple[UUID, UUID, UUID]
):
    case_id, first, second = joined
    with as_actor(city.staff) as session:
        before = rows(session, "select * from fault_case where id = :id", id=case_id)[0]
        new = splitting.split(session, case_id, second, by=city.staff, reason=REASON)
        after = rows(session, "select * from fault_case where id = :id", id=case_id)[0]
    with as_actor(city.contractor) as session:
        links = {row.report_id: row.case_id for row in _links(session, case_id, new.id)}
        entries = dossier.dossier(session, new.id).entries
    assert links == {first: case_id, second: new.id}
    assert (new.state, new.symptoms, new.summary) == ("reported", ["S07", "S09"], "吐出弁から漏水")
    assert (new.position_id, new.company_id) == (city.pump_id, city.company_id)
    assert new.case_no != before.case_no
    assert [entry.row.id for entry in entries if entry.kind == "report"] == [second]
    changed = {name for name in before._fields if getattr(before, name) != getattr(after, name)}
    assert changed <= {"version", "updated_at", "updated_by"}
    assert after.version == before.version + 1


def test_taken_back_the_links_are_what_they_were(
    city: City, as_actor: AsActor, joined: tuple[UUID, UUID, UUID]
):
    case_id, _first, second = joined
    with as_actor(city.staff) as session:
        before = _links(session, case_id)
        new = splitting.split(session, case_id, second, by=city.staff, reason=REASON)
        assert splitting.rejoin(session, new.id, by=city.staff) == case_id
        assert _links(session, case_id, new.id) == before
        emptied = rows(
            session, "select state, merged_into_id from fault_case where id = :id", id=new.id
        )[0]
        again = splitting.split(session, case_id, second, by=city.staff, reason=REASON)
    assert (emptied.state, emptied.merged_into_id) == ("merged", case_id)
    assert again.id != new.id


def test_the_first_report_and_reports_of_others_stay(
    city: City, as_actor: AsActor, joined: tuple[UUID, UUID, UUID]
):
    case_id, first, second = joined
    with as_actor(city.contractor) as session:
        other = file_report(session, make_report(city), by=city.contractor)
    with as_actor(city.staff) as session:
        for report_id in (first, other.report_id):
            with pytest.raises(CannotSplit):
                splitting.split(session, case_id, report_id, by=city.staff, reason=REASON)
        with pytest.raises(ReasonMissing):
            splitting.split(session, case_id, second, by=city.staff, reason=" ")
        with pytest.raises(Stale):
            splitting.split(session, case_id, second, by=city.staff, reason=REASON, expected=9)
    with as_actor(city.contractor) as session, pytest.raises(Forbidden):
        splitting.split(session, case_id, second, by=city.contractor, reason=REASON)


def test_a_case_that_is_over_is_not_split(
    city: City, as_actor: AsActor, joined: tuple[UUID, UUID, UUID]
):
    case_id, _first, second = joined
    with as_actor(city.staff) as session:
        take_step(session, case_id, Step.DISMISS, Reasoned(reason="異常なし"), by=city.staff)
        assert splitting.splittable(session, case_id, CaseState.DISMISSED) == set()
        with pytest.raises(CannotSplit):
            splitting.split(session, case_id, second, by=city.staff, reason=REASON)


@pytest.mark.parametrize("deed", ["accepted", "answered"])
def test_what_has_been_worked_on_does_not_go_back(
    city: City, as_actor: AsActor, joined: tuple[UUID, UUID, UUID], deed: str
):
    case_id, _first, second = joined
    with as_actor(city.staff) as session:
        new = splitting.split(session, case_id, second, by=city.staff, reason=REASON)
        if deed == "accepted":
            take_step(session, new.id, Step.ACCEPT, by=city.staff)
        else:
            given = ResponseCreate(kind="site_check", description="現地確認")
            add_response(session, new.id, given, by=city.staff)
        with pytest.raises(CannotRejoin):
            splitting.rejoin(session, new.id, by=city.staff)
        with pytest.raises(CannotRejoin):
            splitting.rejoin(session, case_id, by=city.staff)


@pytest.mark.e2e
def test_split_and_taken_back_on_the_page(
    engine: Engine,
    settings: Settings,
    window: Callable[..., BrowserContext],
    city: City,
    joined: tuple[UUID, UUID, UUID],
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    with served(create_app(engine=engine, settings=settings)) as address:
        context = window(**DESKTOP)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens["staff"], "url": address}])
        page = context.new_page()
        page.goto(f"{address}/cases/{joined[0]}")
        expect(page.get_by_text("この報告を別の案件に分ける")).to_have_count(1)
        page.get_by_text("この報告を別の案件に分ける").click()
        page.get_by_label("分ける理由").fill(REASON)
        assert violations(page) == []
        page.screenshot(path=tmp_path / "split.png", full_page=True)
        page.get_by_role("button", name="分ける", exact=True).click()
        expect(page.get_by_text("の報告を分けて作った案件です")).to_be_visible()
        assert violations(page) == []
        page.screenshot(path=tmp_path / "new_case.png", full_page=True)
        page.get_by_role("button", name="分けたことを取り消す").click()
        expect(page.get_by_text("分けた報告を戻しました")).to_be_visible()
        assert page.url.endswith(str(joined[0]))
