"""What comes after a report: more about it, corrections, the company's own work, with its times."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.core.clock import now
from service.core.database import identify, transaction
from service.core.identity import new_id
from service.work_requests import service
from service.work_requests.schemas import RequestCreate
from tests.mobile_api.test_rescue import hand_in, rescued
from tests.tagged_city import TaggedCity, browser_client, digest, jpeg, report_json

URL = "/mobile/v1/fault-reports"


def more(**changes: Any) -> dict[str, Any]:
    moment = now().isoformat()
    return {
        "id": str(new_id()),
        "occurred_at": moment,
        "captured_at": moment,
        "body": "追って調べた。",
    } | changes


def posted(client: TestClient, told: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(URL, json=told)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(engine: Engine, report_id: str) -> Any:
    statement = text("select * from fault_report where id = :id")
    with transaction(engine) as session:
        return session.execute(statement, {"id": report_id}).one()


def asked(engine: Engine, tagged: TaggedCity, case_id: str) -> str:
    by = tagged.city.staff
    with transaction(engine) as session:
        identify(session, by.identity)
        new = RequestCreate(body="軸封部を確認してください")
        return str(service.ask(session, UUID(case_id), new, by=by).id)


def acknowledged(client: TestClient, request_id: str) -> None:
    told = {"id": str(new_id()), "kind": "acknowledged"}
    answer = client.post(f"/mobile/v1/work-requests/{request_id}/records", json=told)
    assert answer.status_code == 201


def records(engine: Engine, request_id: str) -> list[Any]:
    statement = text(
        "select id::text, kind, body, started_at, ended_at, author_name from work_record"
        " where request_id = :id order by created_at"
    )
    with transaction(engine) as session:
        return list(session.execute(statement, {"id": request_id}))


def test_a_follow_up_may_name_the_report_before_the_phone_knows_its_case(
    contractor: TestClient, other_contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    first = report_json(tagged.city)
    told = more(
        kind="follow_up",
        follows_report_id=first["id"],
        arrived_at="2026-11-20T02:40:00+09:00",
        temporary_at="2026-11-20T03:10:00+09:00",
        restored_at="2026-11-20T05:00:00+09:00",
        estimated_times=["temporary"],
        measured_values={"電流(A)": 12.3},
    )
    assert contractor.post(URL, json=told).status_code == 404  # the first has not come yet
    case_no = posted(contractor, first)["case_no"]
    assert posted(contractor, told)["case_no"] == case_no
    assert contractor.post(URL, json=told).status_code == 200
    foreign = other_contractor.post(URL, json=told | {"id": str(new_id())})
    assert foreign.status_code == 404
    kept = row(engine, told["id"])
    assert kept.observed["estimated_times"] == ["temporary"]
    assert kept.observed["arrived_at"].startswith("2026-11-20T02:40")
    assert kept.measured_values == {"電流(A)": 12.3}


def test_a_correction_is_a_record_of_its_own_linked_to_the_first(
    app: FastAPI,
    contractor: TestClient,
    other_contractor: TestClient,
    tagged: TaggedCity,
    engine: Engine,
) -> None:
    first = report_json(tagged.city, body="No.1が停止")
    filed = posted(contractor, first)
    told = more(corrects_report_id=first["id"], body="No.2の間違いでした")
    corrected = posted(contractor, told)
    assert corrected["case_id"] == filed["case_id"]
    kept = row(engine, told["id"])
    assert (kept.kind, str(kept.corrects_id)) == ("correction", first["id"])
    assert row(engine, first["id"]).body == "No.1が停止"
    mine = contractor.get(f"{URL}/{told['id']}").json()
    assert mine["corrects_report_no"] == filed["report_no"]
    foreign = other_contractor.post(URL, json=told | {"id": str(new_id())})
    assert foreign.status_code == 404
    with browser_client(app, tagged.city.tokens["staff"]) as office:
        page = office.get(f"/cases/{filed['case_id']}").text
    assert f"報告 {filed['report_no']} の訂正" in page
    assert f"報告 {corrected['report_no']} で訂正済み" in page


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"symptoms": ...}, "/symptoms"),
        (
            {
                "arrived_at": "2026-11-20T05:00:00+09:00",
                "restored_at": "2026-11-20T04:00:00+09:00",
            },
            "/restored_at",
        ),
    ],
)
def test_what_is_missing_or_backwards_is_pointed_at(
    contractor: TestClient, tagged: TaggedCity, wrong: dict[str, Any], pointer: str
) -> None:
    told = report_json(tagged.city) | wrong
    answer = contractor.post(URL, json={k: v for k, v in told.items() if v is not ...})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_work_for_a_request_is_a_report_with_photos_and_a_record_of_the_request(
    app: FastAPI, contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    case_id = posted(contractor, report_json(tagged.city))["case_id"]
    request_id = asked(engine, tagged, case_id)
    acknowledged(contractor, request_id)
    photo = jpeg(90, 60, "teal")
    told = more(
        kind="follow_up",
        case_id=case_id,
        work_request_id=request_id,
        arrived_at="2026-11-20T09:00:00+09:00",
        announced_photos=[digest(photo)],
    )
    assert posted(contractor, told)["request_state"] == "acknowledged"
    put = contractor.put(f"{URL}/{told['id']}/photos/{digest(photo)}", content=photo)
    assert put.status_code == 201
    done = more(kind="final", case_id=case_id, work_request_id=request_id, body="完了")
    assert posted(contractor, done)["request_state"] == "done"
    again = contractor.post(URL, json=done)
    assert (again.status_code, again.json()["request_state"]) == (200, "done")
    kept = [(one.id, one.kind) for one in records(engine, request_id)[1:]]
    assert kept == [(told["id"], "work"), (done["id"], "done")]
    with browser_client(app, tagged.city.tokens["staff"]) as office:
        page = office.get(f"/work/{request_id}").text
    assert page.count("/thumbnail") == 1

    late = more(kind="follow_up", case_id=case_id, work_request_id=request_id, body="遅れて届いた")
    assert posted(contractor, late)["request_state"] is None  # told all the same
    assert len(records(engine, request_id)) == 3


def test_a_rescue_file_holds_work_and_answers_too(
    app: FastAPI, contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    case_id = posted(contractor, report_json(tagged.city))["case_id"]
    request_id = asked(engine, tagged, case_id)
    answer = {"id": str(new_id()), "kind": "acknowledged"}
    record = {"author": "青空 太郎", "title": "受領", "request_id": request_id, "record": answer}
    work = more(kind="follow_up", case_id=case_id, work_request_id=request_id)
    with browser_client(app, tagged.city.tokens["staff"]) as office:
        for times in ("受け付けました", "届いていました"):
            assert times in hand_in(office, rescued(tagged, work, records=[record])).text
    kept = [(one.id, one.author_name) for one in records(engine, request_id)]
    assert kept == [(answer["id"], "青空 太郎"), (work["id"], "青空 太郎")]
