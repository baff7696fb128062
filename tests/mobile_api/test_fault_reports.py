from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.worker import drain
from service.attachments.domain import Derivative, derivative_key, store_key
from service.attachments.store import open_store
from service.core.clock import now, today
from service.core.database import transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults.domain import ResponseKind
from service.faults.models import ResponseRecord
from service.faults.schemas import ReportCreate
from tests.tagged_city import TaggedCity, digest, jpeg, phone, report_json

URL = "/mobile/v1/fault-reports"


def count(engine: Engine, statement: str, **values: Any) -> int:
    with transaction(engine) as session:
        found: int = session.execute(text(statement), values).scalar_one()
        return found


def test_the_same_report_twice_is_one_report(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    told = report_json(tagged.city)
    first = contractor.post(URL, json=told)
    again = contractor.post(URL, json=told | {"device_clock": now().isoformat()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["report_id"] == told["id"]
    found = count(engine, "select count(*) from fault_report where id = :id", id=told["id"])
    assert found == 1


def test_the_same_id_with_other_content_is_refused(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    told = report_json(tagged.city)
    contractor.post(URL, json=told)
    other = contractor.post(URL, json=told | {"body": "別の故障"})
    assert (other.status_code, other.json()["code"]) == (409, "same-id-other-content")


def by_code(tagged: TaggedCity, engine: Engine) -> dict[str, Any]:
    """As it is written without signal, from a pack by columns."""
    told = report_json(tagged.city)
    del told["position_id"]
    statement = text("select position_code from position where id = :id")
    with transaction(engine) as session:
        code = session.execute(statement, {"id": tagged.city.pump_id}).scalar_one()
    return told | {"position_code": code, "scanned_tag": tagged.tag}


def test_a_position_may_be_named_by_its_code_and_a_tag_by_what_was_scanned(
    contractor: TestClient, other_contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    told = by_code(tagged, engine)
    assert [contractor.post(URL, json=told).status_code for _ in range(2)] == [201, 200]
    found = count(
        engine,
        "select count(*) from fault_report r join qr_tag q on q.id = r.scanned_tag_id"
        " join case_report cr on cr.report_id = r.id join fault_case k on k.id = cr.case_id"
        " where r.id = :id and k.position_id = :position and q.tag_code = :tag",
        id=told["id"],
        position=tagged.city.pump_id,
        tag=tagged.tag,
    )
    assert found == 1
    foreign = other_contractor.post(URL, json=told | {"id": str(new_id())})
    unknown = contractor.post(URL, json=told | {"id": str(new_id()), "position_code": "ない番号"})
    assert (foreign.status_code, unknown.status_code) == (404, 404)


def test_equipment_of_another_company_is_not_there(
    other_contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    told = report_json(tagged.city)
    answer = other_contractor.post(URL, json=told)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert count(engine, "select count(*) from fault_report where id = :id", id=told["id"]) == 0


def test_nobody_reports_without_signing_in(stranger: TestClient, tagged: TaggedCity) -> None:
    assert stranger.post(URL, json=report_json(tagged.city)).status_code == 401


def test_a_cookie_does_not_act_for_another_site(app: FastAPI, tagged: TaggedCity) -> None:
    with TestClient(app, cookies={"gesuibo": tagged.city.tokens["contractor"]}) as client:
        foreign = client.post(
            URL, json=report_json(tagged.city), headers={"origin": "https://evil.example"}
        )
        own = client.post(
            URL, json=report_json(tagged.city), headers={"origin": "http://testserver"}
        )
    assert (foreign.status_code, own.status_code) == (403, 201)


def test_each_wrong_field_is_pointed_at(contractor: TestClient, tagged: TaggedCity) -> None:
    answer = contractor.post(URL, json=report_json(tagged.city, symptoms=["S77"], severity=9))
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/symptoms/0", "/severity"}


def test_a_report_that_is_a_book_is_refused(contractor: TestClient, tagged: TaggedCity) -> None:
    answer = contractor.post(URL, json=report_json(tagged.city, body="あ" * 200_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_every_field_of_the_contract_reaches_the_service() -> None:
    from mobile_api.report_schemas import FaultReportCreate  # noqa: PLC0415

    city_only = {"company_id", "reporter_name"}  # set by staff who type in a telephone call
    elsewhere = {"position_code", "scanned_tag"} | {"work_request_id"}  # ids by then; a record
    assert (
        set(FaultReportCreate.model_fields) - elsewhere
        == set(ReportCreate.model_fields) - city_only
    )


def filed(client: TestClient, tagged: TaggedCity, *photos: str) -> str:
    told = report_json(tagged.city, announced_photos=list(photos))
    assert client.post(URL, json=told).status_code == 201
    return str(told["id"])


def put(client: TestClient, report: str, sha256: str, content: Any) -> Any:
    return client.put(f"{URL}/{report}/photos/{sha256}", content=content)


@pytest.mark.usefixtures("nothing_pending")
def test_a_photo_is_kept_byte_for_byte_and_sending_it_again_is_harmless(
    contractor: TestClient, tagged: TaggedCity, engine: Engine, settings: Settings
) -> None:
    photo = jpeg(3000, 2000, exif=oriented(6))
    report = filed(contractor, tagged, digest(photo))
    first = put(contractor, report, digest(photo), photo)
    again = put(contractor, report, digest(photo), photo)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["sha256"] == digest(photo)
    assert open_store(settings).read(store_key(digest(photo))) == photo
    href = f"/attachments/{first.json()['attachment_id']}"
    original = contractor.get(href)
    assert original.content == photo
    assert original.headers["x-content-type-options"] == "nosniff"
    assert original.headers["cache-control"].startswith("private")
    drain(engine)
    assert open_store(settings).read(derivative_key(digest(photo), Derivative.THUMBNAIL))
    screen = contractor.get(f"{href}/screen")
    assert screen.headers["content-type"] == "image/jpeg"
    assert b"Exif" not in screen.content
    listed = contractor.get("/api/v1/attachments", params={"report_id": report}).json()["items"]
    assert [(item["width_px"], item["height_px"]) for item in listed] == [(2000, 3000)]


def oriented(orientation: int) -> Any:
    from PIL import Image  # noqa: PLC0415

    exif = Image.Exif()
    exif[274] = orientation
    return exif


def test_what_is_wrong_with_a_photo_is_told_and_nothing_is_kept(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    photo, text_file = jpeg(), b"no photo at all" * 100
    report = filed(contractor, tagged, digest(photo), digest(text_file), digest(b""))
    expected = {
        "not announced": (put(contractor, report, digest(jpeg(5, 5)), jpeg(5, 5)), 409),
        "other bytes": (put(contractor, report, digest(photo), jpeg(8, 8)), 422),
        "empty": (put(contractor, report, digest(b""), b""), 422),
        "no photo": (put(contractor, report, digest(text_file), text_file), 415),
        "no such report": (put(contractor, str(new_id()), digest(photo), photo), 404),
    }
    assert {name: answer.status_code for name, (answer, _) in expected.items()} == {
        name: status for name, (_, status) in expected.items()
    }
    codes = {name: answer.json()["code"] for name, (answer, _) in expected.items()}
    assert codes == {
        "not announced": "photo-not-announced",
        "other bytes": "hash-mismatch",
        "empty": "empty-file",
        "no photo": "not-a-photo",
        "no such report": "not-found",
    }
    kept = count(engine, "select count(*) from attachment where report_id = :id", id=report)
    assert kept == 0


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_photo_of_50_mb_is_refused(
    contractor: TestClient, tagged: TaggedCity, engine: Engine, *, is_chunked: bool
) -> None:
    content = b"\xff\xd8\xff\xe0" + bytes(50 * 1024 * 1024)
    parts = iter([content[: 1 << 20]] * 50) if is_chunked else content
    report = filed(contractor, tagged, digest(content))
    answer = put(contractor, report, digest(content), parts)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    kept = count(engine, "select count(*) from attachment where report_id = :id", id=report)
    assert kept == 0


def test_a_stranger_cannot_make_the_server_take_in_a_body(
    stranger: TestClient, tagged: TaggedCity
) -> None:
    answer = put(stranger, str(new_id()), digest(jpeg()), jpeg())
    assert answer.status_code == 401


def test_photos_of_others_are_not_there(
    contractor: TestClient, other_contractor: TestClient, tagged: TaggedCity
) -> None:
    photo = jpeg(20, 30)
    report = filed(contractor, tagged, digest(photo))
    kept = put(contractor, report, digest(photo), photo).json()
    assert other_contractor.get(f"/attachments/{kept['attachment_id']}").status_code == 404
    assert put(other_contractor, report, digest(photo), photo).status_code == 404
    listed = other_contractor.get("/api/v1/attachments", params={"report_id": report})
    assert listed.json() == {"items": []}


def test_the_reporter_reads_what_became_of_the_report(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    photos = jpeg(31, 31), jpeg(32, 32)
    report = filed(contractor, tagged, *map(digest, photos))
    put(contractor, report, digest(photos[0]), photos[0])
    case_id = contractor.get(f"{URL}/{report}").json()["cases"][0]["id"]
    with transaction(engine) as session:
        session.add(
            ResponseRecord(
                case_id=case_id,
                seq=1,
                kind=ResponseKind.INSTRUCTION,
                actor_name="下水 花子",
                description="予備機で運転を続けてください。",
                cost_yen=12345,
            )
        )
    seen = contractor.get(f"{URL}/{report}").json()
    assert seen["received_photos"] == 1
    assert sorted(photo["is_received"] for photo in seen["photos"]) == [False, True]
    assert [answer["description"] for answer in seen["responses"]] == [
        "予備機で運転を続けてください。"
    ]
    assert "12345" not in contractor.get(f"{URL}/{report}").text
    assert seen["cases"][0]["state"] == "reported"


def test_my_reports_come_page_by_page_and_only_mine(
    contractor: TestClient, other_contractor: TestClient, tagged: TaggedCity
) -> None:
    ids = {filed(contractor, tagged) for _ in range(3)}
    seen, address = [], f"{URL}?limit=2"
    while address:
        page = contractor.get(address).json()
        seen += [report["id"] for report in page["items"]]
        address = page["next"]
    assert ids <= set(seen)
    assert len(seen) == len(set(seen))
    assert other_contractor.get(URL).json()["items"] == []


def test_a_late_report_is_taken_and_marked(
    app: FastAPI, tagged: TaggedCity, engine: Engine
) -> None:
    """The company's contract has ended; the report was written while it was in force."""
    written = (now() - timedelta(days=5)).isoformat()
    with phone(app, tagged.city.tokens["ended_contractor"]) as client:
        photo = jpeg(40, 40)
        told = report_json(
            tagged.city,
            captured_at=written,
            occurred_at=written,
            announced_photos=[digest(photo)],
        )
        answer = client.post(URL, json=told)
        assert (answer.status_code, answer.json()["after_contract"]) == (201, True)
        assert put(client, told["id"], digest(photo), photo).status_code == 201
        coded = by_code(tagged, engine) | {"captured_at": written, "occurred_at": written}
        assert client.post(URL, json=coded).status_code == 201
        fresh = client.post(URL, json=report_json(tagged.city))
    assert fresh.status_code == 404
    assert today() > (now() - timedelta(days=5)).date()
