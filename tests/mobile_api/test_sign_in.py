from fastapi import FastAPI
from sqlalchemy import Engine, text

from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.accounts.service import create_user
from service.core.database import transaction
from service.core.identity import new_id
from tests.tagged_city import TaggedCity, phone

PASSWORD = "correct horse battery"


def a_worker(engine: Engine, tagged: TaggedCity) -> str:
    from service.accounts.models import Company  # noqa: PLC0415

    name = f"w{new_id().hex[-10:]}"
    with transaction(engine) as session:
        create_user(
            session,
            username=name,
            display_name="作業 一郎",
            role=Role.CONTRACTOR,
            password=PASSWORD,
            company=session.get(Company, tagged.city.company_id),
            by=terminal_actor("test"),
        )
    return name


def test_a_phone_gets_a_token_that_opens_its_equipment(
    app: FastAPI, engine: Engine, tagged: TaggedCity
) -> None:
    given = {"username": a_worker(engine, tagged), "password": PASSWORD, "phone_name": "現場1"}
    with phone(app) as client:
        answer = client.post("/mobile/v1/sign-in", json=given)
    assert answer.status_code == 201
    assert answer.json()["company_id"] == str(tagged.city.company_id)
    with phone(app, answer.json()["token"]) as client:
        assert client.get(f"/mobile/v1/tags/{tagged.tag}").status_code == 200


def test_a_wrong_password_is_counted(app: FastAPI, engine: Engine, tagged: TaggedCity) -> None:
    name = a_worker(engine, tagged)
    with phone(app) as client:
        answers = [
            client.post("/mobile/v1/sign-in", json={"username": who, "password": "wrong"})
            for who in (name, "nobody-at-all")
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert {answer.json()["code"] for answer in answers} == {"wrong-password"}
    with transaction(engine) as session:
        counted = session.execute(
            text("select failed_sign_ins from user_account where username = :name"), {"name": name}
        ).scalar_one()
    assert counted == 1
