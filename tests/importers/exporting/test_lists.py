"""A list as a file holds exactly what the page shows, whatever the form."""

import csv
import io
import json
import sqlite3
import struct
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.clock import JST, now, today
from service.core.database import transaction
from service.core.partial_date import PartialDate
from service.core.settings import Settings
from service.core.tables import partial_date_columns
from service.faults.models import FaultCase
from service.maintenance.models import Inspection, ModelPart
from service.registry.models import CustomField, DeviceModel
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

_YESTERDAY = now() - timedelta(days=1)


@pytest.fixture(scope="module")
def staff(engine: Engine, settings: Settings) -> TestClient:
    with transaction(engine) as session:
        here = make_facility(session, name="架空一覧ポンプ場", geom="SRID=6668;POINT(139.5 35.25)")
        nowhere = make_facility(session, name="架空一覧不明場")
        make_installation(
            session, make_position(session, here, name="=一覧1号"), make_device(session)
        )
        make_position(session, nowhere, name="一覧2号")
        other = make_position(session, here, name="ほかの機器")
        make_device(session)  # a spare
        session.add(
            FaultCase(
                case_no="R8-ICHIRAN-0001",
                facility_id=here.id,
                position_id=other.id,
                occurred_at=now(),
                reported_at=now(),
                symptoms=["S04"],
            )
        )
        last = PartialDate.day(today() - timedelta(days=30))
        session.add(
            Inspection(
                facility_id=here.id,
                position_id=other.id,
                kind="routine",
                next_due_on=today(),
                **partial_date_columns("inspected", last),
            )
        )
        user = make_user(session, Role.ADMINISTRATOR)
    return sign_in_client(create_app(settings, engine), user)


