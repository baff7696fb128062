"""The small city with tags on its positions, the served application, and pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from PIL import Image
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.access import COOKIE
from service.accounts.actor import terminal_actor
from service.core.clock import now
from service.core.database import transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.tags.service import mint_for_positions
from tests.service.faults.conftest import City, build_city


@dataclass(frozen=True)
class TaggedCity:
    city: City
    tag: str
    other_tag: str


def build(engine: Engine) -> TaggedCity:
    with transaction(engine) as session:
        city = build_city(session)
        for facility_id in (city.facility_id, city.other_facility_id):
            mint_for_positions(session, by=terminal_actor("test"), facility_id=facility_id)
        return TaggedCity(city, tag_at(session, city.pump_id), tag_at(session, city.other_pump_id))


def tag_at(session: Session, position_id: UUID) -> str:
    statement = text(
        "select tag_code from qr_tag where position_id = :id and state = 'in_use'"
        " order by created_at desc limit 1"
    )
    code: str = session.execute(statement, {"id": position_id}).scalar_one()
    return code


def application(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(engine=engine, settings=settings)


@contextmanager
def phone(app: FastAPI, token: str | None = None) -> Iterator[TestClient]:
    """A client that sends a bearer token, as a phone's app does."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with TestClient(app, headers=headers, follow_redirects=False) as client:
        yield client


@contextmanager
def browser_client(app: FastAPI, token: str | None = None) -> Iterator[TestClient]:
    """A client with a cookie that asks for pages, as a browser does."""
    headers = {"origin": "http://testserver", "accept": "text/html,*/*"}
    cookies = {COOKIE: token} if token else {}
    with TestClient(app, headers=headers, cookies=cookies, follow_redirects=False) as client:
        yield client


def jpeg(width: int = 64, height: int = 48, colour: str = "navy", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **options)
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """What no codec makes small, as large as a camera's photo."""
    out = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def report_json(city: City, **changes: Any) -> dict[str, Any]:
    moment = now().isoformat()
    return {
        "id": str(new_id()),
        "position_id": str(city.pump_id),
        "symptoms": ["S01"],
        "operation_effect": "stopped",
        "occurred_at": moment,
        "captured_at": moment,
        "body": "起動しない。",
    } | changes
