"""対応依頼 in the field app: read without signal, acknowledged, and the work told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import Session

from app.asgi import create_app
from service.accounts.actor import Actor
from service.core.database import identify, transaction
from service.core.settings import Settings
from service.faults.service import file_report
from service.work_requests import service
from service.work_requests.schemas import RequestCreate
from tests.browser import PHONE, served
from tests.service.faults.conftest import make_report
from tests.tagged_city import TaggedCity, build

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def url(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=engine, settings=settings)) as address:
        yield address


def acting(session: Session, by: Actor) -> Actor:
    identify(session, by.identity)
    return by


def asked(engine: Engine, tagged: TaggedCity) -> None:
    city = tagged.city
    with transaction(engine) as session:
        by = acting(session, city.contractor)
        case_id = file_report(session, make_report(city), by=by).case_id
    with transaction(engine) as session:
        new = RequestCreate(body="軸封部を確認してください")
        service.ask(session, case_id, new, by=acting(session, city.staff))


def looked_at(page: Page, violations: Any, name: str) -> None:
    assert violations(page) == []
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def test_a_request_is_acknowledged_and_the_work_told_once(
    window: Any, url: str, engine: Engine, tagged: TaggedCity, violations: Any
) -> None:
    asked(engine, tagged)
    context = window(**PHONE)
    token = tagged.city.tokens["contractor"]
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(8000)
    page = context.new_page()
    page.goto(f"{url}/f")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_timeout(300)
    page.get_by_role("link", name="市からの対応依頼").tap()
    expect(page.get_by_text("軸封部を確認してください")).to_be_visible()
    looked_at(page, violations, "field-work-asked")
    page.get_by_role("button", name="受領する").tap()
    expect(page.get_by_text("受領・作業中")).to_be_visible()

    page.get_by_role("button", name="到着はいま").tap()
    expect(page.get_by_label("到着", exact=True)).not_to_have_value("")
    page.get_by_label("作業の内容").fill("増し締めで漏れが止まった")
    context.set_offline(True)
    page.get_by_role("button", name="作業を記録する").tap()
    expect(page.get_by_text("まだ伝わっていません", exact=False)).to_be_visible()
    page.goto(f"{url}/f/work")
    expect(page.get_by_text("に読み込んだ内容です", exact=False)).to_be_visible()
    expect(page.get_by_label("作業の内容")).to_have_value("増し締めで漏れが止まった")
    context.set_offline(False)
    page.get_by_role("button", name="作業を記録する").tap()
    expect(page.get_by_text("増し締めで漏れが止まった")).to_have_count(1)
    expect(page.get_by_label("作業の内容")).to_have_value("")
    looked_at(page, violations, "field-work-told")
    page.get_by_label("作業の内容").fill("完了")
    page.get_by_role("button", name="完了を伝える").tap()
    expect(page.get_by_text("作業完了")).to_be_visible()
