"""Imports over HTTP, from a large upload to its undoing."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from importers import service, tasks
from service.accounts import service as accounts
from service.accounts.actor import Actor, terminal_actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.importers.ledgers import CLASSES, EQUIPMENT_HEADER, FACILITIES, PUMP_1, load

PASSWORD = "correct-horse-1"
ADDRESS = "/api/v1/imports"
LEDGER = EQUIPMENT_HEADER + PUMP_1.replace("S58.3,", "58.3,")


def _account(engine: Engine, role: Role) -> str:
    name = f"jobs-{role.value}"
    with transaction(engine) as session:
        company = None
        if role is Role.CONTRACTOR:
            session.execute(
                text(
                    "insert into company (id, company_code, name) values"
                    " (gen_random_uuid(), 'JOBS', '見本保守') on conflict do nothing"
                )
            )
            company = accounts.company_for(session, "JOBS")
        accounts.create_user(
            session,
            username=name,
            display_name="取込 担当",
            role=role,
            password=PASSWORD,
            company=company,
            by=terminal_actor(),
        )
    return name


@pytest.fixture(scope="module")
def people(engine: Engine) -> dict[Role, str]:
    with transaction(engine) as session:
        load(session, CLASSES, FACILITIES, by=terminal_actor("test"))
    return {role: _account(engine, role) for role in (Role.ENGINEER, Role.CONTRACTOR)}


def _client(engine: Engine, settings: Settings, username: str) -> TestClient:
    client = TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver"},
        follow_redirects=False,
    )
    sent = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert sent.status_code == 303
    return client


@pytest.fixture
def engineer(engine: Engine, settings: Settings, people: dict[Role, str]) -> Iterator[TestClient]:
    with _client(engine, settings, people[Role.ENGINEER]) as client:
        yield client


def _send(client: TestClient, content: str, **data: str) -> dict:
    answer = client.post(ADDRESS, files={"file": ("台帳.csv", content.encode())}, data=data)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _many(count: int) -> str:
    header = "設備番号,施設コード,分類コード,名称\n"
    return header + "".join(f"API-{n:05},TJ,PU-OS-01,汚水ポンプ{n}\n" for n in range(count))


def test_questions_answers_receipt_undo(engineer: TestClient):
    job = _send(engineer, LEDGER)
    (question,) = job["questions"]
    assert question["code"] == "ambiguous-era"
    assert "設置年月" in question["sentence"]
    here = f"{ADDRESS}/{job['id']}"
    assert engineer.post(f"{here}/apply", json={}).json()["code"] == "plan-has-bad-rows"

    answers = {"answers": [{"path": question["path"], "value": "昭和"}]}
    assert engineer.patch(f"{here}/decisions", json=answers).status_code == 428
    seen = engineer.get(here).headers["etag"]
    planned = engineer.patch(f"{here}/decisions", json=answers, headers={"if-match": seen})
    assert (planned.status_code, planned.json()["questions"]) == (200, [])
    assert planned.json()["decisions"]["eras"] == {question["field"]: "昭和"}
    stale = engineer.patch(f"{here}/decisions", json=answers, headers={"if-match": seen})
    assert stale.status_code == 412
    odd = {"decisions": {"unheard": 1}}
    refused = engineer.patch(f"{here}/decisions", json=odd, headers={"if-match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (422, "answer-unusable")

    assert engineer.get(f"{here}/receipt").status_code == 409
    applied = engineer.post(f"{here}/apply", json={"plan_hash": planned.json()["plan_hash"]})
    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    receipt = engineer.get(f"{here}/receipt").json()
    assert (receipt["applied_by"], receipt["sha256"]) == ("取込 担当", job["sha256"])
    assert any(told["code"] == "date" and told["count"] for told in receipt["told"])

    (mapping,) = engineer.get(f"{ADDRESS}/mappings").json()["items"]
    assert mapping["decisions"]["eras"] == {question["field"]: "昭和"}
    assert _send(engineer, LEDGER)["notes"]["mapping_reused"]["id"] == mapping["id"]
    assert engineer.delete(f"{ADDRESS}/mappings/{mapping['id']}").status_code == 204
    assert engineer.delete(f"{ADDRESS}/mappings/{mapping['id']}").status_code == 404

    row = engineer.get(f"{here}/rows").json()["items"][0]
    params = {"kind": "position", "id": row["target_id"]}
    origins = engineer.get(f"{ADDRESS}/provenance", params=params).json()["items"]
    assert ("name", "名称", 2) in {(o["field"], o["label"], o["row_no"]) for o in origins}
    fragment = engineer.get(
        f"/imports/provenance/position/{row['target_id']}", headers={"hx-request": "true"}
    )
    assert fragment.status_code == 200
    assert "台帳.csv" in fragment.text
    assert "<html" not in fragment.text
    page = engineer.get(f"/positions/{row['target_id']}").text
    assert f'hx-get="/imports/provenance/position/{row["target_id"]}"' in page

    undone = engineer.post(f"{here}/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert undone.json()["undone"]["kept"] == 0
    assert engineer.post(f"{here}/undo").json()["code"] == "job-not-applied"


def test_a_large_file_is_waited_for(engineer: TestClient, engine: Engine):
    job = _send(engineer, _many(5_000))
    here = f"{ADDRESS}/{job['id']}"
    assert (job["state"], job["counts"], job["progress"]) == ("arrived", {}, None)
    assert engineer.post(f"{here}/apply", json={}).json()["code"] == "import-at-work"
    tasks.work_once(engine)
    assert engineer.get(here).json()["counts"]["create"] == 5_000
    answer = engineer.post(f"{here}/apply", json={})
    assert (answer.status_code, answer.json()["state"]) == (202, "applying")
    stopped = engineer.post(f"{here}/cancel")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "planned")
    assert engineer.post(f"{here}/cancel").json()["code"] == "nothing-to-cancel"
    assert engineer.post(f"{here}/abandon").json()["state"] == "abandoned"
    assert job["size_bytes"] > service.PLANNED_AT_ONCE_BYTES


def test_progress_is_seen_while_the_worker_is_at_it(engineer: TestClient, engine: Engine):
    from importers import job_queries  # noqa: PLC0415

    job = _send(engineer, _many(5_001))
    with transaction(engine) as session:
        job_queries.begin(session, job["id"], "planning")
        job_queries.tell(session, job["id"], "planning", 20, 100)
    told = engineer.get(f"{ADDRESS}/{job['id']}").json()["progress"]
    assert (told["phase"], told["done"], told["total"]) == ("planning", 20, 100)
    engineer.post(f"{ADDRESS}/{job['id']}/cancel")


def test_a_workbook_that_comes_back_names_its_import(engineer: TestClient):
    first = _send(engineer, LEDGER, decisions=json.dumps({"eras": {"installed": "昭和"}}))
    again = _send(engineer, LEDGER, continues=first["id"])
    assert (again["continues_id"], again["questions"]) == (first["id"], [])
    files = {"file": ("x.csv", LEDGER.encode())}
    for data in ({"continues": "nonsense"}, {"decisions": "{"}):
        refused = engineer.post(ADDRESS, files=files, data=data)
        assert (refused.status_code, refused.json()["code"]) == (422, "answer-unusable")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/{id}"),
        ("GET", "/{id}/rows"),
        ("GET", "/{id}/receipt"),
        ("PATCH", "/{id}/decisions"),
        ("POST", "/{id}/apply"),
        ("POST", "/{id}/undo"),
        ("POST", "/{id}/cancel"),
        ("POST", "/{id}/abandon"),
        ("GET", "/mappings"),
        ("DELETE", "/mappings/{id}"),
        ("GET", "/provenance?kind=position&id={id}"),
    ],
)
def test_a_contractor_has_no_business_here(engine, settings, people, method, path):
    known = "01990000-0000-7000-8000-000000000000"
    body = {"json": {}} if method in {"PATCH", "POST"} and "undo" not in path else {}
    with _client(engine, settings, people[Role.CONTRACTOR]) as contractor:
        answer = contractor.request(
            method, ADDRESS + path.format(id=known), headers={"if-match": "*"}, **body
        )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_actor_of_a_job_is_whoever_asked(engineer: TestClient, engine: Engine, terminal: Actor):
    job = _send(engineer, _many(5_002))
    tasks.work_once(engine)
    with transaction(engine) as session:
        name = session.execute(
            text(
                "select actor_name from audit_entry"
                " where target_id = :id and action = 'import.plan'"
            ),
            {"id": job["id"]},
        ).scalar_one()
        assert (name, terminal.name) == ("取込 担当", "test")
        service.abandon_job(session, job["id"], by=terminal)
