"""A clerk brings in the dirtiest ledger there is, in a real browser, without help."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from importers import service
from importers.decisions import Decisions
from service.accounts import service as accounts
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD
from tests.importers.ledgers import SAMPLES

PICTURES = Path(__file__).parent / "screenshots"
DIRTY = SAMPLES / "city" / "equipment_ledger_dirty.csv"


@pytest.fixture(scope="module")
def city(engine: Engine) -> Engine:
    """The masters of the sample city and an engineer; no equipment yet."""
    actor = Actor(id=None, name="test", role=None)
    with transaction(engine) as session:
        accounts.create_user(
            session,
            username="clerk",
            display_name="取込 担当",
            role=Role.ENGINEER,
            password=PASSWORD,
            company=None,
            by=actor,
        )
        for path in (
            SAMPLES / "classes" / "equipment_classes.csv",
            SAMPLES / "city" / "companies.csv",
            SAMPLES / "city" / "facilities.csv",
        ):
            job = service.plan_file(
                session, path.read_bytes(), path.name, decisions=Decisions(crs=6668), by=actor
            )
            service.apply_job(session, job.id, by=actor)
    return engine


@pytest.fixture
def url(city: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=city, settings=settings)) as address:
        yield address


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/imports")
    page.get_by_label("利用者名").fill("clerk")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def _send(page: Page, path: Path) -> None:
    page.get_by_label("ファイル", exact=False).first.set_input_files(path)
    page.get_by_role("button", name="読み込んで計画を作る").click()


def _look(page: Page, name: str, violations: Callable[[Page], list[str]]) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert violations(page) == []


def _answer(page: Page, question: str, choice: str) -> None:
    page.get_by_role("group", name=question).get_by_label("回答").select_option(label=choice)


def test_the_dirtiest_ledger_comes_in_and_goes_again(
    url: str,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
):
    page = window(**DESKTOP).new_page()
    _sign_in(page, url)
    _send(page, DIRTY)
    expect(page.get_by_role("heading", name="確認してください")).to_be_visible()
    _look(page, "questions", violations)

    _answer(page, re.compile("元号のない年"), "昭和")
    _answer(page, re.compile("1台ずつ|1行に複数台"), "1台ずつに分ける")
    _answer(page, re.compile("呼び径ですか"), "呼び径（口径）")
    _answer(page, re.compile("2台"), "予備機あり")
    price = page.get_by_role("group", name=re.compile("一式に含む"))
    price.get_by_label("空欄として取り込む").check()
    page.get_by_role("group", name=re.compile(r"2\.200")).get_by_label("正しい値").fill("2200")
    page.get_by_role("group", name=re.compile("1月2日")).get_by_label("正しい値").fill("1-2")
    _answer(page, re.compile("謎の装置"), "圧力計・圧力発信器 (IN-PR-01)")
    page.get_by_role("button", name="回答して計画を作り直す").click()

    questions = page.get_by_role("group", name=re.compile("."))
    expect(questions).to_have_count(1)  # the facility that nobody knows stays open
    expect(page.get_by_role("group", name=re.compile("架空第九十九ポンプ場"))).to_be_visible()
    page.get_by_role("link", name=re.compile("取込不可")).click()
    expect(page.get_by_text("「3/4」は年が失われています。")).to_be_visible()
    _look(page, "plan", violations)

    page.get_by_role("button", name=re.compile("行だけを確定する")).click()
    expect(page.get_by_text("取込が終わりました")).to_be_visible()
    _look(page, "receipt", violations)

    page.get_by_text("この取込を取り消す").click()
    page.get_by_role("button", name="取込を取り消す").click()
    expect(page.get_by_text("取り消しました")).to_be_visible()
    _look(page, "undone", violations)

    # On a phone, the same ledger again: what was decided is remembered, one thing is still open.
    phone = window(**PHONE).new_page()
    _sign_in(phone, url)
    _look(phone, "start_phone", violations)
    _send(phone, DIRTY)
    expect(phone.get_by_role("group", name=re.compile("."))).to_have_count(1)
    _look(phone, "again_phone", violations)
