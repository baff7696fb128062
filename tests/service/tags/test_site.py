"""On site: a tag of the stock is opened with the camera and bound; a wrong tag is told."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.accounts.actor import terminal_actor
from service.core.database import transaction
from service.tags import life
from service.tags.domain import mint_code
from service.tags.guessing import GUESSES
from service.tags.models import QrTag
from tests.tagged_city import TaggedCity, browser_client


@pytest.fixture
def issued(engine: Engine, tagged: TaggedCity) -> str:
    by = terminal_actor("test")
    with transaction(engine) as session:
        ids = life.mint_stock(session, 1, by=by)
        life.issue(session, ids, tagged.city.company_id, "青空", by=by)
        return session.get_one(QrTag, ids[0]).tag_code


def test_a_contractor_opens_searches_confirms_and_takes_back(
    contractor: TestClient, tagged: TaggedCity, issued: str
) -> None:
    page = contractor.get(f"/T/{issued}")
    assert page.status_code == 200
    assert "まだどの設置箇所にも割り当てられていない" in page.text
    found = contractor.get(f"/T/{issued}/bind", params={"q": "汚水 No.２"})
    assert found.text.count("position=") == 1, "only their own facility's"
    position = re.search(r"position=([0-9a-f-]+)", found.text)[1]  # type: ignore[index]
    assert position == str(tagged.city.pump_id)
    confirm = contractor.get(f"/T/{issued}/bind", params={"position": position})
    assert f"{tagged.city.facility_code}-P001" in confirm.text
    answer = contractor.post(f"/T/{issued}/bind", data={"position_id": position})
    assert answer.headers["location"] == f"/T/{issued}?bound=1"
    bound = contractor.get(answer.headers["location"]).text
    assert "取り消す（10分以内）" in bound
    assert 'name="symptom"' in bound, "and a fault can be reported at once"
    assert contractor.post(f"/T/{issued}/unbind").status_code == 303
    assert "割り当てられていない" in contractor.get(f"/T/{issued}").text


def test_others_see_an_unknown_tag(app: FastAPI, tagged: TaggedCity, issued: str) -> None:
    unknown = mint_code()
    for token in (None, "other_contractor", "engineer"):
        with browser_client(app, token and tagged.city.tokens[token]) as client:
            answers = [client.get(f"/T/{code}") for code in (issued, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        pages = [re.sub(r"[0-9a-f]{8,}|/T/\w+", "", answer.text) for answer in answers]
        assert pages[0] == pages[1], "the two cannot be told apart"


def test_a_position_of_others_is_not_bound(
    contractor: TestClient, tagged: TaggedCity, issued: str
) -> None:
    other = {"position_id": str(tagged.city.other_pump_id)}
    assert contractor.post(f"/T/{issued}/bind", data=other).status_code == 404


def test_guessing_stock_codes_is_slowed_down(contractor: TestClient) -> None:
    for _ in range(GUESSES.allowed):
        assert contractor.get(f"/T/{mint_code()}/bind").status_code == 404
    assert contractor.get(f"/T/{mint_code()}/bind").status_code == 429


def test_this_is_not_it(contractor: TestClient, staff: TestClient, tagged: TaggedCity) -> None:
    page = contractor.get(f"/T/{tagged.tag}").text
    assert f"/T/{tagged.tag}/not-this" in page
    told = contractor.post(f"/T/{tagged.tag}/not-this")
    assert "目の前の機器を選んでください" in told.text
    listed = staff.get("/tags", params={"view": "recheck"}).text
    assert f"/tags/{tagged.tag}/history" in listed
    assert staff.post(f"/tags/{tagged.tag}/recheck").status_code == 303
    listed = staff.get("/tags", params={"view": "recheck"}).text
    assert f"/tags/{tagged.tag}/history" not in listed


@pytest.mark.parametrize(
    "printed",
    [
        "/T/{code}",
        "/t/{lower}",
        "/T/{grouped}",
        "/t/{spaced}",
    ],
)
def test_a_tag_printed_long_ago_still_leads_there(
    contractor: TestClient, tagged: TaggedCity, printed: str
) -> None:
    """Under whatever name the service is reached: only the path counts."""
    code = tagged.tag
    path = printed.format(
        code=code,
        lower=code.lower(),
        grouped=f"{code[:4]}-{code[4:8]}-{code[8:]}",
        spaced=f"{code[:4].lower()}%20{code[4:]}",
    )
    for host in ("testserver", "gesui.old-name.example.jp", "192.0.2.7:8000"):
        answer = contractor.get(path, headers={"host": host})
        assert answer.status_code == 200
        assert f"{tagged.city.facility_code}-P001" in answer.text


def test_letters_that_look_alike_are_read_as_printed(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    misread = tagged.tag.replace("0", "O").replace("1", "l")
    assert contractor.get(f"/T/{misread}").status_code == 200
