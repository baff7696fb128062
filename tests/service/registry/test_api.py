"""The register over HTTP: versions, conditions, rights."""

from datetime import date
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Position
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    make_class,
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def position(engine: Engine) -> Position:
    with transaction(engine) as session:
        place = make_facility(session, name="見本第一ポンプ場", hazard_note="酸欠")
        position = make_position(session, place, name="No.1汚水ポンプ")
        make_installation(session, position, starts_on=date(2001, 4, 1), starts_estimated=True)
        return position


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


def test_a_known_version_is_not_sent_again(staff: TestClient, position: Position) -> None:
    first = staff.get(f"/api/v1/positions/{position.id}")
    assert first.status_code == 200
    again = staff.get(
        f"/api/v1/positions/{position.id}", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_names_the_version_it_was_made_on(staff: TestClient, position: Position) -> None:
    address = f"/api/v1/positions/{position.id}"
    tag = staff.get(address).headers["etag"]
    change = {"criticality": "A"}
    assert staff.patch(address, json=change).status_code == 428
    assert staff.patch(address, json=change, headers={"if-match": '"0"'}).status_code == 412
    assert staff.patch(address, json=change, headers={"if-match": "abc"}).status_code == 422
    good = staff.patch(address, json=change, headers={"if-match": tag})
    assert (good.status_code, good.json()["criticality"]) == (200, "A")
    assert good.headers["etag"] != tag


def test_unknown_words_are_refused_with_a_pointer(staff: TestClient, position: Position) -> None:
    wrong = staff.get("/api/v1/positions?facilty=P01")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown-parameter")
    assert wrong.json()["errors"][0]["pointer"] == "/facilty"
    body = staff.patch(
        f"/api/v1/positions/{position.id}", json={"colour": "red"}, headers={"if-match": "*"}
    )
    assert body.status_code == 422
    assert body.json()["errors"][0]["pointer"] == "/colour"


def test_pages_follow_their_next_link(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        place = make_facility(session)
        codes = sorted(make_position(session, place).position_code for _ in range(7))
    address: str | None = f"/api/v1/positions?facility={place.facility_code}&limit=3"
    seen: list[str] = []
    while address:
        page = staff.get(address).json()
        seen += [item["position_code"] for item in page["items"]]
        address = page["next"]
    assert seen == codes
    assert staff.get("/api/v1/positions?cursor=%00").status_code == 422


def test_create_install_replace_over_http(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        place, kind = make_facility(session), make_class(session)
    code = f"{place.facility_code}-NEW-1"
    created = staff.post(
        "/api/v1/positions",
        json={
            "position_code": code,
            "facility_code": place.facility_code,
            "class_code": kind.class_code,
            "name": "No.3汚水ポンプ",
        },
    )
    assert created.status_code == 201
    address = created.headers["location"]
    devices = [
        staff.post(
            "/api/v1/devices",
            json={"asset_code": f"{code}-D{n}", "class_code": kind.class_code, "model_no": "P-1"},
        ).json()["id"]
        for n in (1, 2)
    ]
    installed = staff.post(
        f"{address}/installations", json={"device_id": devices[0], "starts_on": "2010-04-01"}
    )
    assert installed.json()["device"]["id"] == devices[0]
    twice = staff.post(
        f"{address}/installations", json={"device_id": devices[1], "starts_on": "2012-04-01"}
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "installation-overlap")
    assert f"{code}-D1" in twice.json()["detail"]
    replaced = staff.post(
        f"{address}/replacement", json={"device_id": devices[1], "replaced_on": "2024-06-01"}
    )
    assert replaced.json()["device"]["id"] == devices[1]
    history = staff.get(f"{address}/installations").json()
    assert [row["device_id"] for row in history] == [devices[1], devices[0]]


def test_contractors_see_contracted_facilities_only(app: FastAPI, engine: Engine) -> None:
    with transaction(engine) as session:
        company = make_company(session)
        mine, other = make_facility(session), make_facility(session)
        make_contract(session, company, [mine])
        own, foreign = make_position(session, mine), make_position(session, other)
        hidden = make_device(session, serial_no="HIDDEN-1")
        make_installation(session, foreign, hidden)
        user = make_user(session, Role.CONTRACTOR, company)
    client = sign_in_client(app, user)
    listed = client.get("/api/v1/positions?limit=500").json()["items"]
    assert [row["position_code"] for row in listed] == [own.position_code]
    unseen = client.get(f"/api/v1/positions/{foreign.id}")
    nowhere = client.get(f"/api/v1/positions/{uuid4()}")
    assert unseen.status_code == nowhere.status_code == 404
    assert unseen.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}
    assert client.get(f"/facilities/{other.id}").status_code == 404
    assert client.get(f"/api/v1/installations?facility={other.facility_code}").json()["items"] == []
    assert client.get(f"/facilities/{mine.id}").status_code == 200
    for typed in (foreign.position_code, other.name, hidden.serial_no):
        assert str(foreign.id) not in client.get("/search", params={"q": typed}).text
        found = client.get("/api/v1/positions", params={"q": typed}).json()["items"]
        assert foreign.position_code not in {row["position_code"] for row in found}
        devices = client.get("/api/v1/devices", params={"q": typed}).json()["items"]
        assert devices == []
    assert client.get(f"/api/v1/installations?facility={other.facility_code}").json()["items"] == []
    assert client.get(f"/facilities/{mine.id}").status_code == 200
    for typed in (foreign.position_code, other.name, hidden.serial_no):
        assert str(foreign.id) not in client.get("/search", params={"q": typed}).text
        found = client.get("/api/v1/positions", params={"q": typed}).json()["items"]
        assert foreign.position_code not in {row["position_code"] for row in found}
        devices = client.get("/api/v1/devices", params={"q": typed}).json()["items"]
        assert devices == []
    assert client.get(f"/api/v1/installations?facility={other.facility_code}").json()["items"] == []
    assert client.get(f"/facilities/{mine.id}").status_code == 200
    for typed in (foreign.position_code, other.name, hidden.serial_no):
        assert str(foreign.id) not in client.get("/search", params={"q": typed}).text
        found = client.get("/api/v1/positions", params={"q": typed}).json()["items"]
        assert foreign.position_code not in {row["position_code"] for row in found}
        devices = client.get("/api/v1/devices", params={"q": typed}).json()["items"]
        assert devices == []
    refused = client.patch(
        f"/api/v1/positions/{own.id}", json={"note": "x"}, headers={"if-match": "*"}
    )
    assert refused.status_code == 403


def test_a_stale_form_keeps_what_was_typed(staff: TestClient, position: Position) -> None:
    form = {"version": "0", "criticality": "C", "status": "in_use", "note": "私の書いた備考"}
    answer = staff.post(f"/positions/{position.id}", data=form)
    assert answer.status_code == 412
    assert "私の書いた備考" in answer.text
    assert "ほかの人が先に変更しました" in answer.text


def test_a_replacement_is_news_to_a_reader_of_the_old_device(
    staff: TestClient, engine: Engine
) -> None:
    with transaction(engine) as session:
        position = make_position(session)
        make_installation(session, position, starts_on=date(2001, 4, 1))
        new = make_device(session)
    address = f"/api/v1/positions/{position.id}"
    tag = staff.get(address).headers["etag"]
    body = {"device_id": str(new.id), "replaced_on": "2024-06-01"}
    assert staff.post(f"{address}/replacement", json=body).status_code == 201
    fresh = staff.get(address, headers={"if-none-match": tag})
    assert (fresh.status_code, fresh.json()["device"]["id"]) == (200, str(new.id))
    on = staff.get(f"{address}/installations?on=2024-05-31").json()
    assert [row["device_id"] != str(new.id) for row in on] == [True]


def test_only_the_wanted_fields_are_sent(staff: TestClient, position: Position) -> None:
    listed = staff.get("/api/v1/positions?fields=position_code,name&limit=1").json()["items"]
    assert set(listed[0]) == {"position_code", "name"}
    one = staff.get(f"/api/v1/positions/{position.id}?fields=name,health").json()
    assert one == {"name": "No.1汚水ポンプ", "health": None}
    wrong = staff.get("/api/v1/positions?fields=name,colour")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown-field")
    assert "colour" in wrong.json()["detail"]


@pytest.mark.parametrize("what", ["facilities", "positions", "devices", "installations", "classes"])
def test_every_list_follows_its_next_link(staff: TestClient, position: Position, what: str) -> None:
    address: str | None = f"/api/v1/{what}?limit=2"
    seen: list[str] = []
    for _ in range(200):
        page = staff.get(address or "").json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
        if address is None:
            break
    whole = staff.get(f"/api/v1/{what}?limit=500").json()
    assert whole["next"] is None
    assert seen == [item["id"] for item in whole["items"]]
    assert staff.get(f"/api/v1/{what}?cursor=bad").status_code == 422


@pytest.mark.parametrize("what", ["facilities", "positions", "devices", "classes"])
def test_every_record_has_an_exact_tag(staff: TestClient, position: Position, what: str) -> None:
    known = staff.get(f"/api/v1/{what}?limit=1").json()["items"][0]
    address = f"/api/v1/{what}/{known['id']}"
    first = staff.get(address)
    same = staff.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, same.status_code) == (200, 304)
    assert staff.get(f"/api/v1/{what}/{uuid4()}").status_code == 404
    assert staff.patch(address, json={}).status_code == 428
    stale = staff.patch(address, json={}, headers={"if-match": '"0-abc"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    fine = staff.patch(address, json={}, headers={"if-match": first.headers["etag"]})
    assert fine.status_code == 200


def test_a_class_is_unverified_until_somebody_has_checked_it(staff: TestClient) -> None:
    code = f"K-{uuid4().hex[:6]}"
    new = {
        "class_code": code,
        "major": "水処理設備",
        "middle": "最初沈殿池設備",
        "minor": "かき寄せ機",
        "discipline": "mechanical",
        "standard_life_years": 15,
        "source_document": "平成28年通知 別表",
    }
    made = staff.post("/api/v1/classes", json=new)
    assert (made.status_code, made.json()["verified"]) == (201, False)
    twice = staff.post("/api/v1/classes", json=new)
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate-code")
    address, tag = made.headers["location"], made.headers["etag"]
    checked = staff.patch(address, json={"verified": True}, headers={"if-match": tag})
    assert checked.json()["verified"] is True
    emptied = staff.patch(address, json={"verified": None}, headers={"if-match": "*"})
    assert emptied.status_code == 422


def test_facilities_are_geojson_with_longitude_first(staff: TestClient) -> None:
    code = f"GJ-{uuid4().hex[:6]}"
    new = {"facility_code": code, "name": "位置あり", "facility_type": "gate"}
    made = staff.post("/api/v1/facilities", json=new | {"lon": 139.45, "lat": 35.33})
    assert made.status_code == 201
    found = staff.get("/api/v1/facilities.geojson")
    assert found.headers["content-type"] == "application/geo+json"
    geometry = {
        feature["properties"]["facility_code"]: feature["geometry"]
        for feature in found.json()["features"]
    }
    assert geometry[code] == {"type": "Point", "coordinates": [139.45, 35.33]}


def test_a_devices_dates_are_as_exact_as_they_were_written(staff: TestClient, engine: Engine):
    with transaction(engine) as session:
        kind = make_class(session)
    code = f"D-{uuid4().hex[:6]}"
    written = {"start": "1983-03-01", "end": "1983-03-31", "precision": "month", "raw": "S58.3"}
    new = {"asset_code": code, "class_code": kind.class_code, "installed": written}
    made = staff.post("/api/v1/devices", json=new)
    assert made.json()["installed"] == written
    shown = staff.get(f"/devices/{made.json()['id']}").text
    assert "昭和58年3月" in shown
    assert "(1983)" in shown
    half = staff.post(
        "/api/v1/devices",
        json=new | {"asset_code": f"{code}-2", "installed": {"precision": "month"}},
    )
    assert half.status_code == 422


@pytest.mark.e2e
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
@pytest.mark.parametrize(
    "path", ["/positions", "/positions/{position}", "/facilities", "/facilities/{facility}",
             "/devices/{device}", "/search?q=汚水"],
)  # fmt: skip
def test_pages_are_accessible(
    app: FastAPI, staff: TestClient, position: Position, window, violations, size, path
) -> None:
    with served(app) as url:
        context = window(**size)
        context.add_cookies([{"name": "gesuibo", "value": staff.cookies["gesuibo"], "url": url}])
        page = context.new_page()
        device = staff.get(f"/api/v1/positions/{position.id}").json()["device"]["id"]
        filled = path.format(position=position.id, facility=position.facility_id, device=device)
        page.goto(url + filled, wait_until="domcontentloaded")
        page.locator("h1").wait_for()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
