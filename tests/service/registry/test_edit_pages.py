"""What is wrong in the register is mended on a page: its forms, its trees, its board."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.http.forms import Mistyped
from service.core.settings import Settings
from service.registry import edit_changes, edit_forms, locations, service
from service.registry.domain import DuplicateCode, LocationKind, LocationUnknown, ParentCircle
from service.registry.locations import PlaceInItself, PlaceInUse
from service.registry.models import Device, DeviceModel, EquipmentClass, Facility, Position
from service.registry.queries import facilities, models, places, positions
from service.registry.schemas.changes import LocationCreate, LocationUpdate, PositionUpdate
from tests.factories import (
    make_class,
    make_company,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)

ORIGIN = {"origin": "http://testserver"}


@pytest.fixture(scope="module")
def staff(engine: Engine, settings: Settings) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session, Role.STAFF)
    return sign_in_client(create_app(settings, engine), user)


def _sent(client: TestClient, address: str) -> dict[str, str]:
    """The form of the page as a browser would send it untouched."""
    from html.parser import HTMLParser  # noqa: PLC0415

    class Fields(HTMLParser):
        values: dict[str, str] = {}  # noqa: RUF012
        at: str = ""
        is_text = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            has = dict(attrs)
            if tag == "input" and has.get("name"):
                self.values[str(has["name"])] = has.get("value") or ""
            if tag in {"select", "textarea"}:
                self.at, self.is_text = str(has["name"]), tag == "textarea"
                self.values[self.at] = ""
            if tag == "option" and "selected" in has:
                self.values[self.at] = str(has["value"])

        def handle_data(self, data: str) -> None:
            if self.is_text:
                self.values[self.at] += data

        def handle_endtag(self, tag: str) -> None:
            self.is_text = False if tag == "textarea" else self.is_text

    page = client.get(address)
    assert page.status_code == 200, page.text
    reader = Fields()
    reader.values = {}
    reader.feed(page.text.split('class="card form edit"')[1].split("</form>")[0])
    return reader.values


def _save(client: TestClient, address: str, **changed: str) -> int:
    sent = _sent(client, address) | changed
    answer = client.post(address, data=sent, headers=ORIGIN, follow_redirects=False)
    return answer.status_code


def test_a_device_gets_its_date_model_and_price(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        device = make_device(session, serial_no="S-1", note="1行目\n2行目")
        make_installation(session, make_position(session), device)
    address = f"/devices/{device.id}/edit"
    assert _save(staff, address) == 303
    status = _save(
        staff,
        address,
        installed="S58.3",
        maker="架空製作所",
        model_no="KP-9",
        acquired_cost_yen="12,345,000円",
        subsidised="true",
        reason="銘板で確認",
    )
    assert status == 303
    with transaction(engine) as session:
        row = session.get_one(Device, device.id)
        assert (row.installed_from, row.installed_to) == (date(1983, 3, 1), date(1983, 3, 31))
        assert (row.acquired_cost_yen, row.subsidised) == (12_345_000, True)
        assert (row.serial_no, row.note) == ("S-1", "1行目\n2行目")
        assert session.get_one(DeviceModel, row.model_id).model_no == "KP-9"
        told = session.execute(
            text(
                "select action, reason from audit_entry where target_type = 'device'"
                " and target_id = :id and action = 'update'"
            ),
            {"id": str(device.id)},
        ).all()
    assert told == [("update", "銘板で確認")], "an untouched form changes nothing"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"installed": "昔"}, "「1983-03」「S58.3」「平成10年度」「不明」のように入れてください。"),
        ({"maker": "架空"}, "製造者を入れるときは型式も要ります。"),
        ({"life_override_years": "30"}, "理由を入れてください。"),
        ({"acquired_cost_yen": "高い"}, "数字で入力してください。"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_stays_typed(
    staff: TestClient, engine: Engine, changed: dict[str, str], sentence: str
) -> None:
    with transaction(engine) as session:
        device = make_device(session)
    address = f"/devices/{device.id}/edit"
    sent = _sent(staff, address) | changed | {"reason": "書きかけの理由"}
    answer = staff.post(address, data=sent, headers=ORIGIN)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "書きかけの理由" in answer.text


def test_a_facility_gets_its_point_or_loses_a_wrong_one(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        plant = make_facility(session)
    address = f"/facilities/{plant.id}/edit"

    def point() -> tuple[float | None, float | None]:
        with transaction(engine) as session:
            row = facilities.read(session, plant.id)
            assert row is not None
            return row["lat"], row["lon"]

    assert _save(staff, address, lat="35.336712") == 422
    assert _save(staff, address, lat="139.4", lon="35.3") == 422, "they are swapped"
    assert _save(staff, address, lat="35.336712", lon="139.447256") == 303
    assert point() == (35.336712, 139.447256)
    assert _save(staff, address, name="改名した架空場") == 303
    assert point() == (35.336712, 139.447256)
    with transaction(engine) as session:
        assert session.get_one(Facility, plant.id).coord_accuracy == "typed"
    assert _save(staff, address, lat="", lon="") == 303
    assert point() == (None, None)


def test_a_position_gets_its_place_and_the_set_that_it_belongs_to(
    staff: TestClient, engine: Engine, terminal: Actor
) -> None:
    with transaction(engine) as session:
        plant = make_facility(session)
        whole = make_position(session, plant, name="ポンプ一式")
        part = make_position(session, plant, name="電動機")
        new = LocationCreate(location_code="B2", kind=LocationKind.FLOOR, name="B2F")
        locations.register_location(session, plant.id, new, by=terminal)
    address = f"/positions/{part.id}/edit"
    changed = {"location_code": "B2", "parent_code": whole.position_code, "impact_score": "4"}
    assert _save(staff, address, **changed) == 303
    with transaction(engine) as session:
        row = positions.card(session, part.id)
        assert row is not None
        assert (row["location"], row["parent_name"]) == ("B2F", "ポンプ一式")
        assert row["impact_score"] == 4
    assert "影響度" in staff.get(f"/positions/{part.id}").text
    wrong = staff.post(
        f"/positions/{whole.id}/edit",
        data=_sent(staff, f"/positions/{whole.id}/edit") | {"parent_code": part.position_code},
        headers=ORIGIN,
    )
    assert wrong.status_code == 422
    assert "上位にできません" in wrong.text


def test_no_circle_of_parents_however_long(session: Session, terminal: Actor) -> None:
    plant = make_facility(session)
    one, two, three = (make_position(session, plant) for _ in range(3))
    for child, parent in ((two, one), (three, two)):
        change = PositionUpdate(parent_code=parent.position_code)
        service.update_position(session, child.id, change, None, by=terminal)
    for below in (one, two, three):
        change = PositionUpdate(parent_code=below.position_code)
        with pytest.raises(ParentCircle), session.begin_nested():
            service.update_position(session, one.id, change, None, by=terminal)
    service.update_position(session, two.id, PositionUpdate(parent_code=None), None, by=terminal)
    assert session.get_one(Position, two.id).parent_id is None


def test_a_class_is_checked_against_its_source(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        kind = make_class(session, verified=False, standard_life_years=15)
    assert _save(staff, f"/classes/{kind.id}/edit", verified="true", target_life_years="25") == 303
    with transaction(engine) as session:
        row = session.get_one(EquipmentClass, kind.id)
        assert (row.verified, row.target_life_years) == (True, 25)
    assert kind.class_code in staff.get("/classes").text
    assert kind.class_code not in staff.get("/classes?only=unverified").text


def test_a_model_shows_its_devices_specification_and_manual(
    staff: TestClient, engine: Engine
) -> None:
    with transaction(engine) as session:
        model = DeviceModel(manufacturer="架空機械", model_no="KX-77", spec={"口径": "150"})
        session.add(model)
        session.flush()
        device = make_device(session, model_id=model.id)
        model_id = model.id
    address = f"/models/{model_id}"
    written = "口径=150\n出力=11 kW\n台数=2"
    assert _save(staff, f"{address}/edit", spec=written, discontinued_on="2020-03-31") == 303
    with transaction(engine) as session:
        row = models.read(session, model_id)
        assert row is not None
        assert row["spec"] == {"口径": 150.0, "出力": {"value": 11.0, "unit": "kW"}, "台数": 2.0}
    page = staff.get(address).text
    assert device.asset_code in page
    assert "11" in page
    assert "KX-77" in staff.get("/models?q=架空 ｋｘ77").text
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    files = {"files": ("取扱説明書.pdf", pdf, "application/pdf")}
    sent = staff.post(
        f"{address}/files",
        data={"kind": "manual"},
        files=files,
        headers=ORIGIN,
        follow_redirects=False,
    )
    assert sent.status_code == 303, sent.text
    assert "取扱説明書.pdf" in staff.get(f"{address}/files").text
    assert f"/models/{model_id}" in staff.get(f"/devices/{device.id}").text


def test_places_are_a_tree_and_renaming_reaches_its_leaves(
    session: Session, terminal: Actor
) -> None:
    plant = make_facility(session)

    def add(code: str, name: str, parent: str | None = None) -> UUID:
        new = LocationCreate(
            location_code=code, kind=LocationKind.ROOM, name=name, parent_code=parent
        )
        return locations.register_location(session, plant.id, new, by=terminal).id

    house = add("A", "沈砂池棟")
    add("A-1", "B2F", "A")
    add("A-1-1", "ポンプ室", "A-1")
    locations.rename_location(session, plant.id, house, LocationUpdate(name="沈砂棟"), by=terminal)
    assert [row["path"] for row in places.of_facility(session, plant.id)] == [
        "沈砂棟",
        "沈砂棟/B2F",
        "沈砂棟/B2F/ポンプ室",
    ]
    with pytest.raises(PlaceInItself):
        locations.move_location(session, plant.id, house, "A-1-1", by=terminal)
    with pytest.raises(PlaceInUse):
        locations.remove_location(session, plant.id, house, by=terminal)
    other = add("C", "ポンプ棟")
    floor = next(row["id"] for row in places.of_facility(session, plant.id) if row["name"] == "B2F")
    locations.move_location(session, plant.id, floor, "C", by=terminal)
    locations.remove_location(session, plant.id, house, by=terminal)
    tree = ["ポンプ棟", "ポンプ棟/B2F", "ポンプ棟/B2F/ポンプ室"]
    assert [row["path"] for row in places.of_facility(session, plant.id)] == tree
    make_position(session, plant, location_id=other)
    locations.move_location(session, plant.id, floor, "", by=terminal)
    with pytest.raises(PlaceInUse):
        locations.remove_location(session, plant.id, other, by=terminal)
    with pytest.raises(DuplicateCode), session.begin_nested():
        add("C", "別棟")
    with pytest.raises(LocationUnknown):
        add("B", "室", "ない")


def test_contractors_mend_nothing(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as session:
        plant = make_facility(session)
        worker = make_user(session, Role.CONTRACTOR, make_company(session))
    client = sign_in_client(create_app(settings, engine), worker)
    assert client.get(f"/facilities/{plant.id}/edit").status_code == 403
    assert client.get("/quality").status_code == 403


def test_a_specification_reads_back_as_it_was_written() -> None:
    spec = {"流量": {"value": 1.5, "unit": "m3/min"}, "材質": "SUS304", "極数": 4.0}
    lines = "\n".join(f"{name}={edit_forms.write_spec(value)}" for name, value in spec.items())
    assert edit_changes.read_spec(lines) == spec
    for wrong in ("材質", "=SUS", "材質=", "材質=a\n材質=b"):
        with pytest.raises(Mistyped):
            edit_changes.read_spec(wrong)


def test_every_row_of_the_board_leads_to_a_page_that_mends_it(
    staff: TestClient, engine: Engine
) -> None:
    """The links of each question, as its page shows them, open a form."""
    with transaction(engine) as session:
        plant = make_facility(session, facility_type="pump_station")
        closed = make_facility(session, status="abolished")
        make_position(session, closed)
        make_position(session, plant)
        make_installation(session, make_position(session, plant), make_device(session))
    checks = ("no-date", "no-model", "no-device", "closed-facility", "no-place", "no-coordinates")
    for check in (*checks, "unverified-class", "no-tag"):
        page = staff.get(f"/quality/{check}").text
        links = [part.split('"')[0] for part in page.split('data-label="操作"><a href="')[1:]]
        assert links, check
        mended = staff.get(links[0])
        assert mended.status_code == 200, links[0]
        assert "<form" in mended.text
