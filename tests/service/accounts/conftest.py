from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from service.accounts.domain import token_hash
from tests.service.accounts.two_companies import MORE_TABLES, TABLES, TAGS, TOKEN, key


@pytest.fixture(scope="module")
def two_companies(engine: Engine) -> Iterator[None]:
    script = (Path(__file__).parent / "two_companies.sql").read_text(encoding="utf-8")
    for side, code in TAGS.items():
        script = script.replace(f":tag_{side}", f"'{code}'")
    with engine.begin() as connection:
        connection.exec_driver_sql("set local role none")
        connection.exec_driver_sql(script.replace("%", "%%"))
        connection.execute(
            text(
                "insert into phone (id, token_hash, user_id, name, expires_at)"
                " values (gen_random_uuid(), :hash, :user, 'A', now() + interval '1 day')"
            ),
            {"hash": token_hash(TOKEN), "user": key("user", "a")},
        )
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("set local role none")
        connection.exec_driver_sql("set local session_replication_role = replica")
        for table in (*MORE_TABLES, *reversed(TABLES)):
            connection.exec_driver_sql(f"delete from {table}")
