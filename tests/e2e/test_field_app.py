"""The field app in a browser: enrolled by a code, reported and kept without signal."""

import json
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from app.asgi import create_app
from service.accounts import enrolment
from service.accounts.actor import Actor, terminal_actor
from service.accounts.domain import Role
from service.accounts.models import Company
from service.attachments.domain import AttachmentKind
from service.attachments.service import store_registry_file
from service.attachments.store import open_store
from service.core.database import identify, transaction
from service.core.settings import Settings, get_settings
from service.faults.service import file_report
from service.registry.models import Facility, Position
from tests.browser import DESKTOP, PHONE, served
from tests.factories import make_position, make_user
from tests.service.faults.conftest import make_report
from tests.tagged_city import TaggedCity, build, jpeg

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parent / "screenshots"
Window = Callable[..., BrowserContext]
Violations = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def url(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=engine, settings=settings)) as address:
        yield address


def enrolled(engine: Engine, tagged: TaggedCity) -> str:
    """The token of a phone that is the contractor's."""
    by = tagged.city.contractor
    with transaction(engine) as session:
        code = enrolment.invite(session, by.username, by=by).code
        return enrolment.enrol(session, code, name="試験", settings=get_settings()).token


def phone_of(window: Window, url: str, token: str | None, **options: Any) -> Page:
    context = window(**PHONE | options)
    if token:
        context.add_cookies([{"name": "gesuibo_phone", "value": token, "url": url}])
    context.set_default_timeout(8000)
    return context.new_page()


@pytest.fixture
def phone(window: Window, url: str, engine: Engine, tagged: TaggedCity) -> Page:
    return phone_of(window, url, enrolled(engine, tagged))


def looked_at(page: Page, violations: Violations, name: str) -> None:
    assert violations(page) == []
    overhang = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overhang <= 0, name
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def kept(page: Page, url: str) -> None:
    """Waits until the service worker has everything and answers for the pages."""
    page.goto(f"{url}/f")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_role("link", name="QRタグを読む")).to_be_visible()


def choose(page: Page, *labels: str) -> None:
    for label in labels:
        page.locator("label.tile", has=page.get_by_text(label, exact=True)).tap()


def reports(engine: Engine, body: str) -> list[Any]:
    with engine.connect() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text(
            "select r.id, r.report_no, cardinality(r.announced_photos) as announced,"
            " (select count(*) from attachment a where a.report_id = r.id) as received,"
            " r.entry_mode, r.kind,"
            " (select cr.case_id from case_report cr where cr.report_id = r.id) as case_id,"
            " (select tag_code from qr_tag q where q.id = r.scanned_tag_id) as tag_code,"
            " (select k.position_id from case_report cr join fault_case k on k.id = cr.case_id"
            " where cr.report_id = r.id) as position_id"
            " from fault_report r where body = :body"
        )
        return list(connection.execute(statement, {"body": body}))


def test_a_phone_is_enrolled_by_the_code_on_a_screen(
    window: Window, url: str, engine: Engine, tagged: TaggedCity, violations: Violations
) -> None:
    office = window(**DESKTOP)
    token = tagged.city.tokens["contractor"]
    office.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    desk = office.new_page()
    desk.goto(f"{url}/phones")
    desk.get_by_role("button", name="端末を登録するQRコードを出す").click()
    expect(desk.get_by_role("img", name="QR")).to_be_visible()
    looked_at(desk, violations, "phone-invite-1440")
    address = desk.locator(".invite .muted").inner_text()

    page = phone_of(window, url, None)
    page.goto(f"{url}/f")
    expect(page.get_by_text("この端末はまだ登録されていません")).to_be_visible()
    looked_at(page, violations, "field-home-unknown")
    page.goto(url + address[address.index("/E/") :])
    looked_at(page, violations, "field-enrol")
    page.get_by_label("端末の名前").fill("1号車")
    page.get_by_role("button", name="登録する").tap()
    expect(page.get_by_role("link", name="人を替える")).to_be_visible()
    looked_at(page, violations, "field-home")
    page.goto(f"{url}/T/{tagged.tag}")
    expect(page.get_by_role("button", name="送信する")).to_be_visible()
    page.goto(f"{url}/cases")
    expect(page.get_by_label("パスワード")).to_be_visible()  # the office asks for a password

    desk.goto(f"{url}/phones")
    looked_at(desk, violations, "phones-1440")
    desk.get_by_role("row", name="1号車").get_by_role("button", name="登録を取り消す").click()
    page.goto(f"{url}/f")
    expect(page.get_by_text("この端末はまだ登録されていません")).to_be_visible()
    page.goto(url + address[address.index("/E/") :])
    expect(page.get_by_role("heading", name="登録できませんでした")).to_be_visible()
    looked_at(page, violations, "field-enrol-over")


