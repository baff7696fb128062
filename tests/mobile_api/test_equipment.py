from fastapi import FastAPI
from starlette.testclient import TestClient

from mobile_api.schemas import EquipmentRead
from service.tags.domain import grouped, mint_code
from tests.tagged_city import TaggedCity, phone


def test_a_tag_leads_to_its_position_and_what_sits_in_it(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    answer = contractor.get(f"/mobile/v1/tags/{tagged.tag}")
    assert answer.status_code == 200
    equipment = EquipmentRead.model_validate_json(answer.content, extra="forbid")
    assert equipment.position.id == tagged.city.pump_id
    assert equipment.device is not None
    assert equipment.device.id == tagged.city.new_device_id
    assert equipment.tag is not None
    assert equipment.tag.code == tagged.tag


def test_a_tag_may_be_typed_in_small_letters_with_dashes(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    typed = grouped(tagged.tag).lower()
    answer = contractor.get(f"/mobile/v1/tags/{typed}")
    assert answer.json()["position"]["id"] == str(tagged.city.pump_id)


def test_what_the_phone_holds_already_is_not_sent_again(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    first = contractor.get(f"/mobile/v1/tags/{tagged.tag}")
    again = contractor.get(
        f"/mobile/v1/tags/{tagged.tag}", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_unknown_spoiled_and_foreign_tags_look_the_same(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    answers = [
        contractor.get(f"/mobile/v1/tags/{code}")
        for code in (mint_code(), "NOT-A-TAG", tagged.other_tag)
    ]
    assert {answer.status_code for answer in answers} == {404}
    told = [{**answer.json(), "request_id": ""} for answer in answers]
    assert told[0] == told[1] == told[2]
    assert told[0]["code"] == "unknown-tag"


def test_somebody_who_is_not_signed_in_learns_nothing(
    stranger: TestClient, tagged: TaggedCity
) -> None:
    answer = stranger.get(f"/mobile/v1/tags/{tagged.tag}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_trying_many_codes_is_slowed_down(contractor: TestClient, tagged: TaggedCity) -> None:
    statuses = [contractor.get(f"/mobile/v1/tags/{mint_code()}").status_code for _ in range(21)]
    assert statuses == [404] * 20 + [429]
    answer = contractor.get(f"/mobile/v1/tags/{tagged.tag}")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_a_position_is_read_by_its_id(contractor: TestClient, tagged: TaggedCity) -> None:
    answer = contractor.get(f"/mobile/v1/positions/{tagged.city.pump_id}")
    assert EquipmentRead.model_validate_json(answer.content).tag is not None
    foreign = contractor.get(f"/mobile/v1/positions/{tagged.city.other_pump_id}")
    assert foreign.status_code == 404


def test_positions_are_found_by_words(contractor: TestClient, tagged: TaggedCity) -> None:
    words = f"汚水ぽんぷ {tagged.city.facility_code}"
    (found,) = contractor.get("/mobile/v1/positions", params={"q": words}).json()["items"]
    assert (found["id"], found["tag"]) == (str(tagged.city.pump_id), tagged.tag)
    foreign = "汚水 " + tagged.city.mark
    items = contractor.get("/mobile/v1/positions", params={"q": foreign}).json()["items"]
    assert str(tagged.city.other_pump_id) not in [one["id"] for one in items]


def test_the_contract_describes_itself(stranger: TestClient) -> None:
    described = stranger.get("/mobile/v1/openapi.json").json()
    assert {
        "/tags/{tag}",
        "/positions",
        "/positions/{position_id}",
        "/fault-reports",
        "/fault-reports/{report_id}",
        "/fault-reports/{report_id}/photos/{sha256}",
        "/facilities",
        "/facilities/{facility_id}/pack",
        "/facilities/{facility_id}/pack-columns",
        "/facilities/{facility_id}/pack-changes",
        "/facilities/{facility_id}/likenesses",
        "/changes",
        "/work-requests",
        "/work-requests/{request_id}/records",
        "/me",
        "/sign-in",
    } == set(described["paths"])
    assert described["servers"] == [{"url": "/mobile/v1"}]


def test_a_misspelt_parameter_is_named(contractor: TestClient) -> None:
    answer = contractor.get("/mobile/v1/fault-reports?limt=3")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-parameter")


def test_a_pack_holds_what_the_phone_needs_without_signal(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    listed = contractor.get("/mobile/v1/facilities").json()["items"]
    assert [facility["id"] for facility in listed] == [str(tagged.city.facility_id)]
    pack = contractor.get(f"/mobile/v1/facilities/{tagged.city.facility_id}/pack")
    (position,) = pack.json()["positions"]
    assert position["tags"] == [tagged.tag]
    again = contractor.get(
        f"/mobile/v1/facilities/{tagged.city.facility_id}/pack",
        headers={"if-none-match": pack.headers["etag"]},
    )
    assert again.status_code == 304
    foreign = contractor.get(f"/mobile/v1/facilities/{tagged.city.other_facility_id}/pack")
    assert foreign.status_code == 404


def test_changes_name_the_facilities_to_fetch_again(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    cursor = contractor.get(f"/mobile/v1/facilities/{tagged.city.facility_id}/pack").json()[
        "cursor"
    ]
    changed = contractor.get("/mobile/v1/changes", params={"since": cursor}).json()
    assert changed["facility_ids"] == [str(tagged.city.facility_id)]
    bad = contractor.get("/mobile/v1/changes", params={"since": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad-cursor")


def test_the_answer_speaks_the_readers_language(app: FastAPI, tagged: TaggedCity) -> None:
    with phone(app, tagged.city.tokens["contractor"]) as client:
        sentences = {
            client.get("/mobile/v1/tags/NOT-A-TAG", params={"lang": language}).json()["detail"]
            for language in ("ja", "en")
        }
    assert len(sentences) == 2
