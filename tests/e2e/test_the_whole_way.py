"""The main job once, as three people in three windows: ledger, tag, report, answer, failure rate.

The administrator and the staff sit at a desk, the contractor's worker stands before the pump with a
phone. Every step leaves a picture under tests/e2e/screenshots.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from app.worker import drain
from service.accounts.domain import Role
from service.core.clock import JST, now, today
from service.core.database import make_engine, transaction
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD, make_company, make_user
from tests.own_database import own_settings

ROOT = Path(__file__).parents[2]
CITY = ROOT / "data" / "samples" / "city"
PICTURES = Path(__file__).parent / "screenshots"
STATION = "P01"
CASE_NO = re.compile(rf"R\d+-{STATION}-\d+")
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
    with own_settings(maintenance_url, "story", tmp_path_factory.mktemp("story")) as own:
        yield own


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
    page.wait_for_url(re.compile("/imports/.+"))
    datum = page.get_by_role("group", name=re.compile("測地系"))
    if datum.count():
        datum.get_by_label("回答").select_option(label="世界測地系（JGD2011） 緯度経度")
        page.get_by_role("button", name="回答して計画を作り直す").click()
    page.get_by_role("button", name=re.compile(f"^{expected:,} 行を確定する")).click()
    expect(page.get_by_text("取込が終わりました")).to_be_visible()


@dataclass(frozen=True)
class Story:
    """What all steps share: where the service is, its database, and how a step is recorded."""

    url: str
    engine: Engine
    violations: Callable[[Page], list[str]]

    def seen(self, page: Page, step: str) -> None:
        page.screenshot(path=PICTURES / f"{step}.png", full_page=True)
        assert self.violations(page) == []


def load_ledgers(story: Story, desk: Page) -> None:
    url = story.url
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
    import_ledger(desk, url, "equipment_ledger.csv", ledger, ledger.count(b"\r\n"))
    story.seen(desk, "1-import")


def print_tags(story: Story, desk: Page) -> tuple[str, str]:
    """The name of a pump and the address on its tag."""
    desk.goto(f"{story.url}/tags?view=missing&facility={STATION}")
    desk.get_by_role("button", name="この一覧の設置箇所にタグを作成する").click()
    desk.goto(f"{story.url}/tags?view=missing&facility={STATION}")
    expect(desk.get_by_text("該当するQRタグはありません")).to_be_visible()
    story.seen(desk, "2-tags")
    desk.goto(f"{story.url}/positions?q=No.1汚水ポンプ&middle=汚水ポンプ設備")
    desk.get_by_role("rowheader").get_by_role("link").first.click()
    expect(desk.locator("#position-tags")).to_be_visible()
    expect(desk.locator("#cases-body table, #cases-body .empty").first).to_be_visible()
    story.seen(desk, "3-position")
    code = desk.locator("#position-tags a").first.inner_text().replace(" ", "")
    return desk.locator("h1").inner_text(), f"/T/{code.replace('-', '')}"


def report_fault(story: Story, phone: Page, worker: str, name: str, tag: str) -> None:
    phone.goto(story.url + tag)
    expect(phone.locator("a[href^='tel:']").first).to_be_visible()
    story.seen(phone, "4-tag-not-signed-in")
    sign_in(phone, story.url, worker, then=f"/sign-in?next={tag}")
    expect(phone.get_by_role("heading", name=name).first).to_be_visible()
    story.seen(phone, "5-tag")
    phone.locator("#symptom label").first.click()
    phone.locator("#operation_effect label").first.click()
    phone.locator("#photos").set_input_files(
        {"name": "故障部.jpg", "mimeType": "image/jpeg", "buffer": photo((120, 60, 40))}
    )
    phone.get_by_label("故障の状況").fill("起動操作をしても電流が流れず、始動しない。")
    phone.get_by_label("応急処置").fill("No.2に切り替えて運転を続けている。")
    phone.get_by_role("button", name=re.compile("送信|報告する")).last.click()
    expect(phone.locator("#sent [data-number]")).to_contain_text("HR")


def read_report(story: Story, office: Page) -> None:
    """The report is counted without a reload; the rows that are being read stay where they are."""
    arrived = office.get_by_role("button", name=re.compile("新着 1 件"))
    expect(arrived).to_be_visible(timeout=1500)
    story.seen(office, "7-inbox-new")
    arrived.click()
    office.get_by_role("link", name=CASE_NO).first.click()
    expect(office.get_by_text("起動操作をしても電流が流れず").first).to_be_visible()
    drain(story.engine)
    office.reload()
    expect(office.locator("img[src*='/attachments/']").first).to_be_visible()
    story.seen(office, "8-case")


def answer(story: Story, office: Page) -> None:
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
    expect(office.get_by_text("電磁接触器を交換し").locator("visible=true").first).to_be_visible()
    expect(office.get_by_text("48,400").locator("visible=true").first).to_be_visible()


def close_case(story: Story, office: Page) -> None:
    restored = now().astimezone(JST)
    stopped = restored - timedelta(hours=3)
    resolve = office.locator("details.step", has=office.locator("[name=resolve-version]"))
    resolve.locator("summary").click()
    resolve.locator("[name=resolve-stop_from]").fill(stopped.strftime("%Y-%m-%dT%H:%M"))
    resolve.locator("[name=resolve-stop_to]").fill(restored.strftime("%Y-%m-%dT%H:%M"))
    resolve.locator("button[type=submit]").click()
    close = office.locator("details.step", has=office.locator("[name=close-version]"))
    close.locator("summary").click()
    close.locator("button[type=submit]").click()
    expect(office.get_by_text("完結").locator("visible=true").first).to_be_visible()
    drain(story.engine)
    office.reload()
    story.seen(office, "9-closed")


def count_failure(story: Story, desk: Page) -> None:
    """One failure, three hours down, in the table on screen and behind it."""
    month = today().strftime("%Y-%m")
    conditions = f"by=middle&from={month}&to={month}"
    desk.goto(f"{story.url}/analytics/failure-rate?{conditions}")
    row = desk.get_by_role("table").first.get_by_role("row").filter(has_text="汚水ポンプ").first
    expect(row).to_be_visible()
    story.seen(desk, "11-failure-rate")
    address = f"{story.url}/api/v1/analytics/failure-rate?{conditions}&format=json"
    failed = [row for row in desk.request.get(address).json()["rows"] if row["failures"]]
    assert [row["failures"] for row in failed] == [1]
    assert failed[0]["downtime_h"] == pytest.approx(3.0, abs=0.05)
    assert failed[0]["device_years"] > 0


@pytest.mark.e2e
@pytest.mark.slow
def test_from_the_ledger_to_the_failure_rate(
    settings: Settings, window: Opened, violations: Callable[[Page], list[str]]
) -> None:
    PICTURES.mkdir(exist_ok=True)
    engine = make_engine(settings)
    with transaction(engine) as session:
        company = make_company(session, company_code="HK-B", name="Bプラント管理(架空)")
        administrator = make_user(session, Role.ADMINISTRATOR).username
        officer = make_user(session, Role.STAFF).username
        worker = make_user(session, Role.CONTRACTOR, company).username
    desk, office, phone = (window(**size).new_page() for size in (DESKTOP, DESKTOP, PHONE))
    with served(create_app(settings, engine)) as url:
        story = Story(url, engine, violations)
        sign_in(desk, url, administrator, then="/imports")
        load_ledgers(story, desk)
        pump, tag = print_tags(story, desk)
        sign_in(office, url, officer, then="/inbox")
        expect(office.get_by_role("heading", name="受信箱")).to_be_visible()
        office.wait_for_timeout(1500)  # the stream is open once the page has settled
        report_fault(story, phone, worker, pump, tag)
        read_report(story, office)
        story.seen(phone, "6-sent")
        answer(story, office)
        close_case(story, office)
        phone.goto(f"{url}/cases")
        phone.get_by_role("link", name=CASE_NO).first.click()
        expect(
            phone.get_by_text("電磁接触器を交換し").locator("visible=true").first
        ).to_be_visible()
        story.seen(phone, "10-answer")
        count_failure(story, desk)
    engine.dispose()
