"""The tag page without any script."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.core.database import transaction
from service.tags.domain import grouped, mint_code
from tests.tagged_city import TaggedCity, browser_client, jpeg


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]


def form_of(page: str, **filled: Any) -> dict[str, Any]:
    return {
        "report_id": hidden(page, "report_id"),
        "written_at": hidden(page, "written_at"),
        "symptom": "S01",
        "operation_effect": "stopped",
        "body": "起動しない。",
        "temporary_action": "",
        "occurred_local": "",
        "detection": "",
    } | filled


def photos(*contents: bytes) -> list[Any]:
    return [("photos", (f"{n}.jpg", content)) for n, content in enumerate(contents, 1)]


def sent(client: TestClient, tag: str, files: list[Any] | None = None, **filled: Any) -> Any:
    page = client.get(f"/T/{tag}").text
    nothing_chosen = [("photos", ("", b"", "application/octet-stream"))]
    return client.post(f"/T/{tag}", data=form_of(page, **filled), files=files or nothing_chosen)


def reports(engine: Engine, tagged: TaggedCity, body: str) -> list[Any]:
    with transaction(engine) as session:
        return list(
            session.execute(
                text(
                    "select r.*, (select count(*) from attachment a where a.report_id = r.id) n"
                    " from fault_report r where company_id = :company_id and body = :body"
                ),
                {"company_id": tagged.city.company_id, "body": body},
            )
        )


def test_a_visitor_sees_whom_to_call_and_the_public_name_only(
    app: FastAPI, tagged: TaggedCity
) -> None:
    with browser_client(app) as client:
        for path in (f"/T/{tagged.tag}", f"/t/{grouped(tagged.tag).lower()}"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "No.2汚水ポンプ" in answer.text
            assert 'href="tel:' in answer.text
            assert 'href="/f/help"' in answer.text
            assert "/sign-in" not in answer.text, "nobody is asked for a password here"
            assert tagged.city.facility_code not in answer.text
            assert "<form" not in answer.text


def test_a_contractor_sees_the_equipment_and_the_form(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    page = contractor.get(f"/T/{tagged.tag}").text
    assert f"{tagged.city.facility_code}-P001" in page
    assert f"D{tagged.city.mark}1" in page
    assert f"D{tagged.city.mark}0" in page, "the device before it, in the history"
    assert page.count('name="symptom"') == 8
    assert "その他の現象" in page


def test_another_companys_contractor_sees_what_a_visitor_sees(
    app: FastAPI, tagged: TaggedCity
) -> None:
    with browser_client(app, tagged.city.tokens["other_contractor"]) as client:
        answer = client.get(f"/T/{tagged.tag}")
        assert answer.status_code == 200
        assert "この設備を担当する契約がありません" in answer.text
        assert "<form" not in answer.text
        assert tagged.city.facility_code not in answer.text
        refused = client.post(f"/T/{tagged.tag}", data={"report_id": "x"}, files=photos(jpeg()))
    assert refused.status_code == 404


def test_an_engineer_reads_but_does_not_report(app: FastAPI, tagged: TaggedCity) -> None:
    with browser_client(app, tagged.city.tokens["engineer"]) as client:
        page = client.get(f"/T/{tagged.tag}")
        assert "No.2汚水ポンプ" in page.text
        assert "<form" not in page.text


def test_an_unknown_tag_is_a_page_that_says_so(app: FastAPI) -> None:
    with browser_client(app) as client:
        answer = client.get(f"/T/{mint_code()}")
    assert answer.status_code == 404
    assert "このQRタグは登録されていません" in answer.text


def test_the_form_files_a_report_with_its_photos(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    answer = sent(
        contractor,
        tagged.tag,
        photos(jpeg(21, 21), jpeg(22, 22)),
        body="写真つき",
        environment_effects=["overflow"],
        occurred_local="2026-11-20T08:30",
        detection="patrol",
    )
    assert answer.status_code == 201
    (report,) = reports(engine, tagged, "写真つき")
    assert report.report_no in answer.text
    assert "電話でもすぐに" in answer.text, "sewage escapes"
    assert (report.entry_mode, report.n, len(report.announced_photos)) == ("tag", 2, 2)
    assert report.observed["occurred_at"] == "2026-11-20T08:30:00+09:00"
    assert report.observed["detection"] == "patrol"


def test_a_double_press_is_one_report(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    form = form_of(contractor.get(f"/T/{tagged.tag}").text, body="二度押し")
    answers = [
        contractor.post(f"/T/{tagged.tag}", data=form, files=photos(jpeg(23, 23))) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 200]
    (report,) = reports(engine, tagged, "二度押し")
    assert report.n == 1
    assert all(report.report_no in answer.text for answer in answers)


def test_a_bad_photo_does_not_hold_up_the_report(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    files = [
        *photos(jpeg(24, 24)),
        ("photos", ("notes.jpg", b"no photo")),
        ("photos", ("e.jpg", b"")),
    ]
    answer = sent(contractor, tagged.tag, files, body="一枚だけ")
    assert answer.status_code == 201
    assert "受け取れなかった写真があります" in answer.text
    assert "notes.jpg" in answer.text
    (report,) = reports(engine, tagged, "一枚だけ")
    assert (report.n, len(report.announced_photos)) == (1, 1)


def test_what_is_missing_is_named_and_what_was_typed_stays(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    answer = sent(contractor, tagged.tag, symptom="", operation_effect="", body="書いた文")
    assert answer.status_code == 422
    assert "症状を一つ選んでください。" in answer.text
    assert "運転への影響を選んでください。" in answer.text
    assert "書いた文" in answer.text
    assert reports(engine, tagged, "書いた文") == []


def test_a_spoiled_form_is_told_to_scan_again(contractor: TestClient, tagged: TaggedCity) -> None:
    answer = sent(contractor, tagged.tag, report_id="not-an-id")
    assert answer.status_code == 422
    assert "QRタグを読み直してください" in answer.text


def test_eleven_photos_are_too_many_at_once(contractor: TestClient, tagged: TaggedCity) -> None:
    answer = sent(contractor, tagged.tag, photos(*[jpeg()] * 11))
    assert answer.status_code == 422
    assert "10枚" in answer.text


def test_a_form_beyond_the_limit_is_refused_before_it_is_all_there(
    contractor: TestClient, tagged: TaggedCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.attachments.api.FORM_PHOTOS_AT_FULL_SIZE", 0)
    answer = sent(contractor, tagged.tag, photos(jpeg()))
    assert answer.status_code == 413


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_another_site_cannot_report_in_the_contractors_name(
    app: FastAPI, tagged: TaggedCity, origin: str | None
) -> None:
    with TestClient(app, cookies={"gesuibo": tagged.city.tokens["contractor"]}) as client:
        headers = {"origin": origin} if origin else {}
        answer = client.post(
            f"/T/{tagged.tag}", data={"symptom": "S01"}, files=photos(jpeg()), headers=headers
        )
    assert answer.status_code == 403


def test_the_first_load_is_small(contractor: TestClient, tagged: TaggedCity) -> None:
    page = contractor.get(f"/T/{tagged.tag}")
    assets = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    size = len(page.content) + sum(
        int(contractor.get(asset).headers["content-length"]) for asset in assets
    )
    assert size < 60_000


def test_the_symbol_is_a_picture(staff: TestClient, tagged: TaggedCity) -> None:
    picture = staff.get(f"/api/v1/tags/{tagged.tag}.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert staff.get(f"/api/v1/tags/{mint_code()}.svg").status_code == 404


def test_staff_replace_a_tag_on_the_positions_page(staff: TestClient, tagged: TaggedCity) -> None:
    address = f"/positions/{tagged.city.other_pump_id}/tags"
    part = {"hx-request": "true", "hx-request-type": "partial"}
    before = staff.get(address, headers=part).text
    assert grouped(tagged.other_tag) in before
    assert "<html" not in before
    after = staff.post(f"{address}/{tagged.other_tag}/replace", headers=part).text
    assert after.count("/replace") == 2, "one form, for the new tag"
    assert "破損" in after
    more = staff.post(address, headers=part).text
    assert more.count('action="/positions') == 2 * 2 + 1
    assert staff.post(address).headers["location"] == f"/positions/{tagged.city.other_pump_id}"


def test_contractors_do_not_print_or_change_tags(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    assert contractor.get("/tags").status_code == 403
    assert contractor.post(f"/positions/{tagged.city.pump_id}/tags").status_code == 403
    assert contractor.post("/api/v1/tags/mint", json={}).status_code == 403
