"""A database of its own: snapshots read what is committed, through a connection of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from app.asgi import create_app
from service.accounts import service as accounts
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.analytics.service import refresh
from service.analytics.snapshot_store import Snapshot
from service.core.clock import JST
from service.core.database import make_engine, transaction
from service.core.geometry import LonLat
from service.core.settings import Settings
from service.faults.models import FaultCase
from service.maintenance.models import Inspection
from service.registry.models import (
    Device,
    DeviceModel,
    EquipmentClass,
    Facility,
    Installation,
    Position,
)
from tests.own_database import own_database

ROOT = Path(__file__).parents[3]
PASSWORD = "sewer-pump-4711"


@pytest.fixture(scope="session")
def analytics_url(maintenance_url: str) -> Iterator[str]:
    with own_database(maintenance_url, "analytics") as url:
        yield url


@pytest.fixture(scope="session")
def analytics_settings(
    analytics_url: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    state = tmp_path_factory.mktemp("analytics-state")
    return settings.model_copy(update={"database_url": analytics_url, "state_dir": state})


@pytest.fixture(scope="session")
def analytics_engine(analytics_settings: Settings) -> Iterator[Engine]:
    engine = make_engine(analytics_settings)
    yield engine
    engine.dispose()


class World:
    """Builds a small city, row by row; every method commits nothing by itself."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.number = 0

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def equipment_class(self, minor: str, **values: Any) -> EquipmentClass:
        words = {"major": "ポンプ設備", "middle": "汚水ポンプ設備", "discipline": "mechanical"}
        return self.add(
            EquipmentClass(
                class_code=f"C-{minor}", minor=minor, source_document="架空", **(words | values)
            )
        )

    def facility(
        self, code: str, name: str, kind: str = "pump_station", place: LonLat | None = None
    ) -> Facility:
        geom = place.ewkt if place else None
        return self.add(Facility(facility_code=code, name=name, facility_type=kind, geom=geom))

    def model(self, maker: str, model_no: str) -> DeviceModel:
        return self.add(DeviceModel(manufacturer=maker, model_no=model_no))

    def pump(
        self,
        facility: Facility,
        kind: EquipmentClass,
        since: date | None = date(2010, 4, 1),
        until: date | None = None,
        position: Position | None = None,
        **device: Any,
    ) -> tuple[Position, Device]:
        self.number += 1
        if position is None:
            position = self.add(
                Position(
                    position_code=f"{facility.facility_code}-{self.number:03}",
                    facility_id=facility.id,
                    class_id=kind.id,
                    name=f"No.{self.number}ポンプ",
                )
            )
        values = {"acquired_cost_yen": 5_000_000} | device
        built = self.add(Device(asset_code=f"M{self.number:04}", class_id=kind.id, **values))
        self.add(
            Installation(
                device_id=built.id,
                position_id=position.id,
                facility_id=facility.id,
                period=Range(since, until, bounds="[)"),
                starts_estimated="installed_from" in device,
            )
        )
        return position, built

    def case(
        self, facility: Facility, position: Position | None, on: date, **values: Any
    ) -> FaultCase:
        self.number += 1
        noon = datetime(on.year, on.month, on.day, 12, tzinfo=JST)
        defaults: dict[str, Any] = {"state": "resolved", "reported_at": noon, "occurred_at": noon}
        if position is None:
            defaults["unregistered_desc"] = "台帳にない小型ポンプ"
        return self.add(
            FaultCase(
                case_no=f"R-{self.number:04}",
                facility_id=facility.id,
                position_id=position.id if position else None,
                **(defaults | values),
            )
        )

    def read_meter(
        self, position: Position, on: date, hours: float, starts: float | None = None
    ) -> None:
        items = [{"item": "運転時間", "value": hours, "unit": "h"}]
        items += [{"item": "始動回数", "value": starts}] if starts is not None else []
        self.add(
            Inspection(
                facility_id=position.facility_id,
                position_id=position.id,
                kind="periodic",
                inspected_from=on,
                inspected_to=on,
                inspected_precision="day",
                items=items,
            )
        )


def clear(url: str) -> None:
    tables = (
        Inspection,
        FaultCase,
        Installation,
        Device,
        Position,
        DeviceModel,
        EquipmentClass,
        Facility,
    )
    owner = create_engine(url)
    with owner.begin() as connection:
        for table in tables:
            connection.execute(text(f"delete from {table.__tablename__}"))
    owner.dispose()


