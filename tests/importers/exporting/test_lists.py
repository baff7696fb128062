"""A list as a file holds exactly what the page shows, whatever the form."""

import csv
import io
import json
import sqlite3
import struct
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.factories import (
    make_company,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)


@pytest.fixture(scope="module")
def staff(engine: Engine, settings: Settings) -> TestClient:
    with transaction(engine) as session:
        here = make_facility(session, name="架空一覧ポンプ場", geom="SRID=6668;POINT(139.5 35.25)")
        nowhere = make_facility(session, name="架空一覧不明場")
        make_installation(
            session, make_position(session, here, name="=一覧1号"), make_device(session)
        )
        make_position(session, nowhere, name="一覧2号")
        make_position(session, here, name="ほかの機器")
        user = make_user(session, Role.ENGINEER)
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
