"""Devices registered twice: found, made one with all their history, made two again exactly."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from importers.matching import queries as matching
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import now
from service.core.database import transaction
from service.core.settings import Settings
from service.faults.models import FaultCase
from service.maintenance.models import Inspection
from service.registry import life_events, merging
from service.registry.domain import DeviceMerged, MergeUndone, SameDevice, StaysTogether
from service.registry.models import Device, DeviceModel
from service.registry.queries import devices, merges
from service.registry.schemas.life import InstallationCreate
from service.registry.schemas.merges import Distinction, MergeCreate, MergeUndo
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_class,
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)

SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"
SPRING = date(2010, 4, 1)
YEARS_LATER = date(2019, 4, 1)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


def _twice(session: Session, **values: Any) -> tuple[Device, Device]:
    """One pump under two numbers: the later one knows its price, the earlier one its place."""
    kind = make_class(session)
    first = make_device(session, class_id=kind.id, **values)
    second = make_device(
        session, class_id=kind.id, acquired_cost_yen=1_200_000, note="二重登録", **values
    )
    return first, second


def _records(session: Session, device: Device) -> None:
    """A case, an inspection and a drawing of the device."""
    place = make_position(session)
    make_installation(session, place, device, starts_on=SPRING, ends_on=YEARS_LATER)
    session.add_all(
        [
            FaultCase(
                case_no=f"R7-{device.asset_code}",
                facility_id=place.facility_id,
                position_id=place.id,
                device_id=device.id,
                occurred_at=now(),
                reported_at=now(),
            ),
            Inspection(
                facility_id=place.facility_id,
                position_id=place.id,
                device_id=device.id,
                kind="periodic",
                inspected_from=SPRING,
                inspected_to=SPRING,
                inspected_precision="day",
                inspected_raw="2010-04-01",
            ),
        ]
    )
    session.flush()


def _state(session: Session, *both: Device) -> list[Any]:
    """Everything that is said of devices, without what counts and dates changes."""
    session.flush()
    ids = [device.id for device in both]
    statements = (
        (
            "select to_jsonb(d) - '{version,updated_at,updated_by}'::text[] from device d"
            " where id = any(:ids) order by id"
        ),
        "select to_jsonb(i) from installation i where device_id = any(:ids) order by id",
        (
            "select to_jsonb(c) - '{version,updated_at}'::text[] from fault_case c"
            " where device_id = any(:ids) order by id"
        ),
        (
            "select to_jsonb(i) - '{version,updated_at}'::text[] from inspection i"
            " where device_id = any(:ids) order by id"
        ),
        "select to_jsonb(a) from equipment_alias a where device_id = any(:ids) order by id",
    )
    return [list(session.execute(text(s), {"ids": ids}).scalars()) for s in statements]


def _merge(session: Session, kept: Device, absorbed: Device, by: Actor) -> Any:
    new = MergeCreate(absorbed_id=absorbed.id, reason="銘板の製造番号が同じ")
    return merging.merge_devices(session, kept.id, new, by=by)


def test_one_device_has_the_history_of_both_and_the_number_leads_to_it(
    session: Session, terminal: Actor
) -> None:
    kept, absorbed = _twice(session)
    here = make_position(session)
    make_installation(session, here, kept, starts_on=YEARS_LATER)
    _records(session, absorbed)
    merge = _merge(session, kept, absorbed, terminal)
    assert {table: len(rows) for table, rows in merge.moved.items()} == {
        "fault_case": 1,
        "inspection": 1,
        "installation": 1,
    }
    assert (kept.acquired_cost_yen, kept.note) == (1_200_000, "二重登録")
    assert kept.serial_no != absorbed.serial_no, "what the kept device knew stays"
    found = devices.page(session, q=absorbed.asset_code, class_code=None, after="", limit=5)
    assert [row["id"] for row in found] == [kept.id]
    new = InstallationCreate(device_id=absorbed.id, starts_on=YEARS_LATER)
    with pytest.raises(DeviceMerged):
        life_events.install_device(session, make_position(session).id, new, by=terminal)


def test_two_again_exactly_as_before(session: Session, terminal: Actor) -> None:
    kept, absorbed = _twice(session, retired_on=None)
    kept.retired_on, kept.retired_reason = date(2024, 4, 1), "failed"
    make_installation(session, make_position(session), absorbed, starts_on=date(2024, 5, 1))
    _records(session, absorbed)
    before = _state(session, kept, absorbed)
    merge = _merge(session, kept, absorbed, terminal)
    assert kept.retired_on is None, "it stands in a place"
    assert _state(session, kept, absorbed) != before
    merging.undo_merge(session, merge.id, MergeUndo(reason="別の機器だった"), by=terminal)
    assert _state(session, kept, absorbed) == before
    with pytest.raises(MergeUndone):
        merging.undo_merge(session, merge.id, MergeUndo(reason="もう一度"), by=terminal)
    again = _merge(session, absorbed, kept, terminal)
    assert again.kept_id == absorbed.id


def test_what_was_changed_since_is_not_taken_away(session: Session, terminal: Actor) -> None:
    kept, absorbed = _twice(session)
    merge = _merge(session, kept, absorbed, terminal)
    kept.note = "あとから直した備考"
    place = make_position(session)
    stay = InstallationCreate(device_id=kept.id, starts_on=YEARS_LATER)
    life_events.install_device(session, place.id, stay, by=terminal)
    merging.undo_merge(session, merge.id, MergeUndo(reason="別の機器"), by=terminal)
    session.refresh(kept)
    assert (kept.note, kept.acquired_cost_yen) == ("あとから直した備考", None)
    assert merges.is_in_place(session, kept)
    assert not merges.is_in_place(session, absorbed)


def test_one_thing_is_never_in_two_places(session: Session, terminal: Actor) -> None:
    kept, absorbed = _twice(session)
    one, other = make_position(session, name="一号"), make_position(session, name="二号")
    make_installation(session, one, kept, starts_on=SPRING)
    make_installation(session, other, absorbed, starts_on=SPRING + timedelta(30))
    with pytest.raises(StaysTogether) as refused:
        _merge(session, kept, absorbed, terminal)
    assert refused.value.params == {"one": "一号", "other": "二号"}
    with pytest.raises(SameDevice):
        _merge(session, kept, kept, terminal)


def test_merges_are_undone_from_the_outside_in(session: Session, terminal: Actor) -> None:
    first, second = _twice(session)
    third = make_device(session, class_id=first.class_id)
    _records(session, first)
    before = _state(session, first, second, third)
    inner = _merge(session, second, first, terminal)
    outer = _merge(session, third, second, terminal)
    with pytest.raises(DeviceMerged):
        merging.undo_merge(session, inner.id, MergeUndo(reason="先に"), by=terminal)
    merging.undo_merge(session, outer.id, MergeUndo(reason="外"), by=terminal)
    merging.undo_merge(session, inner.id, MergeUndo(reason="内"), by=terminal)
    assert _state(session, first, second, third) == before


def _pairs(session: Session) -> dict[frozenset[Any], str]:
    rows = merges.duplicates(session, limit=10_000)
    return {frozenset((row["one_id"], row["other_id"])): row["sign"] for row in rows}


def test_what_may_be_one_is_found_and_what_is_two_is_left_alone(
    session: Session, terminal: Actor
) -> None:
    model = DeviceModel(manufacturer="架空製作所", model_no=f"KP-{make_class(session).class_code}")
    session.add(model)
    session.flush()
    days = {
        "model_id": model.id,
        "installed_from": SPRING,
        "installed_to": SPRING,
        "installed_precision": "day",
    }
    one, other = (
        make_device(session, serial_no="SN‐123Ａ"),
        make_device(session, serial_no="sn123a"),
    )
    bare, placed = (make_device(session, serial_no=None, **days) for _ in range(2))
    plant = make_facility(session)
    make_installation(session, make_position(session, plant, name="No.1ポンプ"), placed)
    neighbour = make_device(session, serial_no=None, **days)
    make_installation(session, make_position(session, plant, name="No.2ポンプ"), neighbour)
    found = _pairs(session)
    assert found[frozenset((one.id, other.id))] == "same-serial"
    assert found[frozenset((bare.id, placed.id))] == "same-model-and-days"
    assert frozenset((placed.id, neighbour.id)) not in found, "No.1 and No.2 came together"
    apart = Distinction(other_id=one.id, reason="銘板を確認した")
    merging.keep_apart(session, other.id, apart, by=terminal)
    assert frozenset((one.id, other.id)) not in _pairs(session)
    _merge(session, placed, bare, terminal)
    assert frozenset((bare.id, placed.id)) not in _pairs(session)


def test_a_ledger_with_the_old_number_means_the_kept_device(
    session: Session, terminal: Actor
) -> None:
    first, second = _twice(session)
    third = make_device(session)
    _merge(session, second, first, terminal)
    _merge(session, third, second, terminal)
    codes = [first.asset_code, second.asset_code, third.asset_code]
    merged = matching.merged_devices(session, codes)
    assert merged == dict.fromkeys(codes[:2], third.asset_code)


def test_every_table_that_refers_to_devices_is_moved(session: Session) -> None:
    tables = {row["table_name"] for row in session.execute(merges._TABLES).mappings()}
    assert tables >= {
        "attachment",
        "equipment_alias",
        "fault_case",
        "inspection",
        "installation",
        "part_replacement",
    }


def test_merges_over_http(staff: TestClient, app: FastAPI, engine: Engine) -> None:
    with transaction(engine) as session:
        kept, absorbed = _twice(session, serial_no=f"HTTP-{make_class(session).class_code}")
        company = make_company(session)
        make_contract(session, company, [make_facility(session)])
        stranger = make_user(session, Role.CONTRACTOR, company)
    theirs = sign_in_client(app, stranger)
    assert theirs.get("/api/v1/duplicate-devices").status_code == 403
    assert theirs.get("/duplicates").status_code == 403
    body = {"absorbed_id": str(absorbed.id), "reason": "同じ銘板"}
    assert theirs.post(f"/api/v1/devices/{kept.id}/merges", json=body).status_code == 403
    page = staff.get("/api/v1/duplicate-devices?limit=500").json()
    assert (str(kept.id), str(absorbed.id)) in {
        (row["one_id"], row["other_id"]) for row in page["items"]
    }
    made = staff.post(f"/api/v1/devices/{kept.id}/merges", json=body)
    assert (made.status_code, made.json()["absorbed_code"]) == (201, absorbed.asset_code)
    gone = staff.get(f"/api/v1/devices/{absorbed.id}").json()
    assert gone["merged_into_id"] == str(kept.id)
    undone = staff.post(
        f"/api/v1/device-merges/{made.json()['id']}/undo", json={"reason": "別の機器"}
    )
    assert undone.json()["undone_at"] is not None
    apart = staff.post(
        f"/api/v1/devices/{kept.id}/distinction",
        json={"other_id": str(absorbed.id), "reason": "別の機器"},
    )
    assert apart.status_code == 204


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_two_become_one_and_two_again_in_the_browser(
    app: FastAPI,
    engine: Engine,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    width = size["viewport"]["width"]
    with transaction(engine) as session:
        kept, absorbed = _twice(session, serial_no=f"E2E-{make_class(session).class_code}")
        make_installation(session, make_position(session), kept, starts_on=YEARS_LATER)
        _records(session, absorbed)
        user = make_user(session)
    with served(app) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/quality")
        page.get_by_role("link", name="重複の恐れがある機器を比べて統合する").click()
        page.screenshot(path=SHOTS / f"duplicates-{width}.png", full_page=True)
        assert violations(page) == []
        page.locator(f"a[href='/duplicates/{kept.id}/{absorbed.id}']").click()
        page.get_by_label("統合する理由").fill("銘板の製造番号が同じ")
        page.screenshot(path=SHOTS / f"duplicates-compare-{width}.png", full_page=True)
        assert violations(page) == []
        page.get_by_role("button", name="統合する", exact=True).click()
        expect(page.get_by_role("heading", name=f"機器 {kept.asset_code}")).to_be_visible()
        expect(page.get_by_text(absorbed.asset_code).first).to_be_visible()
        assert violations(page) == []
        page.screenshot(path=SHOTS / f"duplicates-merged-{width}.png", full_page=True)
        page.goto(f"{url}/devices/{absorbed.id}")
        expect(page.get_by_text("ほかの番号の機器に統合されました")).to_be_visible()
        page.get_by_role("link", name="統合の記録").first.click()
        page.get_by_text("二つの機器に戻す").first.click()
        page.get_by_label("戻す理由").fill("別の機器だった")
        assert violations(page) == []
        page.screenshot(path=SHOTS / f"duplicates-undo-{width}.png", full_page=True)
        page.get_by_role("button", name="二つの機器に戻す").click()
        expect(page.get_by_text("ほかの番号の機器に統合されました")).to_have_count(0)
