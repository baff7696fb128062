"""The page and the API, as a browser and a program use them."""

from collections.abc import Iterator
from itertools import count

import pytest
from httpx2 import Response
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts import service as accounts
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.importers.ledgers import CLASSES

PASSWORD = "correct-horse-1"
_RUN = count(1)


@pytest.fixture
def code() -> str:
    """Committed rows stay for the run, so each test speaks of a facility of its own."""
    return f"WIRE{next(_RUN)}"


@pytest.fixture
def facility(code: str) -> bytes:
    return f"施設コード,施設名,施設種別\n{code},見本ポンプ場,ポンプ場\n".encode("cp932")


def _client(engine: Engine, settings: Settings, role: Role) -> TestClient:
    username = f"wire-{role.value}"
    with transaction(engine) as session:
        known = session.execute(
            text("select 1 from user_account where username = :name"), {"name": username}
        ).first()
        if known is None:
            accounts.create_user(
                session,
                username=username,
                display_name="取込 担当",
                role=role,
                password=PASSWORD,
                company=None,
                by=terminal_actor(),
            )
    client = TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver"},
        follow_redirects=False,
    )
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


@pytest.fixture
def engineer(engine: Engine, settings: Settings) -> Iterator[TestClient]:
    with _client(engine, settings, Role.ENGINEER) as client:
        yield client


def _upload(client: TestClient, content: bytes, name: str = "台帳.csv", **data: str) -> Response:
    return client.post("/api/v1/imports", files={"file": (name, content)}, data=data)


def test_plan_rows_apply_and_again(engineer: TestClient, facility: bytes, code: str):
    planned = _upload(engineer, facility)
    assert planned.status_code == 201
    job = planned.json()
    assert (job["source"], job["detected_encoding"], job["file_name"]) == (
        "facilities",
        "cp932",
        "台帳.csv",
    )
    assert (job["counts"]["create"], job["counts"]["rows"], job["state"]) == (1, 1, "planned")

    page = engineer.get(f"/api/v1/imports/{job['id']}/rows", params={"outcome": "create"}).json()
    (row,) = page["items"]
    assert (row["row_no"], row["outcome"], row["raw"]["施設コード"]) == (2, "create", code)
    assert row["values"]["facility"]["facility_type"] == "pump_station"
    assert row["messages"] == [
        {
            "level": "change",
            "code": "word",
            "column": "施設種別",
            "sentence": "登録されている区分に直しました: ポンプ場 → pump_station",
            "old": "ポンプ場",
            "new": "pump_station",
        }
    ]
    assert page["next"] is None

    receipt = engineer.post(
        f"/api/v1/imports/{job['id']}/apply", json={"plan_hash": job["plan_hash"]}
    )
    assert receipt.status_code == 200
    assert receipt.json()["records"] == {"facility": {"created": 1}}

    again = _upload(engineer, facility).json()
    assert (again["counts"]["unchanged"], again["counts"]["create"]) == (1, 0)
    assert again["notes"]["already_imported"]["job_id"] == job["id"]
    assert engineer.get(f"/api/v1/imports/{job['id']}").json()["state"] == "applied"


