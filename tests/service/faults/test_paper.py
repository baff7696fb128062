"""The city's form as PDF: all of the case is on it, and an old stamp shows a later change."""

import io
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import JST, now
from service.core.database import transaction
from service.core.settings import Settings
from service.faults import approval_offices, approvals, marks
from service.faults.approval_offices import PostCreate, RouteCreate
from service.faults.marks import MarkSet
from service.faults.marks_models import MarkKind
from service.faults.schemas import CaseChange, ResponseCreate, Submission
from service.faults.service import add_response, change_case, file_report, take_step
from service.faults.steps import Step
from service.faults.vocabulary import ApprovalRole, Decision
from tests.e2e.office_screens import colleague
from tests.service.faults.conftest import AsActor, City, make_report

ADMIN = Actor(None, "管理", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def staff(engine: Engine, settings: Settings, city: City) -> TestClient:
    return TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver", "accept-language": "ja"},
        cookies={"gesuibo": city.tokens["staff"]},
        follow_redirects=False,
    )


def _pages(staff: TestClient, case_id: object) -> list[str]:
    answer = staff.get(f"/cases/{case_id}/paper.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    return [page.get_textpage().get_text_bounded() for page in document]


def _picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def test_one_page_says_what_was_told_and_done(staff: TestClient, city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        new = make_report(
            city, body="始動しない。<b>現場</b>でも同じ。", temporary_action="No.1へ切替"
        )
        case_id = file_report(session, new, by=city.contractor).case_id
    with as_actor(city.staff) as session:
        take_step(session, case_id, Step.ACCEPT, by=city.staff)
        at = marks.moment_of(
            (now().astimezone(JST).date() - timedelta(days=2)).isoformat(), "24:30"
        )
        given = MarkSet(at=at, is_estimated=True)
        marks.set_mark(session, case_id, MarkKind.STOPPED, given, by=city.staff)
    data = {
        "response-kind": "permanent_fix",
        "response-action_code": "replace",
        "response-description": "電磁接触器を交換した。",
        "response-cost_yen": "48,400",
        "response-contract_ref": "修-12",
        "response-rollout": "No.1も点検する。",
        "photo_kind": "after",
    }
    photo = ("処置後.jpg", _picture(), "image/jpeg")
    added = staff.post(f"/cases/{case_id}/responses", data=data, files={"photos": photo})
    assert added.status_code == 303
    (page,) = _pages(staff, case_id)
    told = page.replace("\r\n", "").replace("\n", "")
    for words in (
        "故障報告書兼対応記録",
        "No.2汚水ポンプ",
        "<b>現場</b>でも同じ。",
        "応急処置: No.1へ切替",
        "電磁接触器を交換した。",
        "48,400 円",
        "契約番号 修-12",
        "水平展開: No.1も点検する。",
        "処置後 処置後.jpg",
        "部長",
        "推定",
    ):
        assert words in told, words
    assert "〓" not in page, "every character has its picture"


def test_a_stamp_shows_that_something_was_changed_since(
    staff: TestClient, city: City, as_actor: AsActor, engine: Engine
):
    role = ApprovalRole.MANAGER
    with transaction(engine) as session:
        boss = colleague(session, f"paper-{city.mark}", "課長 八郎")
        route = RouteCreate(name="修繕", min_cost_yen=0, steps=[role], valid_from=date(2020, 4, 1))
        approval_offices.add_route(session, route, by=ADMIN)
        post = PostCreate(role=role, user_id=boss, valid_from=date(2026, 4, 1))
        approval_offices.add_post(session, post, by=ADMIN)
    try:
        with as_actor(city.staff) as session:
            case_id = file_report(session, make_report(city), by=city.staff).case_id
            for step in (Step.ACCEPT, Step.RESOLVE):
                take_step(session, case_id, step, by=city.staff)
            fix = ResponseCreate(kind="permanent_fix", description="清掃した。", cost_yen=1)
            add_response(session, case_id, fix, by=city.staff)
            new = Submission(no_downtime=True)
            request = approvals.submit(session, case_id, new, by=city.staff)
        manager = Actor(boss, "課長 八郎", Role.STAFF)
        with as_actor(manager) as session:
            approvals.decide(session, request.id, Decision.APPROVED, by=manager)
        (page,) = _pages(staff, case_id)
        assert "課長 八郎" in page.replace("\r\n", "")
        assert "決裁のあとで内容が変わっています" not in page
        with as_actor(city.staff) as session:
            change_case(session, case_id, CaseChange(summary="件名", reason="誤記"), by=city.staff)
        (page,) = _pages(staff, case_id)
        assert "決裁のあとで内容が変わっています" in page.replace("\r\n", "")
    finally:
        with transaction(engine) as session:  # other tests have routes and posts of their own
            session.execute(text("update approval_route set valid_to = valid_from"))
            session.execute(text("update approval_post set valid_to = valid_from"))


@pytest.mark.parametrize("who", ["contractor", "engineer"])
def test_only_staff_print_it(
    engine: Engine, settings: Settings, city: City, as_actor: AsActor, who: str
):
    with as_actor(city.staff) as session:
        case_id: Any = file_report(session, make_report(city), by=city.staff).case_id
    other = TestClient(
        create_app(engine=engine, settings=settings), cookies={"gesuibo": city.tokens[who]}
    )
    assert other.get(f"/cases/{case_id}/paper.pdf").status_code == 403