def test_a_tag_page_that_was_opened_works_without_signal(
    phone: Page, url: str, engine: Engine, tagged: TaggedCity
) -> None:
    kept(phone, url)
    phone.goto(f"{url}/T/{tagged.tag}")
    expect(phone.get_by_role("button", name="送信する")).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(f"{url}/t/{tagged.tag.lower()}")
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("見たことのあるタグ")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("まだ送れていません", exact=False)).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    assert len(reports(engine, "見たことのあるタグ")) == 1


def test_a_tag_never_seen_is_found_in_the_pack(
    phone: Page, url: str, engine: Engine, tagged: TaggedCity, violations: Violations
) -> None:
    kept(phone, url)
    phone.goto(f"{url}/f/facilities")
    looked_at(phone, violations, "field-facilities")
    phone.get_by_role("button", name="すべて入れる").tap()
    expect(phone.get_by_text("端末に入っています", exact=False).first).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(f"{url}/T/{tagged.tag}")
    expect(phone.get_by_text("端末に入れた台帳を表示しています")).to_be_visible()
    looked_at(phone, violations, "field-equipment-offline")
    phone.locator("#photos").set_input_files(
        [{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": jpeg(2400, 1800)}]
    )
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("初めてのタグ")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_role("link", name="未送信 1")).to_be_visible()
    phone.get_by_role("link", name="未送信 1").tap()
    expect(phone.get_by_text("端末に保存済み・未送信")).to_be_visible()
    looked_at(phone, violations, "field-outbox")
    with phone.expect_download() as download:
        phone.get_by_role("button", name="未送信の報告をファイルに書き出す").tap()
    with zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as rescued:
        assert rescued.testzip() is None
        told = json.loads(rescued.read("reports.json"))
        (photo,) = told["reports"][0]["photos"]
        assert len(rescued.read(f"photos/{photo['sha256']}")) == photo["size"]
    phone.context.set_offline(False)  # it goes by itself, maybe before anybody could press a button
    expect(phone.get_by_text("未送信の報告はありません。")).to_be_visible()
    looked_at(phone, violations, "field-outbox-sent")
    (report,) = reports(engine, "初めてのタグ")
    assert (report.announced, report.received) == (1, 1)
    assert (report.entry_mode, report.tag_code) == ("tag", tagged.tag)
    assert report.position_id == tagged.city.pump_id
    phone.goto(f"{url}/f/reports")
    phone.get_by_text(report.report_no).tap()
    expect(phone.get_by_text("市の対応はまだ記録されていません。")).to_be_visible()
    looked_at(phone, violations, "field-reports")
    phone.context.set_offline(True)
    phone.goto(f"{url}/f/reports")
    expect(phone.get_by_text(report.report_no)).to_be_visible()
    expect(phone.get_by_text("に読み込んだ内容です", exact=False)).to_be_visible()
    phone.context.set_offline(False)

    # What a colleague has reported meanwhile comes with the pack; followed up without signal.
    with transaction(engine, tagged.city.contractor.identity) as session:
        theirs = make_report(tagged.city, body="同僚の報告", symptoms=["S05"])
        case = file_report(session, theirs, by=tagged.city.contractor)
    with phone.expect_response("**/pack-changes*"):
        phone.goto(f"{url}/f")
    phone.wait_for_timeout(300)
    phone.context.set_offline(True)
    phone.goto(f"{url}/T/{tagged.tag}")
    known = phone.locator("[data-follow] label.tile", has_text=case.case_no)
    expect(known).to_be_visible()
    looked_at(phone, violations, "field-known-offline")
    known.tap()
    choose(phone, "振動", "停止")
    phone.get_by_label("故障の状況").fill("同僚の案件の続報")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_role("link", name="未送信 1")).to_be_visible()
    phone.context.set_offline(False)
    phone.goto(f"{url}/f/outbox")
    expect(phone.get_by_text("未送信の報告はありません。")).to_be_visible()
    (follow,) = reports(engine, "同僚の案件の続報")
    assert (follow.kind, follow.case_id) == ("follow_up", case.case_id)


