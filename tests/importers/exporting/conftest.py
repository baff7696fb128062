"""The sample city's ledgers, read in once for all that only look at them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from service.accounts.actor import terminal_actor
from service.core.database import SYSTEM, identify
from tests.importers.ledgers import SAMPLES, load
from tests.own_database import own_database

CITY = (
    SAMPLES / "classes" / "equipment_classes.csv",
    *(
        SAMPLES / "city" / f"{name}.csv"
        for name in (
            "companies",
            "facilities",
            "contracts",
            "equipment_ledger",
            "replaced_devices",
            "inspections",
            "rainfall",
        )
    ),
)


@pytest.fixture(scope="package")
def city(maintenance_url: str) -> Iterator[Session]:
    with own_database(maintenance_url, "city") as url:
        engine = create_engine(url, connect_args={"options": "-c role=gesuibo_app"})
        with Session(engine, expire_on_commit=False) as session:
            identify(session, SYSTEM)
            contents = [path.read_bytes() for path in CITY]
            load(session, *contents, crs=6668, by=terminal_actor("test"))
            yield session
            session.rollback()
        engine.dispose()
