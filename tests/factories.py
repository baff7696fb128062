"""Rows for tests: each builder sets what a test does not care about."""

from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session
from starlette.testclient import TestClient

from service.accounts import service as accounts
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.accounts.models import Company, Contract, ContractFacility, UserAccount
from service.core.clock import today
from service.registry.models import Device, EquipmentClass, Facility, Installation, Position

PASSWORD = "ame-no-yoru-42"
_number = count(1)


def _saved(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def make_company(session: Session, **values: Any) -> Company:
    n = next(_number)
    defaults = {"company_code": f"C{n}", "name": f"見本会社{n}", "roles": ["maintenance"]}
    company: Company = _saved(session, Company(**(defaults | values)))
    return company


def make_facility(session: Session, **values: Any) -> Facility:
    n = next(_number)
    defaults = {
        "facility_code": f"F{n:04}",
        "name": f"見本第{n}ポンプ場",
        "facility_type": "pump_station",
    }
    facility: Facility = _saved(session, Facility(**(defaults | values)))
    return facility


def make_contract(
    session: Session, company: Company, facilities: list[Facility], **values: Any
) -> Contract:
    n = next(_number)
    defaults = {
        "contract_no": f"K{n}",
        "company_id": company.id,
        "starts_on": today() - timedelta(days=100),
        "ends_on": today() + timedelta(days=100),
    }
    contract: Contract = _saved(session, Contract(**(defaults | values)))
    for facility in facilities:
        session.add(ContractFacility(contract_id=contract.id, facility_id=facility.id))
    session.flush()
    return contract


def make_class(session: Session, **values: Any) -> EquipmentClass:
    n = next(_number)
    defaults = {
        "class_code": f"PU-{n:04}",
        "major": "ポンプ設備",
        "middle": "汚水ポンプ設備",
        "minor": "汚水ポンプ本体",
        "discipline": "mechanical",
        "standard_life_years": 15,
        "target_life_years": 25,
        "source_document": "試験用",
    }
    row: EquipmentClass = _saved(session, EquipmentClass(**(defaults | values)))
    return row


def make_position(session: Session, facility: Facility | None = None, **values: Any) -> Position:
    n = next(_number)
    place = facility or make_facility(session)
    defaults = {
        "position_code": f"{place.facility_code}-PU-{n:05}",
        "facility_id": place.id,
        "name": "No.2汚水ポンプ",
        "unit_no": "2",
    }
    if "class_id" not in values:
        defaults["class_id"] = make_class(session).id
    position: Position = _saved(session, Position(**(defaults | values)))
    return position


def make_device(session: Session, **values: Any) -> Device:
    n = next(_number)
    defaults: dict[str, Any] = {"asset_code": f"{n:07}", "serial_no": f"L{n}"}
    if "class_id" not in values:
        defaults["class_id"] = make_class(session).id
    device: Device = _saved(session, Device(**(defaults | values)))
    return device


def make_installation(
    session: Session,
    position: Position,
    device: Device | None = None,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **values: Any,
) -> Installation:
    row = Installation(
        position_id=position.id,
        facility_id=position.facility_id,
        device_id=(device or make_device(session)).id,
        period=Range(starts_on, ends_on),
        **values,
    )
    installation: Installation = _saved(session, row)
    return installation


def make_user(
    session: Session, role: Role = Role.STAFF, company: Company | None = None
) -> UserAccount:
    user = accounts.create_user(
        session,
        username=f"{role.value}-{next(_number)}",
        display_name="見本 太郎",
        role=role,
        password=None,
        company=company,
        by=terminal_actor("test"),
    )
    user.password_hash = _hashed(PASSWORD)
    session.flush()
    return user


@cache
def _hashed(password: str) -> str:
    """Once for all people: it is slow on purpose."""
    return PasswordHasher().hash(password)


def sign_in_client(app: FastAPI, user: UserAccount) -> TestClient:
    client = TestClient(
        app,
        headers={"origin": "http://testserver"},
        follow_redirects=False,
        raise_server_exceptions=False,
    )
    answer = client.post("/sign-in", data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303
    return client
