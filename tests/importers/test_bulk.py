"""One value for every position of a list: planned, confirmed, taken back."""

import re

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.factories import make_facility, make_position, make_user, sign_in_client


@pytest.fixture
def city(engine: Engine, settings: Settings) -> tuple[TestClient, str]:
    with transaction(engine) as session:
        place = make_facility(session)
        for number in range(3):
            make_position(session, place, name=f"一括{number}号", criticality="B")
        make_position(session, place, name="ほかの機器", criticality="B")
        user = make_user(session, Role.STAFF)
    return sign_in_client(create_app(settings, engine), user), place.facility_code


def _criticalities(engine: Engine, facility_code: str) -> dict[str, str]:
    with transaction(engine) as session:
        rows = session.execute(
            text(
                "select p.name, p.criticality from position p join facility f"
                " on f.id = p.facility_id where f.facility_code = :code"
            ),
            {"code": facility_code},
        )
        return {row.name: row.criticality for row in rows}


def test_a_list_is_changed_as_a_whole_and_taken_back(engine: Engine, city) -> None:
    client, code = city
    query = f"facility={code}&q=一括"
    assert "3 件" in client.get(f"/bulk/positions?{query}").text
    answer = client.post(
        f"/bulk/positions?{query}", data={"change": "criticality=A"}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    job = answer.headers["location"]
    assert client.get(job.replace("/bulk/", "/imports/")).status_code == 403
    before = _criticalities(engine, code)
    page = client.get(job).text
    found = re.search(r'name="plan_hash" value="([0-9a-f]+)"', page)
    assert found, re.sub(r"<[^>]+>|\s+", " ", page)[:3000]
    client.post(f"{job}/apply", data={"plan_hash": found[1]})
    after = _criticalities(engine, code)
    assert after == before | {f"一括{number}号": "A" for number in range(3)}
    client.post(f"{job}/undo")
    assert _criticalities(engine, code) == before


def test_nothing_is_planned_without_a_choice(city) -> None:
    client, code = city
    for change in ("", "criticality=Z", "name=x"):
        answer = client.post(f"/bulk/positions?facility={code}", data={"change": change})
        assert answer.status_code == 422
        assert "変更する項目と値" in answer.text
