"""U5 by keyboard: one clog told three times is one case, a storm is one 事象."""

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from service.core.settings import Settings
from service.faults.service import file_report
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.keyboard import Keyboard
from tests.e2e.office_screens import Screens, tile
from tests.service.faults.conftest import AsActor, as_actor, make_report, rows
from tests.tagged_city import TaggedCity, application, build

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e
STORM = 25


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def _tell(keys: Keyboard, address: str, symptom: str, body: str, *, follows: str = "") -> None:
    page = keys.page
    page.goto(address)
    if follows:
        keys.choose(tile(page, f"続報: {follows}").locator("input"))
    keys.choose(tile(page, symptom).locator("input"))
    keys.choose(tile(page, "能力低下").locator("input"))
    keys.write(page.get_by_label("故障の状況"), body)
    keys.enter(page.get_by_role("button", name="送信する"))
    expect(page.get_by_text("報告を受け付けました")).to_be_visible()


def test_one_clog_is_told_three_times(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Any,
    violations: Any,
) -> None:
    city = tagged.city
    with served(application(engine, settings)) as url:
        screens = Screens(url, city.tokens, window, violations, "u5")
        phone = screens.of("contractor", **PHONE)
        worker, address = Keyboard(phone), f"{url}/T/{tagged.tag}"
        _tell(worker, address, "詰まり・閉塞", "遠方監視の警報。詰まり。")
        phone.goto(f"{url}/T/{tagged.tag}")
        expect(tile(phone, "続報: 遠方監視の警報。詰まり。")).to_be_visible()
        screens.seen(phone, "1-already-known")
        follows = "遠方監視の警報。詰まり。"
        _tell(worker, address, "詰まり・閉塞", "巡回で確認。布が絡む。", follows=follows)
        _tell(worker, address, "水漏れ（漏水）", "同じポンプの水漏れ。別の故障。")
        worker.done()

        office = screens.of("staff", **DESKTOP)
        keys = Keyboard(office)
        # 07:00, a citizen on the telephone; the clerk takes it for a new one.
        office.goto(f"{url}/reports/new?position={city.pump_id}")
        expect(office.get_by_text("同じ設備に未完結の案件があります")).to_be_visible()
        screens.seen(office, "2-on-behalf")
        keys.choose(tile(office, "詰まり・閉塞").locator("input"))
        heard = "近所の人から電話。マンホールから音がする。"
        keys.write(office.get_by_label("報告の内容"), heard)
        keys.enter(office.get_by_role("button", name="報告を記録する"))
        office.wait_for_url("**/cases/**")
        twin = office.url

        with as_actor(city.staff) as session:
            told = rows(
                session,
                "select c.id, c.case_no, c.occurred_at, array_agg(r.body order by r.received_at)"
                " as bodies from fault_case c join case_report l on l.case_id = c.id"
                " join fault_report r on r.id = l.report_id where c.position_id = :id"
                " group by c.id order by min(r.received_at)",
                id=city.pump_id,
            )
        first, oil, last = told
        assert first.bodies == ["遠方監視の警報。詰まり。", "巡回で確認。布が絡む。"]
        assert len(told) == 3, "two different defects of one day stay two"

        keys.press("m")
        keys.write(office.get_by_label("統合先の案件番号"), first.case_no)
        form = office.locator('form[action$="/merge"]')
        keys.write(form.get_by_label("理由"), "同じ詰まり")
        keys.enter(form.get_by_role("button", name="統合する"))
        expect(office.get_by_text("この案件は別の案件に統合されています。")).to_be_visible()
        keys.enter(office.get_by_role("link", name=f"統合先 {first.case_no} を開く"))
        for body in (*first.bodies, *last.bodies):
            expect(office.locator(".timeline")).to_contain_text(body)
        screens.seen(office, "3-merged")
        with as_actor(city.staff) as session:
            one = rows(session, "select * from fault_case where id = :id", id=first.id)[0]
            assert one.occurred_at == min(row.occurred_at for row in (first, last))
            open_now = rows(
                session,
                "select id from fault_case where position_id = :id and state <> 'merged'",
                id=city.pump_id,
            )
        assert {row.id for row in open_now} == {first.id, oil.id}, "counted once"

        office.goto(twin)
        keys.press("m")
        keys.enter(office.get_by_role("button", name="統合を解除する"))
        expect(office.locator(".page-head .badge").first).to_have_text("報告")
        keys.done()
        with as_actor(city.staff) as session:
            again = rows(session, "select * from fault_case where id = :id", id=last.id)[0]
        assert (again.state, again.merged_into_id, again.occurred_at) == (
            "reported",
            None,
            last.occurred_at,
        )


def test_a_storm_is_grouped_without_merging(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Any,
    violations: Any,
) -> None:
    city = tagged.city
    with as_actor(city.other_contractor) as session:
        for _ in range(STORM):
            new = make_report(city, position_id=city.other_pump_id, symptoms=["S23"])
            file_report(session, new, by=city.other_contractor)
    with served(application(engine, settings)) as url:
        screens = Screens(url, city.tokens, window, violations, "u5")
        office = screens.of("staff", **DESKTOP)
        keys = Keyboard(office)
        office.goto(f"{url}/inbox?facility_id={city.other_facility_id}")
        expect(office.get_by_text("この1時間に届いた案件が")).to_be_visible()
        for _ in range(3):
            keys.press("j", "x")
        expect(office.locator(".choose input:checked")).to_have_count(3)
        screens.seen(office, "4-storm")
        keys.press("X", "g")
        keys.write(office.get_by_label("新しい事象の名称"), "11月27日の大雨")
        office.keyboard.press("Enter")
        expect(office.get_by_role("heading", level=1)).to_have_text("11月27日の大雨")
        expect(office.locator("tbody tr")).to_have_count(STORM)
        screens.seen(office, "5-incident")
        phone = screens.of("staff", **PHONE)
        phone.goto(office.url)
        screens.seen(phone, "5-incident-phone")
        keys.enter(office.locator("tbody a").first)
        keys.done()
        expect(office.get_by_text(f"関連案件 {STORM - 1}件")).to_be_visible()
    with as_actor(city.staff) as session:
        states = rows(
            session,
            "select distinct c.state from incident_case m join fault_case c on c.id = m.case_id"
            " where c.facility_id = :id",
            id=city.other_facility_id,
        )
    assert [row.state for row in states] == ["reported"]