def _get(client: TestClient, form: str, query: str = "q=一覧 号") -> bytes:
    answer = client.get(f"/lists/positions.{form}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_csv_and_an_xlsx_hold_the_filtered_rows(staff: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(_get(staff, "csv").decode("utf-8-sig"))))
    assert {row["機器名称"] for row in rows} == {"'=一覧1号", "一覧2号"}
    book = openpyxl.load_workbook(io.BytesIO(_get(staff, "xlsx"))).active
    names = {row[1] for row in book.iter_rows(min_row=2, values_only=True)}
    assert names == {"=一覧1号", "一覧2号"}


def test_json_and_geojson_hold_the_same_positions(staff: TestClient) -> None:
    told = json.loads(_get(staff, "json"))
    features = json.loads(_get(staff, "geojson"))["features"]
    assert [row["id"] for row in told] == [feature["id"] for feature in features]
    places = {feature["properties"]["機器名称"]: feature["geometry"] for feature in features}
    assert places["一覧2号"] is None
    assert places["=一覧1号"]["coordinates"] == [139.5, 35.25]


def test_a_geopackage_is_one_and_holds_the_points(staff: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "list.gpkg"
    path.write_bytes(_get(staff, "gpkg"))
    with sqlite3.connect(path) as book:
        (application,) = book.execute("pragma application_id").fetchone()
        assert struct.pack(">i", application) == b"GPKG"
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        found = dict(book.execute('select "機器名称", geom from "設置箇所一覧"').fetchall())
    book.close()
    assert found["一覧2号"] is None
    header, point = found["=一覧1号"][:8], found["=一覧1号"][8:]
    assert struct.unpack("<2sBBi", header) == (b"GP", 0, 1, 6668)
    assert struct.unpack("<BIdd", point) == (1, 1, 139.5, 35.25)


def test_a_past_day_has_the_list_of_that_day(staff: TestClient) -> None:
    told = json.loads(_get(staff, "json", "q=一覧 号&on=1990-01-01"))
    assert [row["name"] for row in told] == ["=一覧1号"], "its day of installation is unknown"


def test_contractors_export_nothing(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as session:
        worker = make_user(session, Role.CONTRACTOR, make_company(session))
    client = sign_in_client(create_app(settings, engine), worker)
    assert client.get("/lists/positions.csv").status_code == 403


LISTS = ("facilities", "spares", "inspections-due", "cases", "inbox", "quality/no-coordinates")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_every_form_with_the_same_rows(staff: TestClient, name: str) -> None:
    def content(form: str) -> bytes:
        answer = staff.get(f"/lists/{name}.{form}")
        assert answer.status_code == 200, answer.text
        return answer.content

    lines = list(csv.reader(io.StringIO(content("csv").decode("utf-8-sig"))))
    features = json.loads(content("geojson"))["features"]
    told = json.loads(content("json"))
    assert len(lines) - 1 == len(features) == len(told) > 0
    assert list(features[0]["properties"]) == lines[0]
    sheet = openpyxl.load_workbook(io.BytesIO(content("xlsx"))).active
    assert [cell.value for cell in sheet[1]] == lines[0]
    assert content("gpkg")[:15] == b"SQLite format 3"


def test_the_order_of_the_page_is_the_order_of_the_file(staff: TestClient) -> None:
    rising = [row["name"] for row in json.loads(_get(staff, "json", "q=一覧 号&sort=name"))]
    falling = [row["name"] for row in json.loads(_get(staff, "json", "q=一覧 号&sort=-name"))]
    assert len(rising) == 2
    assert rising == sorted(rising)
    assert falling == rising[::-1]


def test_fields_of_the_city_are_in_every_form(
    staff: TestClient, engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        kind = make_class(session)
        field = CustomField(
            owner="position", label="架空塗装色", kind="text", class_codes=[kind.class_code]
        )
        session.add(field)
        make_position(session, class_id=kind.id, name="塗った", custom={"架空塗装色": "青"})
    query = f"class_code={kind.class_code}"
    (line,) = csv.DictReader(io.StringIO(_get(staff, "csv", query).decode("utf-8-sig")))
    (feature,) = json.loads(_get(staff, "geojson", query))["features"]
    assert line["架空塗装色"] == feature["properties"]["架空塗装色"] == "青"
    path = tmp_path / "own.gpkg"
    path.write_bytes(_get(staff, "gpkg", query))
    with sqlite3.connect(path) as book:
        assert book.execute('select "架空塗装色" from "設置箇所一覧"').fetchall() == [("青",)]
    book.close()


def test_lists_and_ledgers_of_a_past_day(staff: TestClient, engine: Engine) -> None:
    """What was equipped later is in none of them; what has no past says so."""
    with transaction(engine) as session:
        plant = make_facility(session, name="架空過去場")
        position = make_position(session, plant)
        device = make_device(session)
        make_installation(session, position, device, starts_on=date(2020, 4, 1))

    def codes(address: str) -> str:
        answer = staff.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    ledger = "/api/v1/exports/equipment.csv?on="
    assert position.position_code in codes(f"{ledger}2020-04-01")
    assert position.position_code not in codes(f"{ledger}2020-03-31")
    spares = "/lists/spares.csv?on="
    assert device.asset_code in codes(f"{spares}2020-03-31")
    assert device.asset_code not in codes(f"{spares}2020-04-01")
    assert "未完結の案件" not in codes("/lists/facilities.csv?on=2020-04-01")
    assert staff.get("/api/v1/exports/faults.csv?on=2020-04-01").status_code == 422
    past = staff.get(
        "/ledgers/past?ledger=equipment&on=2020-04-01&form=xlsx", follow_redirects=False
    )
    assert past.headers["location"] == "/api/v1/exports/equipment.xlsx?on=2020-04-01"


def test_tags_duplicates_and_parts_as_files(staff: TestClient, engine: Engine) -> None:
    """What the page shows, no more: the other tabs, the other devices stay out."""
    with transaction(engine) as session:
        plant = make_facility(session, name="架空札場")
        place = make_position(session, plant, name="札なし1号")
        model = DeviceModel(manufacturer="架空札工業", model_no="F-9")
        session.add(model)
        session.flush()
        one = make_device(session, model_id=model.id, serial_no="FUDA-77")
        other = make_device(session, model_id=model.id, serial_no="fuda-77")
        session.add(ModelPart(model_id=model.id, part_name="軸受", quantity=2, interval_years=5))

    def lines(address: str) -> list[list[str]]:
        answer = staff.get(address)
        assert answer.status_code == 200, answer.text
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    header, *rows = lines(f"/lists/tags.csv?view=missing&facility={plant.facility_code}")
    assert header == ["設備番号", "設置箇所", "号機", "施設"]
    assert [row[0] for row in rows] == [place.position_code]
    assert lines(f"/lists/tags.csv?view=in_use&facility={plant.facility_code}")[1:] == []
    codes = sorted((one.asset_code, other.asset_code))
    assert [*codes, "製造番号が同じ"] in [row[:3] for row in lines("/lists/duplicates.csv")]
    (part,) = lines(f"/lists/devices/{one.id}/parts.csv")[1:]
    assert (part[0], part[3], part[4]) == ("軸受", "2", "5")
    for page in ("/tags?view=missing", "/duplicates", f"/devices/{one.id}/parts"):
        assert ".xlsx?" in staff.get(page).text


def test_masters_and_spares_of_a_past_day(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        model = DeviceModel(manufacturer="架空過去工業", model_no="P-0", created_at=_YESTERDAY)
        session.add(model)
        spare = make_device(session, asset_code="KAKO-1", serial_no="MUKASHI-1")
        session.flush()
        moment = {"moment": _YESTERDAY, "id": spare.id}
        session.execute(text("update device set created_at = :moment where id = :id"), moment)
        session.execute(text("update device set serial_no = 'IMA-1' where id = :id"), moment)
    on = today().isoformat()
    yesterday = _YESTERDAY.astimezone(JST).date().isoformat()
    for page in ("models", "classes"):
        assert "架空過去工業" in staff.get(f"/lists/models.csv?on={yesterday}").text
        assert "の時点の台帳" in staff.get(f"/{page}?on={yesterday}").text
    found = {
        word: staff.get(f"/spares?on={yesterday}&q={word}").text for word in ("mukashi", "ima-")
    }
    assert ["KAKO-1" in page for page in found.values()] == [True, False]
    for page in ("/quality", "/quality/no-tag", "/inspections/due"):
        assert (
            "過去の日の点検やQRタグの状態は残していません"
            in staff.get(f"{page}?on={yesterday}").text
        )
        assert "残していません" not in staff.get(f"{page}?on={on}").text
    assert staff.get(f"/lists/inspections-due.csv?on={yesterday}").status_code == 422
    for page in ("/spares", "/inspections/due"):
        assert f'name="path" value="{page}"' in staff.get(page).text