def test_equipment_is_found_by_words_without_signal(
    phone: Page, url: str, tagged: TaggedCity, violations: Violations
) -> None:
    kept(phone, url)
    phone.goto(f"{url}/f/facilities")
    phone.get_by_role("button", name="すべて入れる").tap()
    expect(phone.get_by_text("端末に入っています", exact=False).first).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(f"{url}/f")
    phone.get_by_label("設備を探す").fill("２ 汚水ぽんぷ")
    phone.get_by_role("button", name="探す").tap()
    found = phone.get_by_role("link", name="No.2汚水ポンプ")
    expect(found).to_be_visible()
    looked_at(phone, violations, "field-found")
    found.tap()
    expect(phone.get_by_role("heading", name="No.2汚水ポンプ")).to_be_visible()
    expect(phone.get_by_role("button", name="送信する")).to_be_visible()


def test_the_wrong_equipment_is_left_without_signal_and_the_scan_kept(
    phone: Page,
    url: str,
    engine: Engine,
    tagged: TaggedCity,
    violations: Violations,
    settings: Settings,
) -> None:
    with transaction(engine) as session:
        pump = session.get_one(Position, tagged.city.pump_id)
        plant = session.get_one(Facility, tagged.city.facility_id)
        place = {"class_id": pump.class_id, "location_id": pump.location_id}
        beside = make_position(session, plant, name="隣の架空ポンプ", **place)
        beside_id = beside.id
        upload = SimpleNamespace(file=BytesIO(jpeg(640, 480)), filename="銘板.jpg")
        store_registry_file(
            session,
            open_store(settings),
            upload,
            owner="position_id",
            owner_id=pump.id,
            kind=AttachmentKind.NAMEPLATE,
            by=terminal_actor("test"),
        )
    kept(phone, url)
    phone.goto(f"{url}/f/facilities")
    with phone.expect_response("**/thumbnail"):
        phone.get_by_role("button", name="すべて入れる").tap()
    expect(phone.get_by_text("端末に入っています", exact=False).first).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(f"{url}/T/{tagged.tag}")
    expect(phone.get_by_text("この機器ですか？")).to_be_visible()
    picture = phone.get_by_role("img", name="この機器の写真")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 320
    phone.get_by_role("button", name="この機器ではない").tap()
    looked_at(phone, violations, "field-not-this-offline")
    phone.get_by_role("link", name="隣の架空ポンプ").tap()
    expect(phone.get_by_role("heading", name="隣の架空ポンプ")).to_be_visible()
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("隣の機器でした")
    phone.get_by_role("button", name="送信する").tap()
    phone.context.set_offline(False)
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    (report,) = reports(engine, "隣の機器でした")
    assert (report.position_id, report.tag_code) == (beside_id, tagged.tag)
    with transaction(engine) as session:
        doubts = text("select dispute_count from qr_tag where tag_code = :tag")
        assert session.execute(doubts, {"tag": tagged.tag}).scalar_one() == 1


