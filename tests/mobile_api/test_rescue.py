"""What a phone could not send comes as a file: filed once, whoever sends it first."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.core.database import transaction
from tests.tagged_city import TaggedCity, browser_client, digest, jpeg, report_json

URL = "/reports/rescue"


@pytest.fixture
def staff(app: FastAPI, tagged: TaggedCity) -> Iterator[TestClient]:
    with browser_client(app, tagged.city.tokens["staff"]) as client:
        yield client


def rescued(
    tagged: TaggedCity,
    report: dict[str, Any],
    *photos: bytes,
    records: list[dict[str, Any]] | None = None,
) -> bytes:
    by = tagged.city.contractor
    one = {
        "user_id": str(by.id),
        "author": "青空 太郎",
        "title": "No.2汚水ポンプ",
        "place": "辻堂",
        "report": report,
        "photos": [{"sha256": digest(photo), "name": "銘板.jpg"} for photo in photos],
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "reports.json",
            json.dumps({"format": "gesuibo-rescue-1", "reports": [one], "records": records or []}),
        )
        for photo in photos:
            archive.writestr(f"photos/{digest(photo)}", photo)
    return out.getvalue()


def hand_in(staff: TestClient, content: bytes) -> Any:
    return staff.post(URL, files={"file": ("gesuibo-rescue.zip", content, "application/zip")})


def test_the_office_files_what_the_phone_could_not(
    staff: TestClient, contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    photo = jpeg(300, 200, "green")
    told = report_json(tagged.city) | {"announced_photos": [digest(photo)]}
    content = rescued(tagged, told, photo)
    page = hand_in(staff, content)
    assert (page.status_code, "受け付けました" in page.text, "1/1" in page.text) == (
        200,
        True,
        True,
    )
    assert "届いていました" in hand_in(staff, content).text
    # The phone finds its signal after all: the same report, the same receipt.
    sent = contractor.post("/mobile/v1/fault-reports", json=told)
    assert sent.status_code == 200
    with transaction(engine) as session:
        row = session.execute(
            text("select reporter_name, company_id from fault_report where id = :id"),
            {"id": told["id"]},
        ).one()
    assert (row.reporter_name, row.company_id) == ("青空 太郎", tagged.city.company_id)


def test_one_bad_report_or_photo_does_not_hold_up_the_rest(
    staff: TestClient, tagged: TaggedCity
) -> None:
    photo = jpeg(310, 200, "red")
    told = report_json(tagged.city) | {"announced_photos": [digest(photo)]}
    content = rescued(tagged, told)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        listed = json.loads(archive.read("reports.json"))
    listed["reports"][0]["photos"] = [{"sha256": digest(photo), "name": "消えた.jpg"}]
    listed["reports"].insert(0, listed["reports"][0] | {"report": {"symptoms": "?"}, "photos": []})
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("reports.json", json.dumps(listed))
    page = hand_in(staff, out.getvalue())
    assert page.status_code == 200
    assert "この報告の内容を読み取れません。" in page.text
    assert "ファイルの中に写真「消えた.jpg」がありません。" in page.text
    assert "受け付けました" in page.text


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_another_file_is_named_and_nothing_filed(staff: TestClient, content: bytes) -> None:
    page = hand_in(staff, content)
    assert page.status_code == 422
    assert "端末から書き出した報告のファイルとして読めません" in page.text


def test_a_list_of_another_form_is_no_rescue_file(staff: TestClient) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("reports.json", json.dumps({"format": "other", "reports": []}))
    assert hand_in(staff, out.getvalue()).status_code == 422


def test_contractors_hand_in_nothing_here(app: FastAPI, tagged: TaggedCity) -> None:
    with browser_client(app, tagged.city.tokens["contractor"]) as client:
        assert client.get(URL).status_code == 403