def test_rows_come_in_pages(engineer: TestClient, code: str):
    lines = "".join(f"{code}-{n},見本,ポンプ場\n" for n in range(5))
    job = _upload(engineer, f"施設コード,施設名,施設種別\n{lines}".encode()).json()
    address, seen = f"/api/v1/imports/{job['id']}/rows?limit=2", []
    while address:
        page = engineer.get(address).json()
        seen += [row["row_no"] for row in page["items"]]
        address = page["next"]
    assert seen == [2, 3, 4, 5, 6]
    assert engineer.get(f"/api/v1/imports/{job['id']}/rows?cursor=nonsense").status_code == 422
    assert engineer.get(f"/api/v1/imports/{job['id']}/rows?outcom=create").status_code == 400


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty-file"),
        (b"%PDF-1.7", 415, "not-a-table"),
        (b"\xff\xfe\x00\xd8,", 422, "unknown-encoding"),
    ],
)
def test_what_cannot_be_read_is_a_problem(engineer: TestClient, content, status, code):
    answer = _upload(engineer, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_without_a_file(engineer: TestClient):
    answer = engineer.post("/api/v1/imports", files={"other": ("x", b"")})
    assert (answer.status_code, answer.json()["code"]) == (422, "file-missing")


def test_too_large_a_file_is_refused_before_it_is_read(
    engineer: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings, "import_max_bytes", 1024)
    answer = _upload(engineer, b"a,b\n" * 50_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_staff_may_not_import(engine: Engine, settings: Settings, facility: bytes):
    with _client(engine, settings, Role.STAFF) as staff:
        assert _upload(staff, facility).status_code == 403
        assert staff.get("/imports").status_code == 403


def test_nobody_may_import_without_signing_in(engine: Engine, settings: Settings, facility: bytes):
    with TestClient(create_app(engine=engine, settings=settings)) as visitor:
        assert _upload(visitor, facility).status_code == 401


def test_an_unknown_import(engineer: TestClient):
    missing = "01990000-0000-7000-8000-000000000000"
    assert engineer.get(f"/api/v1/imports/{missing}").status_code == 404
    assert engineer.get(f"/api/v1/imports/{missing}/rows").status_code == 404


def test_the_page_from_upload_to_receipt(engineer: TestClient, facility: bytes):
    start = engineer.get("/imports")
    assert start.status_code == 200
    assert "ファイルを読み込む" in start.text
    sent = engineer.post("/imports", files={"file": ("施設.csv", facility)})
    assert sent.status_code == 303
    plan = engineer.get(sent.headers["location"])
    assert "1 行を確定する" in plan.text
    assert "見本ポンプ場" in plan.text
    found = plan.text.split('name="plan_hash" value="')[1].split('"')[0]
    applied = engineer.post(
        f"{sent.headers['location']}/apply", data={"plan_hash": found, "mode": "all"}
    )
    assert applied.status_code == 303
    receipt = engineer.get(applied.headers["location"])
    assert "取込が終わりました" in receipt.text
    assert "施設: 新規 1 件、更新 0 件" in receipt.text
    assert "施設.csv" in engineer.get("/imports").text


def test_the_page_speaks_english(engineer: TestClient, facility: bytes):
    address = engineer.post("/imports", files={"file": ("x.csv", facility)}).headers["location"]
    page = engineer.get(f"{address}?lang=en").text
    assert "Apply 1 rows" in page
    assert "Read as a known word: ポンプ場 → pump_station" in page


def test_a_bad_row_is_shown_with_its_reason_and_the_good_ones_can_be_applied(
    engineer: TestClient, code: str
):
    content = f"施設コード,施設名,施設種別\n{code},見本,ポンプ場\n{code}-B,見本,城\n".encode()
    address = engineer.post("/imports", files={"file": ("x.csv", content)}).headers["location"]
    page = engineer.get(f"{address}?outcome=needs_decision").text
    assert "「城」という区分はありません。" in page
    assert "取り込める 1 行だけを確定する" in page
    found = page.split('name="plan_hash" value="')[1].split('"')[0]
    refused = engineer.post(f"{address}/apply", data={"plan_hash": found, "mode": "all"})
    assert refused.status_code == 409
    assert "取り込めない行が 1 件あります" in refused.text
    done = engineer.post(f"{address}/apply", data={"plan_hash": found, "mode": "good_rows"})
    assert done.status_code == 303


def test_an_unreadable_file_is_told_beside_the_form(engineer: TestClient):
    answer = engineer.post("/imports", files={"file": ("x.csv", b"")})
    assert answer.status_code == 422
    assert "ファイルが空です。" in answer.text


def test_a_plan_can_be_given_up(engineer: TestClient, facility: bytes):
    address = engineer.post("/imports", files={"file": ("x.csv", facility)}).headers["location"]
    assert engineer.post(f"{address}/abandon").status_code == 303
    assert "この取込は中止されました" in engineer.get(address).text


def test_a_named_source_is_taken_at_its_word(engineer: TestClient):
    wrong = _upload(engineer, CLASSES.encode(), source="facilities").json()
    assert {row["code"] for row in wrong["questions"]} == {"source-unknown"}
    right = _upload(engineer, CLASSES.encode(), source="classes")
    assert right.status_code == 201


def test_a_changed_partial_date_is_one_line_and_cells_keep_their_order(
    engineer: TestClient, facility: bytes, code: str
):
    for since in ("S57.4.1", "S57.4"):
        content = f"施設コード,施設名,施設種別,供用開始\n{code},見本,ポンプ場,{since}\n".encode()
        sent = engineer.post("/imports", files={"file": ("x.csv", content)})
        page = engineer.get(sent.headers["location"]).text
        found = page.split('name="plan_hash" value="')[1].split('"')[0]
        engineer.post(f"{sent.headers['location']}/apply", data={"plan_hash": found})
    assert page.count("<del>") == 1
    assert "供用開始: <del>S57.4.1</del> → <ins>S57.4</ins>" in page
    order = [page.index(f"<li>{name}: ") for name in ("施設コード", "施設名", "施設種別")]
    assert order == sorted(order)


def test_the_file_comes_back_marked(engineer: TestClient, code: str):
    content = f"施設コード,施設名,施設種別\n{code},見本,城\n".encode("cp932")
    job = _upload(engineer, content).json()
    for path in (f"/api/v1/imports/{job['id']}/errors", f"/imports/{job['id']}/errors"):
        answer = engineer.get(path)
        assert answer.status_code == 200
        assert "「城」という区分はありません。" in answer.content.decode("cp932")
        assert job["id"] in answer.content.decode("cp932")