def test_what_is_reported_already_is_offered_on_the_page_of_untagged_equipment(
    phone: Page, url: str, engine: Engine, tagged: TaggedCity
) -> None:
    by = tagged.city.contractor
    with transaction(engine) as session:
        identify(session, by.identity)
        known = file_report(session, make_report(tagged.city, body="もう知らせた詰まり"), by=by)
    phone.goto(f"{url}/f/equipment?position={tagged.city.pump_id}")  # in no pack of this phone
    choose(phone, "続報: もう知らせた詰まり", "異音", "停止")
    phone.get_by_label("故障の状況").fill("まだ詰まっている")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    with transaction(engine) as session:
        linked = text(
            "select cr.case_id from case_report cr join fault_report r on r.id = cr.report_id"
            " where r.body = 'まだ詰まっている'"
        )
        assert session.execute(linked).scalars().all() == [known.case_id]


def test_a_phone_goes_from_hand_to_hand_by_pin(
    phone: Page, url: str, engine: Engine, tagged: TaggedCity, violations: Violations
) -> None:
    with transaction(engine) as session:
        company = session.get_one(Company, tagged.city.company_id)
        mate = make_user(session, Role.CONTRACTOR, company)
        mate.display_name = "交代 次郎"
        by = Actor(mate.id, "交代 次郎", Role.CONTRACTOR, mate.company_id)
        session.flush()
        enrolment.set_pin(session, "4649", by=by)
    phone.goto(f"{url}/f/worker")
    looked_at(phone, violations, "field-worker")
    choose(phone, "交代 次郎")
    phone.get_by_label("その人の暗証番号").fill("0000")
    phone.get_by_role("button", name="替える", exact=True).tap()
    expect(phone.get_by_text("暗証番号が違います。")).to_be_visible()
    phone.get_by_label("その人の暗証番号").fill("4649")
    phone.get_by_role("button", name="替える", exact=True).tap()
    expect(phone.get_by_text("交代 次郎")).to_be_visible()


def test_what_no_ledger_knows_is_reported_without_signal(
    phone: Page, url: str, engine: Engine, tagged: TaggedCity, violations: Violations
) -> None:
    kept(phone, url)
    phone.goto(f"{url}/f/unregistered")
    expect(phone.get_by_label("施設").locator("option")).not_to_have_count(1)
    looked_at(phone, violations, "field-unregistered")
    phone.context.set_offline(True)
    phone.goto(f"{url}/f/unregistered")
    phone.get_by_label("施設").select_option(index=1)
    phone.get_by_label("どんな機器か").fill("地下の小型水中ポンプ")
    phone.reload()
    expect(phone.get_by_label("どんな機器か")).to_have_value("地下の小型水中ポンプ")
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("台帳にない機器のうなり")
    phone.get_by_text("測定値を書く").tap()
    phone.get_by_label("測定値", exact=True).fill("電流 １２．３ A\n絶縁抵抗: 0.5 MΩ\n音がする")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("まだ送れていません", exact=False)).to_be_visible()
    phone.goto(f"{url}/f/outbox")
    expect(phone.get_by_text("地下の小型水中ポンプ")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("未送信の報告はありません")).to_be_visible(timeout=15_000)
    with engine.connect() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text(
            "select k.unregistered_desc, k.position_id, r.entry_mode, r.measured_values"
            " from fault_report r join case_report cr on cr.report_id = r.id"
            " join fault_case k on k.id = cr.case_id where r.body = :body"
        )
        (row,) = connection.execute(statement, {"body": "台帳にない機器のうなり"})
    assert (row.unregistered_desc, row.position_id, row.entry_mode) == (
        "地下の小型水中ポンプ",
        None,
        "typed",
    )
    assert row.measured_values == {"電流(A)": 12.3, "絶縁抵抗(MΩ)": 0.5}
