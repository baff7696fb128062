"""The office pages: forms without JavaScript, and in a real browser."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import Actor
from service.core.clock import now
from service.core.database import transaction
from service.core.settings import Settings
from service.faults.service import file_report, take_step
from service.faults.steps import Step
from service.registry.models import Position
from tests.browser import DESKTOP, PHONE, served
from tests.importers.ledgers import load
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


def _browser_of(app: Any, city: City, who: str) -> TestClient:
    return TestClient(
        app,
        headers={"origin": "http://testserver", "accept": "text/html"},
        cookies={"gesuibo": city.tokens[who]},
        follow_redirects=False,
    )


@pytest.fixture
def staff(app: Any, city: City) -> TestClient:
    return _browser_of(app, city, "staff")


@pytest.fixture
def case_id(city: City, as_actor: AsActor) -> str:
    with as_actor(city.contractor) as session:
        return str(file_report(session, make_report(city), by=city.contractor).case_id)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 150)).save(file, "JPEG")
    return file.getvalue()


def test_a_case_is_accepted_and_closed_by_plain_forms(
    staff: TestClient, case_id: str, as_actor: AsActor, city: City
):
    def press(step: str, **values: str) -> int:
        page = staff.get(f"/cases/{case_id}").text
        version = re.search(rf'name="{step}-version" value="(\d+)"', page)
        assert version, f"the page does not offer {step}"
        data = {f"{step}-{name}": value for name, value in values.items()}
        data[f"{step}-version"] = version.group(1)
        return staff.post(f"/cases/{case_id}/steps/{step}", data=data).status_code

    assert press("accept") == 303
    assert press("start") == 303
    assert press("wait", wait_reason="parts", reason="納期未定") == 303
    assert press("resolve", stop_from="2026-11-20T10:00") == 303
    assert press("close") == 422
    assert press("close", stop_to="2026-11-20T12:30") == 303
    with as_actor(city.staff) as session:
        case = rows(session, "select * from fault_case where id = :id", id=case_id)[0]
    assert case.state == "closed"
    assert case.stop_from.isoformat() == "2026-11-20T01:00:00+00:00"


def test_a_case_of_an_old_ledger_opens_as_any_other(
    staff: TestClient, engine: Engine, city: City, terminal: Actor
):
    """Its report has no symptoms or times of its own: the ledger's columns are the case's."""
    row = {
        "案件番号": f"R2-TJ-{uuid4().hex[:6]}",
        "発生日時": "2020-04-02 06:31",
        "報告者氏名": "例田 三郎",
        "内容": "漏電警報。ケーブルに傷があった。",
    }
    with transaction(engine) as session:
        position = session.get_one(Position, city.pump_id)
        row["設備番号"] = position.position_code
        row["施設コード"] = position.position_code.split("-")[0]
        load(session, f"{','.join(row)}\n{','.join(row.values())}\n", by=terminal)
        statement = text("select id from fault_case where case_no = :no")
        case_id = session.execute(statement, {"no": row["案件番号"]}).scalar_one()
    for page in ("", "/paper", "/paper.pdf", "/similar"):
        assert staff.get(f"/cases/{case_id}{page}").status_code == 200
    assert row["内容"] in staff.get(f"/cases/{case_id}").text


def test_only_allowed_steps_are_offered(staff: TestClient, case_id: str):
    offered = set(re.findall(r"/steps/(\w+)", staff.get(f"/cases/{case_id}").text))
    assert offered == {"accept", "dismiss"}


def test_errors_stand_next_to_the_field_and_nothing_typed_is_lost(staff: TestClient, case_id: str):
    answer = staff.post(
        f"/cases/{case_id}/responses",
        data={"response-kind": "order", "response-description": "", "response-cost_yen": "八万"},
        files={"photos": ("", b"")},
    )
    assert answer.status_code == 422
    assert "response-description-error" in answer.text
    assert "response-cost_yen-error" in answer.text
    assert 'value="八万"' in answer.text


def test_a_stale_form_is_shown_again_with_what_was_typed(
    staff: TestClient, case_id: str, city: City, as_actor: AsActor
):
    with as_actor(city.staff) as session:
        take_step(session, case_id, Step.ACCEPT, by=city.staff)
    data = {"dismiss-version": "1", "dismiss-reason": "現地で異常なし"}
    answer = staff.post(f"/cases/{case_id}/steps/dismiss", data=data)
    assert answer.status_code == 412
    assert "ほかの人が先に変更しました" in answer.text
    assert 'value="現地で異常なし"' in answer.text
    assert 'name="dismiss-version" value="2"' in answer.text


def test_a_response_is_kept_with_its_photos_or_not_at_all(
    staff: TestClient, case_id: str, city: City, as_actor: AsActor
):
    data = {
        "response-kind": "permanent_fix",
        "response-description": "メカニカルシールを交換",
        "response-action_code": "replace",
        "response-cost_yen": "385000",
        "response-tax_included": "true",
    }
    bad = [
        ("photos", ("a.jpg", _picture(), "image/jpeg")),
        ("photos", ("b.jpg", b"x", "image/jpeg")),
    ]
    assert staff.post(f"/cases/{case_id}/responses", data=data, files=bad).status_code == 415
    assert "対応記録 第1回" not in staff.get(f"/cases/{case_id}").text
    answer = staff.post(f"/cases/{case_id}/responses", data=data, files=bad[:1])
    assert answer.headers["location"] == f"/cases/{case_id}#timeline"
    page = staff.get(f"/cases/{case_id}").text
    assert "対応記録 第1回（恒久対策）" in page
    assert "費用 385,000 円（税込）" in page
    assert "/thumbnail" in page


def test_judging_sets_and_takes_back(staff: TestClient, case_id: str):
    def judge(**values: str) -> int:
        page = staff.get(f"/cases/{case_id}").text
        version = re.search(r'name="judge-version" value="(\d+)"', page)
        assert version
        filled = {"urgency": "", "severity": "3", "counts_as_failure": "true"} | values
        data = {f"judge-{name}": value for name, value in filled.items()}
        data["judge-version"] = version.group(1)
        return staff.post(f"/cases/{case_id}/judgement", data=data).status_code

    assert judge(urgency="S") == 303
    assert "badge--danger" in staff.get(f"/cases/{case_id}").text
    assert judge(urgency="") == 303
    assert "badge--danger" not in staff.get(f"/cases/{case_id}").text
    assert judge(stop_from="2026-11-20T10:00", stop_to="2026-11-20T09:00") == 422


def test_merging_by_case_number(staff: TestClient, case_id: str, city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        other = file_report(session, make_report(city), by=city.contractor)
    data = {"merge-case_no": "R8-XX-9999", "merge-reason": "重複", "merge-version": "1"}
    assert staff.post(f"/cases/{case_id}/merge", data=data).status_code == 422
    data["merge-case_no"] = other.case_no
    assert staff.post(f"/cases/{case_id}/merge", data=data).status_code == 303
    assert f"統合先 {other.case_no}" in staff.get(f"/cases/{case_id}").text
    assert staff.post(f"/cases/{case_id}/unmerge").status_code == 303


def test_a_report_by_telephone(staff: TestClient, city: City):
    page = staff.get(f"/reports/new?position={city.pump_id}").text
    assert "辻堂架空浄化センター" in page
    report_id = re.search(r'name="report-id" value="([^"]+)"', page)
    assert report_id
    data: dict[str, Any] = {
        "report-captured_at": "2026-11-20T03:00:00+00:00",
        "report-id": report_id.group(1),
        "report-position_id": str(city.pump_id),
        "report-occurred_at": "2026-11-20T02:10",
        "report-body": "住民から、ポンプ場で大きな音がすると電話",
        "report-reporter_name": "近隣住民",
    }
    missing = staff.post("/reports/new", data=data)
    assert (missing.status_code, "symptoms-error" in missing.text) == (422, True)
    assert "大きな音がすると電話" in missing.text
    answers = [staff.post("/reports/new", data=data | {"symptoms": ["S04", "S05"]}) for _ in "12"]
    assert [a.status_code for a in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert "代行入力" in staff.get(answers[0].headers["location"]).text


def test_a_contractor_reads_its_own_case_and_finds_no_buttons(app: Any, city: City, case_id: str):
    own, other = (_browser_of(app, city, who) for who in ("contractor", "other_contractor"))
    page = own.get(f"/cases/{case_id}")
    assert page.status_code == 200
    assert f'action="/cases/{case_id}/' not in page.text
    assert other.get(f"/cases/{case_id}").status_code == 404
    assert own.get("/inbox").status_code == 403
    assert own.get("/").status_code == 200
    assert case_id in own.get("/cases").text
    assert case_id not in other.get("/cases").text


@pytest.mark.parametrize("path", ["/", "/inbox", "/cases", "/reports/new"])
def test_pages_speak_english_without_a_japanese_rest(staff: TestClient, path: str):
    page = staff.get(f"{path}?lang=en").text
    main = re.sub(r"<option.*?</option>|<tbody.*?</tbody>|<dl.*?</dl>", "", page, flags=re.DOTALL)
    main = main[main.index("<main") : main.index("</main")]
    assert re.findall(r"[ぁ-んァ-ヶ一-龠]+", main) == []


def test_the_position_page_gets_the_bare_history(staff: TestClient, city: City, case_id: str):
    address = f"/positions/{city.pump_id}/cases"
    bare = staff.get(address, headers={"hx-request": "true"}).text
    assert case_id in bare
    assert "<html" not in bare
    assert "<html" in staff.get(address).text


@pytest.mark.usefixtures("case_id")
def test_filters_that_make_no_sense_filter_nothing(staff: TestClient):
    def listed(query: str) -> list[str]:
        return re.findall(r"/cases/([0-9a-f-]{36})", staff.get(f"/cases{query}").text)

    everything = listed("")
    assert everything
    assert listed("?facility_id=x&urgency=Z&occurred_from=soon") == everything


@pytest.fixture
def open_page(
    window: Callable[..., BrowserContext], address: str, city: City
) -> Callable[..., Page]:
    def opened(path: str, size: dict[str, Any], who: str = "staff") -> Page:
        context = window(**size)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens[who], "url": address}])
        page = context.new_page()
        page.goto(address + path)
        return page

    return opened


@pytest.mark.e2e
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/cases", "/cases/{case}", "/reports/new?position={pump}"]
)
def test_every_page_is_accessible_and_fits(
    open_page: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    staff: TestClient,
    city: City,
    case_id: str,
    path: str,
    size: dict[str, Any],
    tmp_path: Path,
):
    for kind, said in (("site_check", "現地を確認。軸封部から漏水。"), ("order", "部品を手配")):
        data = {"response-kind": kind, "response-description": said, "response-cost_yen": "120000"}
        files = {"photos": ("現場.jpg", _picture(), "image/jpeg")}
        staff.post(f"/cases/{case_id}/responses", data=data, files=files)
    page = open_page(path.format(case=case_id, pump=city.pump_id), size)
    for details in page.locator("main details").all():
        details.evaluate("d => d.open = true")
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.e2e
def test_a_new_report_is_counted_and_moves_nothing_until_asked(
    open_page: Callable[..., Page], city: City, as_actor: AsActor, case_id: str
):
    page = open_page("/inbox", DESKTOP)
    before = page.locator("tbody tr").count()
    page.wait_for_timeout(300)
    with as_actor(city.contractor) as session:
        new = make_report(city, environment_effects=["overflow"])
        filed = file_report(session, new, by=city.contractor)
    button = page.get_by_role("button", name="新着 1 件を表示")
    expect(button).to_be_visible(timeout=2000)
    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute(
        "href", f"/cases/{filed.case_id}"
    )
    assert page.locator("tbody tr").count() == before
    button.click()
    expect(page.locator(f'tr[data-row="{filed.case_id}"]')).to_be_visible()


@pytest.mark.e2e
def test_the_inbox_is_walked_by_keys(
    open_page: Callable[..., Page], city: City, as_actor: AsActor, case_id: str
):
    with as_actor(city.contractor) as session:
        file_report(session, make_report(city), by=city.contractor)
    page = open_page("/inbox", DESKTOP)
    links = page.locator("tbody th a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("R8-")


def test_a_strange_clock_and_a_far_place_are_flagged(
    staff: TestClient, city: City, as_actor: AsActor
):
    late = now() - timedelta(minutes=42)
    with as_actor(city.staff) as session:
        here = "ST_SetSRID(ST_MakePoint(139.45, 35.33), 6668)"
        statement = text(f"update facility set geom = {here} where id = :id")
        session.execute(statement, {"id": city.facility_id})
    far = make_report(city, device_clock=late, longitude=139.0, latitude=36.5, accuracy_m=20)
    with as_actor(city.contractor) as session:
        case_id = file_report(session, far, by=city.contractor).case_id
    page = staff.get(f"/cases/{case_id}").text
    assert "端末の時計が42分遅れている" in page
    assert re.search(r"施設から\d+\.\d km離れて記入", page)


def test_the_numbers_of_the_first_page_are_those_of_the_lists_they_open(
    app: Any, city: City, case_id: str, as_actor: AsActor
):
    """A company's person sees only its own facility: what other tests have made stays out."""
    for urgency, state in (("S", "accepted"), ("A", "closed")):
        with as_actor(city.contractor) as session:
            new = file_report(session, make_report(city), by=city.contractor).case_id
        with as_actor(city.staff) as session:
            closed = "now()" if state == "closed" else "null"
            statement = text(
                f"update fault_case set urgency = :urgency, state = :state, closed_at = {closed}"
                " where id = :id"
            )
            session.execute(statement, {"urgency": urgency, "state": state, "id": new})
    person = _browser_of(app, city, "contractor")
    page = person.get("/").text
    figures = re.findall(r'<p class="figure"><a href="([^"]+)">([\d,]+)</a>', page)
    facilities = re.findall(
        r'href="(/cases\?[^"]*facility_id=[^"]+)">[^<]+</a></dt><dd>([\d,]+)', page
    )
    assert len(figures) == 3
    assert len(facilities) == 1
    for href, number in figures + facilities:
        assert _listed(person, href.replace("&amp;", "&")) == int(number.replace(",", "")) > 0


def _listed(person: TestClient, href: str) -> int:
    page = person.get(href).text
    found = page.count('data-row="')
    more = re.search(r'rel="next" href="([^"]+)"', page)
    return found + (_listed(person, more.group(1).replace("&amp;", "&")) if more else 0)
