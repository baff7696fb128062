"""The office's pages about tags: lists, stock, print runs, printers."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.accounts.actor import terminal_actor
from service.core.clock import now
from service.core.database import transaction
from service.core.settings import Settings
from service.tags import life, press, printing
from service.tags.domain import grouped
from service.tags.labels.proof import SheetRefused
from service.tags.models import LabelRun
from service.tags.schemas import RunWanted, Selection
from tests.service.tags.drawn_labels import text_of
from tests.tagged_city import TaggedCity, browser_client, build


@pytest.fixture
def only_here(tagged: TaggedCity) -> dict[str, str]:
    return {"facility": tagged.city.facility_code}


def stock_codes(engine: Engine, state: str) -> list[str]:
    statement = text("select tag_code from qr_tag where state = :state order by created_at, id")
    with transaction(engine) as session:
        return list(session.execute(statement, {"state": state}).scalars())


def test_the_list_shows_counts_and_finds_a_code(staff: TestClient, tagged: TaggedCity) -> None:
    page = staff.get("/tags", params={"view": "in_use", "q": grouped(tagged.tag).lower()})
    assert page.status_code == 200
    assert page.text.count('data-label="タグ番号"') == 1
    assert grouped(tagged.tag) in page.text
    for view in ("recheck", "reprint", "unprinted", "missing", "stock", "out_of_use", "nonsense"):
        assert staff.get("/tags", params={"view": view}).status_code == 200


def test_printing_a_facility(staff: TestClient, engine: Engine) -> None:
    tagged = build(engine)
    only_here = {"facility": tagged.city.facility_code}
    form = staff.get("/tags/print", params=only_here | {"selection": "all"})
    assert "1枚、用紙1枚" in form.text
    picture = staff.get("/tags/preview.png", params=only_here | {"selection": "all", "first": 24})
    assert picture.content.startswith(b"\x89PNG")
    wanted = only_here | {"sheet": "a4-24-70x33.9", "selection": "all", "first": "2"}
    answer = staff.post("/tags/runs", data=wanted)
    assert answer.status_code == 303
    run = answer.headers["location"]
    page = staff.get(run)
    assert "全1枚のQRコードを画像から読み取り" in page.text
    links = re.findall(r'href="(/api/v1/label-runs/[^"]+)"', page.text)
    files = {link.rsplit("/", 1)[1]: staff.get(link) for link in links}
    assert grouped(tagged.tag) in text_of(files["pdf"].content)
    assert files["pdf"].headers["content-type"] == "application/pdf"
    assert grouped(tagged.tag) in text_of(files["list.pdf"].content)
    assert f"/T/{tagged.tag}," in files["labels.csv"].text
    assert files["labels.csv"].text.startswith("\ufefftag_code,printed_code,url,")
    assert staff.post(f"{run}/again", data={"start": "1", "end": "1"}).status_code == 303
    again = staff.get("/tags", params={"view": "reprint"} | only_here)
    assert grouped(tagged.tag) in again.text


def test_what_cannot_be_printed_says_why(staff: TestClient, only_here: dict[str, str]) -> None:
    answer = staff.post(
        "/tags/runs", data=only_here | {"sheet": "tape-24", "selection": "reprint", "first": "9"}
    )
    assert answer.status_code in {303, 422}
    answer = staff.post("/tags/runs", data={"sheet": "a3", "selection": "all"})
    assert answer.status_code == 422
    assert "この用紙は登録されていません" in answer.text


def test_stock_is_made_printed_and_issued(
    staff: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    assert staff.post("/tags/stock", data={"count": "3"}).headers["location"].endswith("stock")
    codes = stock_codes(engine, "minted")[-3:]
    answer = staff.post("/tags/runs", data={"sheet": "tape-24", "selection": "stock"})
    assert answer.status_code == 303
    company = str(tagged.city.company_id)
    issued = staff.post(
        f"{answer.headers['location']}/issue", data={"company_id": company, "person": "青空 太郎"}
    )
    assert issued.status_code == 303
    assert set(codes) <= set(stock_codes(engine, "issued"))
    page = staff.get("/tags", params={"view": "stock", "q": codes[0]})
    assert "あおぞら設備" in page.text
    by_code = {"company_id": str(tagged.city.other_company_id), "codes": f"{codes[0]}\n{codes[1]}"}
    assert staff.post("/tags/issue", data=by_code).status_code == 303
    assert "みどり管理" in staff.get("/tags", params={"view": "stock", "q": codes[0]}).text
    history = staff.get(f"/tags/{codes[0]}/history").text
    assert [history.find(word) for word in ("交付", "印刷", "作成")] == sorted(
        history.find(word) for word in ("交付", "印刷", "作成")
    )


def test_missing_tags_are_minted_from_the_list(
    app: FastAPI, staff: TestClient, tagged: TaggedCity, only_here: dict[str, str]
) -> None:
    assert staff.post("/tags/mint", data=only_here | {"per_position": "2"}).status_code == 303
    page = staff.get(f"/positions/{tagged.city.pump_id}/tags")
    assert page.text.count("/replace") >= 2


def test_one_tag_can_be_replaced_from_its_page(staff: TestClient, tagged: TaggedCity) -> None:
    answer = staff.post(f"/tags/{tagged.other_tag}/superseded")
    fresh = answer.headers["location"].split("/")[2]
    assert "貼り替え済み" in staff.get(f"/tags/{tagged.other_tag}/history").text
    assert grouped(fresh) in staff.get(f"/T/{tagged.other_tag}").text, "the banner leads on"
    assert staff.post(f"/tags/{fresh}/damaged").status_code == 303
    assert staff.post(f"/tags/{fresh}/in_use").status_code == 409


def test_a_printers_miss_is_saved_and_measured(staff: TestClient, tagged: TaggedCity) -> None:
    name = f"複合機{tagged.city.mark}"
    saved = {"name": name, "offset_x_mm": "1.5", "offset_y_mm": "-0.5"}
    assert staff.post("/tags/printers", data=saved).status_code == 303
    page = staff.get("/tags/printers").text
    assert name in page
    printer = re.search(rf'value="([^"]+)">{name}', page)[1]  # type: ignore[index]
    ruler = staff.get("/tags/ruler.pdf", params={"printer": printer})
    assert ruler.content.startswith(b"%PDF")


def test_contractors_and_strangers_stay_out(
    app: FastAPI, contractor: TestClient, settings: Settings
) -> None:
    for path in ("/tags", "/tags/print", "/tags/printers", "/tags/preview.png", "/tags/ruler.pdf"):
        assert contractor.get(path).status_code == 403
    with browser_client(app) as client:
        assert client.get("/tags").status_code == 303


def run_in(engine: Engine, tagged: TaggedCity, state: str, **values: object) -> str:
    with transaction(engine) as session:
        tag_id = session.execute(
            text("select id from qr_tag where tag_code = :code"), {"code": tagged.tag}
        ).scalar_one()
        run = LabelRun(
            wanted=RunWanted(sheet="tape-24", selection=Selection.ALL).model_dump(
                mode="json", exclude={"tag_codes"}
            )
            | {"offset_x_mm": 0, "offset_y_mm": 0},
            tag_ids=[tag_id] * 300,
            state=state,
            heartbeat_at=now(),
            by_name="下水 花子",
            **values,
        )
        session.add(run)
        session.flush()
        return str(run.id)


def test_a_large_run_shows_how_far_it_is(
    staff: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    page = staff.get(f"/tags/runs/{run_in(engine, tagged, 'drawing', done=120)}").text
    assert 'hx-trigger="every 1s"' in page
    assert 'max="300" value="120"' in page


def test_a_refused_run_names_the_label(
    staff: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    problem = {
        "code": SheetRefused.code,
        "message": SheetRefused.message,
        "params": {"label": "TJ-PU-00007"},
    }
    run = run_in(engine, tagged, "refused", problem=problem)
    page = staff.get(f"/tags/runs/{run}").text
    assert "TJ-PU-00007" in page
    assert "/pdf" not in page
    assert staff.get(f"/api/v1/label-runs/{run}/pdf").status_code == 409
    failed = staff.get(f"/tags/runs/{run_in(engine, tagged, 'failed')}").text
    assert "もう一度作成してください" in failed


def test_a_large_run_from_the_page_waits_for_the_worker(
    staff: TestClient, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as session:
        life.mint_stock(session, printing.AT_ONCE + 1, by=terminal_actor("test"))
    answer = staff.post("/tags/runs", data={"sheet": "a4-24-70x33.9", "selection": "stock"})
    assert "順番待ち" in staff.get(answer.headers["location"]).text
    while press.work_once(engine):
        pass
    assert "枚のQRコードを画像から読み取り" in staff.get(answer.headers["location"]).text


@pytest.mark.parametrize("sheet_id", ["tape-12", "zpl-100", "a4-12-63.5x72"])
def test_any_sheet_has_a_preview(
    staff: TestClient, only_here: dict[str, str], sheet_id: str
) -> None:
    wanted = only_here | {"selection": "all", "sheet": sheet_id, "first": "24", "outdoors": "true"}
    assert staff.get("/tags/preview.png", params=wanted).content.startswith(b"\x89PNG")
    assert staff.get("/tags/print", params=wanted).status_code == 200
