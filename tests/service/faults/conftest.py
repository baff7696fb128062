"""A small committed city of its own for every module: two companies, one facility each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.domain import Role, token_hash
from service.accounts.models import Company, Contract, ContractFacility, SignIn, UserAccount
from service.core.clock import today
from service.core.database import transaction
from service.core.identity import new_id
from service.faults.schemas import ReportCreate
from service.registry.models import Device, EquipmentClass, Facility, Installation, Position

AsActor = Callable[[Actor], AbstractContextManager[Session]]
REPLACED_ON = date(2026, 2, 14)


@dataclass(frozen=True)
class City:
    """``old_device`` sat in ``pump`` until `REPLACED_ON`, ``new_device`` since."""

    mark: str
    facility_id: UUID
    facility_code: str
    other_facility_id: UUID
    pump_id: UUID
    other_pump_id: UUID
    old_device_id: UUID
    new_device_id: UUID
    company_id: UUID
    other_company_id: UUID
    ended_company_id: UUID
    contractor: Actor
    other_contractor: Actor
    ended_contractor: Actor
    staff: Actor
    engineer: Actor
    tokens: dict[str, str]


def _actor(user: UserAccount) -> Actor:
    return Actor(user.id, user.display_name, Role(user.role), user.company_id, user.username)


def _contract(company: Company, facility: Facility, mark: str, ends_on: date) -> list[Any]:
    contract = Contract(
        contract_no=f"{company.company_code}-{mark}",
        company_id=company.id,
        starts_on=date(2025, 4, 1),
        ends_on=ends_on,
    )
    return [contract, ContractFacility(contract_id=contract.id, facility_id=facility.id)]


def build_city(session: Session) -> City:
    mark = uuid4().hex[:6].upper()
    tj = Facility(
        facility_code=f"TJ{mark}", name="辻堂架空浄化センター", facility_type="treatment_plant"
    )
    kg = Facility(facility_code=f"KG{mark}", name="鵠沼架空ポンプ場", facility_type="pump_station")
    pumps = EquipmentClass(
        class_code=f"P{mark}",
        major="水処理設備",
        middle="揚水設備",
        minor="汚水ポンプ",
        discipline="mechanical",
        source_document="試験",
    )
    companies = [
        Company(company_code=f"{letter}{mark}", name=name)
        for letter, name in (("A", "あおぞら設備"), ("B", "みどり管理"), ("E", "おわり工業"))
    ]
    session.add_all([tj, kg, pumps, *companies])
    session.flush()
    future = today() + timedelta(days=365)
    for company, facility, ends_on in (
        (companies[0], tj, future),
        (companies[1], kg, future),
        (companies[2], tj, today() - timedelta(days=3)),
    ):
        for row in _contract(company, facility, mark, ends_on):
            session.add(row)
            session.flush()
    positions = [
        Position(
            position_code=f"{facility.facility_code}-P{number:03d}",
            facility_id=facility.id,
            class_id=pumps.id,
            name="No.2汚水ポンプ",
            unit_no="No.2",
        )
        for number, facility in enumerate((tj, kg), 1)
    ]
    devices = [Device(asset_code=f"D{mark}{n}", class_id=pumps.id) for n in range(3)]
    session.add_all([*positions, *devices])
    session.flush()
    for device, position, period in (
        (devices[0], positions[0], Range(date(2010, 4, 1), REPLACED_ON)),
        (devices[1], positions[0], Range(REPLACED_ON, None)),
        (devices[2], positions[1], Range(date(2015, 4, 1), None)),
    ):
        session.add(
            Installation(
                device_id=device.id,
                position_id=position.id,
                facility_id=position.facility_id,
                period=period,
            )
        )
    people = [
        UserAccount(
            username=f"a{mark}".lower(),
            display_name="青空 太郎",
            role="contractor",
            company_id=companies[0].id,
        ),
        UserAccount(
            username=f"b{mark}".lower(),
            display_name="緑 次郎",
            role="contractor",
            company_id=companies[1].id,
        ),
        UserAccount(
            username=f"e{mark}".lower(),
            display_name="終 三郎",
            role="contractor",
            company_id=companies[2].id,
        ),
        UserAccount(username=f"s{mark}".lower(), display_name="下水 花子", role="staff"),
        UserAccount(username=f"p{mark}".lower(), display_name="計画 四郎", role="engineer"),
    ]
    session.add_all(people)
    session.flush()
    tokens = {}
    for name, user in zip(
        ("contractor", "other_contractor", "ended_contractor", "staff", "engineer"),
        people,
        strict=True,
    ):
        tokens[name] = f"{name}-{mark}"
        moment = datetime.now(UTC)  # noqa: TID251  # the database compares with its own clock
        session.add(
            SignIn(
                token_hash=token_hash(tokens[name]),
                user_id=user.id,
                expires_at=moment + timedelta(hours=1),
                last_seen_at=moment,
            )
        )
    session.flush()
    return City(
        mark,
        tj.id,
        tj.facility_code,
        kg.id,
        positions[0].id,
        positions[1].id,
        devices[0].id,
        devices[1].id,
        companies[0].id,
        companies[1].id,
        companies[2].id,
        *[_actor(user) for user in people],
        tokens,
    )


@pytest.fixture(scope="module")
def city(engine: Engine) -> City:
    with transaction(engine) as session:
        return build_city(session)


@pytest.fixture
def as_actor(engine: Engine) -> AsActor:
    """`with as_actor(by) as session`: a transaction with that person's rights; it commits."""

    @contextmanager
    def acting(by: Actor) -> Iterator[Session]:
        with transaction(engine, by.identity) as session:
            yield session

    return acting


def make_report(city: City, **changes: Any) -> ReportCreate:
    moment = datetime.now(UTC)  # noqa: TID251  # contracts are compared with the database's clock
    values: dict[str, Any] = {
        "id": new_id(),
        "position_id": city.pump_id,
        "occurred_at": moment - timedelta(hours=1),
        "captured_at": moment,
        "symptoms": ["S04"],
        "operation_effect": "on_standby",
        "body": "異音あり。予備機に切り替えた。",
    }
    return ReportCreate.model_validate(
        {k: v for k, v in (values | changes).items() if v is not ...}
    )


def rows(session: Session, statement: str, **values: Any) -> list[Any]:
    return list(session.execute(text(statement), values))