@pytest.fixture(scope="session")
def snapshot(
    analytics_engine: Engine,
    analytics_url: str,
    analytics_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Snapshot:
    """Of the city, taken once for all who only read; its files stay when the city goes."""
    kept = analytics_settings.model_copy(update={"state_dir": tmp_path_factory.mktemp("kept")})
    with transaction(analytics_engine) as session:
        build_city(World(session))
    taken = refresh(kept)
    clear(analytics_url)
    return taken


@contextmanager
def standing(engine: Engine, url: str) -> Iterator[dict[str, UUID]]:
    with transaction(engine) as session:
        ids = build_city(World(session))
    yield ids
    clear(url)


# The session's snapshot is taken before there is a city of any test.
@pytest.fixture
def city(
    analytics_engine: Engine, analytics_url: str, snapshot: Snapshot
) -> Iterator[dict[str, UUID]]:
    """Two classes in two stations, three years of records, every kind of case once."""
    with standing(analytics_engine, analytics_url) as ids:
        yield ids


@pytest.fixture(scope="module")
def quiet_city(
    analytics_engine: Engine, analytics_url: str, snapshot: Snapshot
) -> Iterator[dict[str, UUID]]:
    """The same for a module whose tests only read."""
    with standing(analytics_engine, analytics_url) as ids:
        yield ids


def build_city(world: World) -> dict[str, UUID]:
    pumps, gates = world.equipment_class("汚水ポンプ"), world.equipment_class("流入ゲート")
    north = world.facility("P01", "北ポンプ場", place=LonLat(139.7, 35.6))
    plant = world.facility("TJ", "中央浄化センター", "treatment_plant")
    model = world.model("架空製作所", "ABC-1")
    old, _ = world.pump(north, pumps, date(2000, 4, 1), date(2023, 6, 10), model_id=model.id)
    world.pump(north, pumps, date(2023, 6, 10), position=old)
    steady = [world.pump(north, pumps)[0] for _ in range(6)]
    undated, _ = world.pump(plant, gates, None)
    yearly, _ = world.pump(
        plant,
        gates,
        date(2005, 1, 1),
        installed_from=date(2005, 1, 1),
        installed_to=date(2005, 12, 31),
        installed_precision="year",
    )
    world.case(north, old, date(2022, 5, 1))
    world.case(north, old, date(2023, 6, 10))  # on the day of the exchange: the old pump
    world.case(north, old, date(2024, 1, 1))  # the new pump
    for position in steady[:3]:
        world.case(north, position, date(2024, 7, 1))
    stop = datetime(2024, 8, 1, 0, tzinfo=JST)
    found = world.case(
        north,
        steady[0],
        date(2024, 8, 1),
        state="in_progress",
        stop_from=stop,
        stop_to=stop.replace(day=2),
    )
    world.case(plant, undated, date(2024, 9, 1), counts_as_failure=False)
    world.case(plant, yearly, date(2024, 9, 2), state="dismissed")
    world.case(plant, yearly, date(2024, 9, 3), state="merged", merged_into_id=found.id)
    world.case(plant, None, date(2024, 9, 4))
    world.case(north, steady[4], date(2021, 3, 31))  # before the window
    read_meters(world, old, steady)
    return {"case": found.id, "position": steady[0].id, "facility": north.id}


def read_meters(world: World, renewed: Position, steady: list[Position]) -> None:
    """One meter that was exchanged, one followed for a year, one of a pump that was renewed."""
    for year, hours, starts in (
        (2022, 1000, 100),
        (2023, 1400, 300),
        (2024, 200, 350),
        (2025, 700, 600),
    ):
        world.read_meter(steady[0], date(year, 4, 1), hours, starts)
    world.read_meter(steady[1], date(2021, 10, 1), 0)
    world.read_meter(steady[1], date(2022, 10, 1), 730)
    for year, hours in ((2022, 100), (2023, 900), (2024, 50)):
        world.read_meter(renewed, date(year, 6, 10), hours)


@pytest.fixture
def fresh(city: dict[str, UUID], analytics_settings: Settings) -> Snapshot:
    """Of the city as it stands, for those who then change it."""
    return refresh(analytics_settings)


@pytest.fixture(scope="session")
def people(analytics_engine: Engine) -> dict[str, str]:
    """Usernames by role."""
    with transaction(analytics_engine) as session:
        accounts.create_user(
            session,
            username="planner",
            display_name="計画 花子",
            role=Role.ENGINEER,
            password=PASSWORD,
            by=terminal_actor("test"),
        )
    return {"engineer": "planner"}


@pytest.fixture(scope="module")
def served_client(analytics_settings: Settings, analytics_engine: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(analytics_settings, analytics_engine)) as client:
        yield client


@pytest.fixture(scope="module")
def token(served_client: TestClient, people: dict[str, str]) -> str:
    form = {"username": people["engineer"], "password": PASSWORD}
    answer = served_client.post(
        "/sign-in", data=form, headers={"origin": "http://testserver"}, follow_redirects=False
    )
    assert answer.status_code == 303
    return answer.cookies["gesuibo"]


@pytest.fixture
def visitor(served_client: TestClient) -> TestClient:
    served_client.cookies.clear()
    return served_client


@pytest.fixture
def engineer(visitor: TestClient, token: str) -> TestClient:
    visitor.cookies.clear()
    visitor.cookies.set("gesuibo", token)
    return visitor
