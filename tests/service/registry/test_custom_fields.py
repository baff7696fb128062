"""The city's own fields: typed, validated, shown, imported, filtered by, exported."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from importers.exporting.ledgers import lines_of
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.registry import custom_fields
from service.registry.custom_values import (
    FieldKind,
    FieldOwner,
    FieldUnknown,
    LabelTaken,
    ValueUnfit,
    read_value,
    write_value,
)
from service.registry.models import EquipmentClass, Position
from service.registry.queries import positions
from service.registry.schemas.custom import CustomFieldCreate, CustomFieldUpdate
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_class,
    make_device,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)
from tests.importers.ledgers import load, outcomes, plan

SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def engineer(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session, Role.ENGINEER)
    return sign_in_client(app, user)


def _field(session: Session, label: str, kind: FieldKind, by: Actor, **values: Any) -> None:
    new = CustomFieldCreate(label=label, owner=values.pop("owner", "position"), kind=kind, **values)
    custom_fields.define_field(session, new, by=by)


def _fitted(session: Session, by: Actor) -> tuple[EquipmentClass, Position]:
    """A class with a field of each kind, and one place of it with a device."""
    kind = make_class(session)
    only = {"class_codes": [kind.class_code]}
    _field(session, "塗装色", FieldKind.TEXT, by, **only)
    _field(session, "許容振動", FieldKind.NUMBER, by, unit="mm/s", **only)
    _field(session, "塗装日", FieldKind.DATE, by, **only)
    _field(session, "防爆", FieldKind.YES_NO, by, **only)
    _field(session, "羽根車材質", FieldKind.CHOICE, by, owner="device", choices=["SCS13", "FC200"])
    position = make_position(session, class_id=kind.id)
    device = make_device(session, class_id=kind.id)
    make_installation(session, position, device)
    return kind, position


def _set(session: Session, position: Position, by: Actor, **values: Any) -> None:
    custom_fields.set_values(session, FieldOwner.POSITION, position.id, values, None, by=by)


def _found(session: Session, custom: str) -> set[str]:
    rows = positions.page(session, {"custom": custom}, after="", limit=50)
    return {row["position_code"] for row in rows}


def test_values_are_kept_by_their_kind(session: Session, terminal: Actor) -> None:
    _, position = _fitted(session, terminal)
    _set(
        session,
        position,
        terminal,
        塗装色="濃い青",
        許容振動="７．１",
        塗装日="2020-04-01",
        防爆="有",
    )
    assert position.custom == {
        "塗装色": "濃い青",
        "許容振動": 7.1,
        "塗装日": "2020-04-01",
        "防爆": True,
    }
    _set(session, position, terminal, 塗装色=None)
    assert "塗装色" not in position.custom
    assert positions.card(session, position.id)["custom"] == position.custom


@pytest.mark.parametrize(
    ("label", "value"),
    [("許容振動", "多い"), ("許容振動", "nan"), ("塗装日", "2020-13-01"), ("防爆", "たぶん")],
)
def test_what_a_field_cannot_hold_is_refused(
    session: Session, terminal: Actor, label: str, value: str
) -> None:
    _, position = _fitted(session, terminal)
    with pytest.raises(ValueUnfit):
        _set(session, position, terminal, **{label: value})


def test_fields_are_of_their_class_and_owner(session: Session, terminal: Actor) -> None:
    _fitted(session, terminal)
    other = make_position(session)
    with pytest.raises(FieldUnknown):
        _set(session, other, terminal, 塗装色="青")
    with pytest.raises(FieldUnknown):
        _set(session, other, terminal, 羽根車材質="FC200")
    for label in ("塗装色", "製造番号"):
        with pytest.raises(LabelTaken):
            _field(session, label, FieldKind.TEXT, terminal)


def test_a_retired_field_leaves_the_forms_and_keeps_its_values(
    session: Session, terminal: Actor
) -> None:
    _, position = _fitted(session, terminal)
    _set(session, position, terminal, 塗装色="青")
    field = next(
        f
        for f in custom_fields.fields_of(session, FieldOwner.POSITION, position.id)
        if f.label == "塗装色"
    )
    retired = CustomFieldUpdate(is_retired=True)
    custom_fields.change_field(session, field.id, retired, field.version, by=terminal)
    with pytest.raises(FieldUnknown):
        _set(session, position, terminal, 塗装色="赤")
    assert position.custom == {"塗装色": "青"}


def test_lists_are_narrowed_down_by_own_fields(session: Session, terminal: Actor) -> None:
    kind, position = _fitted(session, terminal)
    _set(
        session, position, terminal, 塗装色="濃いアオ", 許容振動=12, 塗装日="2020-04-01", 防爆=True
    )
    device_id = positions.card(session, position.id)["device"]["id"]
    custom_fields.set_values(
        session, FieldOwner.DEVICE, device_id, {"羽根車材質": "ＳＣＳ13"}, None, by=terminal
    )
    make_position(session, class_id=kind.id)
    here = {position.position_code}
    for hit in (
        "塗装色~あお",
        "許容振動=9..12",
        "許容振動=..12.0",
        "塗装日=2020-01-01..2020-12-31",
        "防爆=true",
        "羽根車材質=SCS13",
        "塗装色~アオ;許容振動=12..",
    ):
        assert _found(session, hit) == here, hit
    for miss in ("塗装色~赤", "許容振動=13..", "塗装色=1..2", "防爆=false", "羽根車材質=SCS", "?"):
        assert _found(session, miss) == set(), miss


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_numbers_are_read_as_they_were_written(number: float) -> None:
    assert read_value(FieldKind.NUMBER, (), write_value(number)) == number


def test_a_ledger_brings_them_under_their_label(session: Session, terminal: Actor) -> None:
    _, position = _fitted(session, terminal)
    code = positions.card(session, position.id)["facility_code"]
    _set(session, position, terminal, 塗装色="青")
    ledger = (
        "設備番号,施設コード,機器名称,許容振動(mm/s),塗装日,防爆,羽根車材質\n"
        f"{position.position_code},{code},{position.name},７．５,H30.4.1,○,ＦＣ２００\n"
    )
    load(session, ledger, by=terminal)
    session.expire_all()
    assert positions.card(session, position.id)["custom"] == {
        "塗装色": "青",
        "許容振動": 7.5,
        "塗装日": "2018-04-01",
        "防爆": True,
    }
    device = positions.card(session, position.id)["device"]
    exported = [dict(zip(*pair, strict=True)) for pair in _exported(session, position)]
    assert exported[0]["羽根車材質"] == "FC200"
    assert (exported[0]["許容振動(mm/s)"], exported[0]["防爆"]) == ("7.5", "1")
    assert device is not None
    content = io.StringIO()
    csv.writer(content).writerows(_exported(session, position)[0])
    assert outcomes(plan(session, content.getvalue(), by=terminal)) == {"unchanged": 1}
    wrong = ledger.replace("ＦＣ２００", "木").replace("７．５", "8")
    assert outcomes(plan(session, wrong, by=terminal)) == {"rejected": 1}


def _exported(session: Session, position: Position) -> list[tuple[list[str], list[str]]]:
    header, *lines = lines_of(session, "equipment")
    return [(header, line) for line in lines if line[0] == position.position_code]


@pytest.fixture
def fields_gone(database_url: str) -> Iterator[None]:
    """Fields are of the whole register: other tests must not find them."""
    yield
    owner = create_engine(database_url)
    with owner.begin() as connection:
        connection.execute(text("delete from custom_field where label like '試験%'"))
    owner.dispose()


@pytest.mark.usefixtures("fields_gone")
def test_fields_and_values_over_http(app: FastAPI, engineer: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        kind = make_class(session)
        position = make_position(session, class_id=kind.id)
        user = make_user(session, Role.STAFF)
    reader = sign_in_client(app, user)
    label = f"試験{kind.class_code.replace('-', '')}"
    new = {
        "label": label,
        "owner": "position",
        "kind": "choice",
        "choices": ["甲", "乙"],
        "class_codes": [kind.class_code],
    }
    assert reader.post("/api/v1/custom-fields", json=new).status_code == 403
    made = engineer.post("/api/v1/custom-fields", json=new)
    assert (made.status_code, made.json()["choices"]) == (201, ["甲", "乙"])
    address = f"/api/v1/positions/{position.id}/custom"
    assert engineer.patch(address, json={"values": {label: "甲"}}).status_code == 428
    headers = {"if-match": "*"}
    wrong = engineer.patch(address, json={"values": {label: "丙"}}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "custom-value-unfit")
    right = engineer.patch(address, json={"values": {label: "甲"}}, headers=headers)
    assert right.json()["custom"] == {label: "甲"}
    found = engineer.get("/api/v1/positions", params={"custom": f"{label}=甲"}).json()["items"]
    assert [row["id"] for row in found] == [str(position.id)]
    grown = engineer.patch(
        f"/api/v1/custom-fields/{made.json()['id']}",
        json={"choices": ["丙"], "is_retired": True},
        headers=headers,
    )
    assert grown.json()["choices"] == ["丙", "甲", "乙"]
    assert grown.json()["retired_at"] is not None
    assert label in {row["label"] for row in engineer.get("/api/v1/custom-fields").json()}


@pytest.mark.e2e
@pytest.mark.usefixtures("fields_gone")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_field_is_made_filled_in_and_filtered_by_in_the_browser(
    app: FastAPI,
    engine: Engine,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    width = size["viewport"]["width"]
    with transaction(engine) as session:
        kind = make_class(session)
        position = make_position(session, class_id=kind.id, name="独自ポンプ")
        make_position(session, class_id=kind.id, name="ほかのポンプ")
        user = make_user(session, Role.ENGINEER)
    label = f"試験許容振動{width}"
    with served(app) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/quality")
        page.get_by_role("link", name="独自項目を決める").click()
        page.get_by_label("項目の名前").fill(label)
        page.get_by_label("種類").select_option("number")
        page.get_by_label("単位（数値だけ）").fill("mm/s")
        page.get_by_label("設備分類").select_option(kind.class_code)
        page.get_by_role("button", name="加える").click()
        expect(page.get_by_role("row").filter(has_text=label)).to_be_visible()
        page.screenshot(path=SHOTS / f"custom-fields-{width}.png", full_page=True)
        assert violations(page) == []
        page.goto(f"{url}/positions/{position.id}")
        page.get_by_role("link", name="独自項目を直す").click()
        page.get_by_label(label).fill("七")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_text("入れられない値です")).to_be_visible()
        expect(page.get_by_label(label)).to_have_value("七")
        page.get_by_label(label).fill("７．１")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_text("7.1 mm/s")).to_be_visible()
        page.screenshot(path=SHOTS / f"custom-values-{width}.png", full_page=True)
        assert violations(page) == []
        page.goto(f"{url}/positions?class_code={kind.class_code}")
        expect(page.get_by_role("link", name="ほかのポンプ")).to_be_visible()
        page.get_by_label(f"{label} の下限").fill("7")
        page.get_by_label(f"{label} の上限").fill("8")
        page.get_by_role("button", name="絞り込む").click()
        expect(page.get_by_role("link", name="ほかのポンプ")).to_have_count(0)
        expect(page.get_by_role("link", name="独自ポンプ")).to_be_visible()
        page.screenshot(path=SHOTS / f"custom-filter-{width}.png", full_page=True)
        assert violations(page) == []
