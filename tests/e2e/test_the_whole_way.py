"""The main job once, as three people in three windows: ledger, tag, report, answer, failure rate.

The administrator and the staff sit at a desk, the contractor's worker stands before the pump with a
phone. Every step leaves a picture under tests/e2e/screenshots.
"""

import io
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, make_url, text

from app.asgi import create_app
from app.worker import drain
from service.accounts.domain import Role
from service.core.clock import JST, now, today
from service.core.database import make_engine, transaction
from service.core.settings import Settings, get_settings
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD, make_company, make_user

ROOT = Path(__file__).parents[2]
CITY = ROOT / "data" / "samples" / "city"
PICTURES = Path(__file__).parent / "screenshots"
STATION = "P01"
Opened = Callable[..., BrowserContext]


def part_of(file: str, keep: Callable[[str], bool]) -> bytes:
    """The sample's own header and rows of one station, in CP932 as the city's Excel writes them."""
    lines = (CITY / file).read_text(encoding="utf-8-sig").splitlines()
    return "\r\n".join([lines[0], *filter(keep, lines[1:])]).encode("cp932")


def photo(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture(scope="module")
def settings(maintenance_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A city of its own: an empty registry that only this story fills."""
    name = "gesuibo_story"
    maintenance = create_engine(maintenance_url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"drop database if exists {name} with (force)"))
        connection.execute(text(f"create database {name}"))
    url = make_url(maintenance_url).set(database=name)
    owner = create_engine(url)
    with owner.connect() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    owner.dispose()
    plain = url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GESUIBO_DATABASE_URL", plain)
        environment.setenv("GESUIBO_OWNER_DATABASE_URL", plain)
        environment.setenv("GESUIBO_STATE_DIR", str(tmp_path_factory.mktemp("story")))
        get_settings.cache_clear()
        yield get_settings()
    get_settings.cache_clear()
    with maintenance.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    maintenance.dispose()


def sign_in(page: Page, url: str, username: str, *, then: str) -> None:
    page.goto(f"{url}{then}")
    page.get_by_label("利用者名").fill(username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def import_ledger(page: Page, url: str, name: str, content: bytes, expected: int) -> None:
    page.goto(f"{url}/imports")
    page.get_by_label("ファイル", exact=False).first.set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="読み込んで計画を作る").click()
    page.get_by_role("button", name=re.compile(f"^{expected:,} 行を確定する")).click()
    expect(page.get_by_text("取込が終わりました")).to_be_visible()


@pytest.mark.e2e
@pytest.mark.slow
def test_from_the_ledger_to_the_failure_rate(
    settings: Settings, window: Opened, violations
) -> None:
    PICTURES.mkdir(exist_ok=True)
    engine = make_engine(settings)
    with transaction(engine) as session:
        company = make_company(session, company_code="HK-B", name="Bプラント管理(架空)")
        administrator = make_user(session, Role.ADMINISTRATOR).username
        officer = make_user(session, Role.STAFF).username
        worker = make_user(session, Role.CONTRACTOR, company).username

    def seen(page: Page, step: str) -> None:
        page.screenshot(path=PICTURES / f"{step}.png", full_page=True)
        assert violations(page) == []

    with served(create_app(settings, engine)) as url:
        # 1. The administrator loads the city's ledgers and prints the tags.
        desk = window(**DESKTOP).new_page()
        sign_in(desk, url, administrator, then="/imports")
        classes = (ROOT / "data/samples/classes/equipment_classes.csv").read_bytes()
        import_ledger(desk, url, "classes.csv", classes, 90)
        place = part_of("facilities.csv", lambda line: line.startswith(f"{STATION},"))
        import_ledger(desk, url, "facilities.csv", place, 1)
        contract = (
            "契約番号,事業者コード,開始日,終了日,対象施設,到着目標(分)\r\n"
            f"KY-1,HK-B,2023-10-01,{today() + timedelta(days=400)},{STATION},60\r\n"
        ).encode("cp932")
        import_ledger(desk, url, "contracts.csv", contract, 1)
        ledger = part_of("equipment_ledger.csv", lambda line: line.startswith(f"{STATION}-"))
        rows = ledger.count(b"\r\n")
        import_ledger(desk, url, "equipment_ledger.csv", ledger, rows)
        seen(desk, "1-import")
        desk.goto(f"{url}/tags/sheet?facility={STATION}")
        desk.get_by_role("button", name="QRタグのない設置箇所の分を作成する").click()
        desk.goto(f"{url}/tags/sheet?facility={STATION}")
        expect(desk.locator(".label")).not_to_have_count(0)
        seen(desk, "2-tags")
        desk.goto(f"{url}/positions?q=汚水ポンプ本体")
        desk.goto(f"{url}/positions?q=No.1汚水ポンプ")
        desk.get_by_role("rowheader").get_by_role("link").first.click()
        position_name = desk.locator("h1").inner_text()
        expect(desk.locator("#position-tags")).to_be_visible()
        expect(desk.locator("#cases-body table, #cases-body .empty").first).to_be_visible()
        tag_path = desk.locator("#position-tags a").first.get_attribute("href")
        assert tag_path is not None
        seen(desk, "3-position")

        # 2. A member of staff keeps the inbox open.
        office = window(**DESKTOP).new_page()
        sign_in(office, url, officer, then="/inbox")
        expect(office.get_by_role("heading", name="受信箱")).to_be_visible()
        office.wait_for_timeout(1500)  # the stream is open once the page has settled

        # 3. The worker's phone opens the tag and reports with a photo.
        phone = window(**PHONE).new_page()
        phone.goto(url + tag_path)
        expect(phone.locator("a[href^='tel:']").first).to_be_visible()
        seen(phone, "4-tag-not-signed-in")
        sign_in(phone, url, worker, then=f"/sign-in?next={tag_path}")
        expect(phone.get_by_role("heading", name=position_name).first).to_be_visible()
        seen(phone, "5-tag")
        phone.locator("#symptom label").first.click()
        phone.locator("#operation_effect label").first.click()
        phone.locator("#photos").set_input_files(
            {"name": "故障部.jpg", "mimeType": "image/jpeg", "buffer": photo((120, 60, 40))}
        )
        phone.get_by_label("故障の状況").fill("起動操作をしても電流が流れず、始動しない。")
        phone.get_by_label("応急処置").fill("No.2に切り替えて運転を続けている。")
        phone.get_by_role("button", name=re.compile("送信|報告する")).last.click()
        expect(phone.locator("#sent [data-number]")).to_contain_text("HR")
        sent_at = time.monotonic()
        seen(phone, "6-sent")

        # 4. It is on the staff's screen; they answer until it is closed.
        expect(office.get_by_role("button", name=re.compile("新着 1 件"))).to_be_visible(
            timeout=5000
        )
        assert time.monotonic() - sent_at < 5  # the picture above took part of it
        seen(office, "7-inbox-new")
        office.get_by_role("button", name=re.compile("新着 1 件")).click()
        office.get_by_role("link", name=re.compile(rf"R\d+-{STATION}-\d+")).first.click()
        expect(office.get_by_text("起動操作をしても電流が流れず").first).to_be_visible()
        drain(engine)
        office.reload()
        expect(office.locator("img[src*='/attachments/']").first).to_be_visible()
        seen(office, "8-case")
        office.get_by_role("button", name="受け付ける").click()
        office.locator("#response summary").first.click()
        office.locator("#response-kind").select_option("permanent_fix")
        office.locator("#response-action_code").select_option("replace")
        office.locator("#response-description").fill(
            "電磁接触器を交換し、試運転で異常のないことを確認した。"
        )
        office.locator("#response-cost_yen").fill("48,400")
        office.locator("#response input[type=file]").set_input_files(
            {"name": "処置後.jpg", "mimeType": "image/jpeg", "buffer": photo((40, 90, 60))}
        )
        office.locator("#response button[type=submit]").click()
        expect(office.get_by_text("電磁接触器を交換し").first).to_be_visible()
        expect(office.get_by_text("48,400").first).to_be_visible()
        resolve = office.locator("details.step", has=office.locator("[name=resolve-version]"))
        resolve.locator("summary").click()
        restored = now().astimezone(JST)
        stopped = restored - timedelta(hours=3)
        resolve.locator("[name=resolve-stop_from]").fill(stopped.strftime("%Y-%m-%dT%H:%M"))
        resolve.locator("[name=resolve-stop_to]").fill(restored.strftime("%Y-%m-%dT%H:%M"))
        resolve.locator("button[type=submit]").click()
        close = office.locator("details.step", has=office.locator("[name=close-version]"))
        close.locator("summary").click()
        close.locator("button[type=submit]").click()
        expect(office.get_by_text("完結").first).to_be_visible()
        drain(engine)
        office.reload()
        seen(office, "9-closed")

        # 5. The worker sees the answer; the failure and its downtime are in the table.
        phone.goto(f"{url}/cases")
        phone.get_by_role("link", name=re.compile(rf"R\d+-{STATION}-\d+")).first.click()
        expect(phone.get_by_text("電磁接触器を交換し").first).to_be_visible()
        seen(phone, "10-answer")
        month = today().strftime("%Y-%m")
        desk.goto(f"{url}/analytics/failure-rate?by=middle&from={month}&to={month}")
        table = desk.get_by_role("table").first
        counted = table.get_by_role("row").filter(has_text="汚水ポンプ").first
        expect(counted).to_be_visible()
        seen(desk, "11-failure-rate")
        report = desk.request.get(
            f"{url}/api/v1/analytics/failure-rate?by=middle&from={month}&to={month}&format=json"
        ).json()
        failures = [row for row in report["rows"] if row["failures"]]
        assert len(failures) == 1
        assert failures[0]["failures"] == 1
        assert failures[0]["downtime_h"] == pytest.approx(3.0, abs=0.05)
        assert failures[0]["device_years"] > 0
    engine.dispose()
