"""The database goes and comes back: the right answer meanwhile, nothing half-written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text
from starlette.testclient import TestClient

from app import cluster_roles
from app.asgi import create_app
from app.local_cluster import LocalCluster
from service.accounts import service as accounts
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.core.database import make_engine, transaction
from service.core.settings import Settings

ROOT = Path(__file__).parents[2]
PASSWORD = "ame-no-yoru-42"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    home = tmp_path_factory.mktemp("away")
    for folder in (home, *home.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    cluster = LocalCluster(home, durable=False)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def url(cluster: LocalCluster) -> str:
    maintenance = cluster.url(cluster_roles.SUPERUSER, "postgres")
    engine = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("create database away"))
    engine.dispose()
    url = make_url(maintenance).set(database="away")
    owner = create_engine(url)
    with owner.connect() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    owner.dispose()
    return url.render_as_string(hide_password=False)


def sign_in(client: TestClient, **headers: str) -> Any:
    form = {"username": "sato", "password": PASSWORD}
    return client.post("/sign-in", data=form, headers=headers, follow_redirects=False)


def test_503_while_away_and_service_again_after(
    cluster: LocalCluster, url: str, settings: Settings
) -> None:
    own = settings.model_copy(update={"database_url": url, "owner_database_url": url})
    engine = make_engine(own)
    with transaction(engine) as session:
        accounts.create_user(
            session,
            username="sato",
            display_name="佐藤",
            role=Role.STAFF,
            password=PASSWORD,
            by=terminal_actor(),
        )
    client = TestClient(
        create_app(own, engine),
        headers={"origin": "http://testserver"},
        raise_server_exceptions=False,
    )
    assert client.get("/readyz").status_code == 200

    cluster.stop()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    japanese = sign_in(client)
    english = sign_in(client, **{"accept-language": "en"})
    page = sign_in(client, accept="text/html")
    assert (japanese.status_code, english.status_code, page.status_code) == (503, 503, 503)
    assert japanese.headers["retry-after"] == "5"
    assert japanese.headers["content-type"] == "application/problem+json"
    assert "しばらくしてから" in japanese.json()["detail"]
    assert "try again" in english.json()["detail"].lower()
    assert "しばらくしてから" in page.text

    cluster.start()
    assert client.get("/readyz").status_code == 200
    assert sign_in(client).status_code == 303
    with transaction(engine) as session:
        signed_in = session.execute(text("select count(*) from sign_in")).scalar_one()
    assert signed_in == 1
    engine.dispose()
