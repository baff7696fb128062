"""Equipment is found, replaced and corrected, and its history stays true."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import today
from service.core.database import transaction
from service.core.errors import Forbidden, NotFound, Stale
from service.registry import life_events, service
from service.registry.domain import (
    ClassUnknown,
    DuplicateCode,
    FacilityUnknown,
    InstallationOverlap,
    LocationUnknown,
    NothingInstalled,
    ParentUnknown,
    RemovedBeforeInstalled,
    RetiredReason,
)
from service.registry.models import DeviceModel
from service.registry.queries import devices, facets, installations, positions, search
from service.registry.schemas.changes import (
    DeviceCreate,
    DeviceUpdate,
    FacilityCreate,
    PositionCreate,
    PositionUpdate,
)
from service.registry.schemas.life import InstallationCreate, Removal, Replacement
from service.registry.schemas.reads import PositionFilter
from tests.factories import (
    make_class,
    make_device,
    make_facility,
    make_installation,
    make_position,
)


def test_exclusion_constraints_are_the_law(session: Session) -> None:
    position = make_position(session)
    device = make_device(session)
    make_installation(session, position, device, starts_on=date(2020, 4, 1))
    with pytest.raises(IntegrityError, match="installation_one_device"), session.begin_nested():
        make_installation(session, position, starts_on=date(2024, 1, 1))
    other = make_position(session)
    with pytest.raises(IntegrityError, match="installation_one_position"), session.begin_nested():
        make_installation(session, other, device, starts_on=date(2024, 1, 1))


def test_replacement_closes_the_old_and_opens_the_new_on_one_day(
    session: Session, terminal: Actor
) -> None:
    position = make_position(session)
    old, new = make_device(session), make_device(session)
    make_installation(session, position, old, starts_on=date(2005, 4, 1))
    life_events.replace_device(
        session,
        position.id,
        Replacement(device_id=new.id, replaced_on=date(2024, 6, 1), work_ref="改築工事"),
        by=terminal,
    )
    rows = installations.of_position(session, position.id)
    assert [(row["device_id"], row["starts_on"], row["ends_on"]) for row in rows] == [
        (new.id, date(2024, 6, 1), None),
        (old.id, date(2005, 4, 1), date(2024, 6, 1)),
    ]
    session.refresh(old)
    assert (old.retired_on, old.retired_reason) == (date(2024, 6, 1), RetiredReason.RENEWED)
    card = service.position_card(session, position.id)
    assert card.device is not None
    assert card.device.id == new.id


def test_a_replacement_that_fails_leaves_the_old_device_in_place(
    session: Session, terminal: Actor
) -> None:
    position, elsewhere = make_position(session), make_position(session)
    old, busy = make_device(session), make_device(session)
    make_installation(session, position, old, starts_on=date(2005, 4, 1))
    make_installation(session, elsewhere, busy, starts_on=date(2010, 4, 1))
    with pytest.raises(InstallationOverlap) as caught, session.begin_nested():
        life_events.replace_device(
            session,
            position.id,
            Replacement(device_id=busy.id, replaced_on=date(2024, 6, 1)),
            by=terminal,
        )
    assert caught.value.params["asset_code"] == busy.asset_code
    rows = installations.of_position(session, position.id)
    assert [row["ends_on"] for row in rows] == [None]


def test_removal_needs_a_device_and_a_later_day(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    removal = Removal(removed_on=date(2020, 4, 1), retired_reason=RetiredReason.FAILED)
    with pytest.raises(NothingInstalled):
        life_events.remove_device(session, position.id, removal, by=terminal)
    make_installation(session, position, starts_on=date(2020, 4, 1))
    with pytest.raises(RemovedBeforeInstalled):
        life_events.remove_device(session, position.id, removal, by=terminal)


def test_an_installation_without_a_known_start_counts_as_present(session: Session) -> None:
    position = make_position(session)
    make_installation(session, position, starts_on=None)
    card = service.position_card(session, position.id)
    assert card.device is not None


def test_new_records_name_what_is_missing(session: Session, terminal: Actor) -> None:
    place = make_facility(session)
    kind = make_class(session)
    with pytest.raises(FacilityUnknown):
        service.register_position(
            session,
            PositionCreate(
                position_code="X-1", facility_code="NO", class_code=kind.class_code, name="x"
            ),
            by=terminal,
        )
    with pytest.raises(ClassUnknown):
        service.register_device(
            session, DeviceCreate(asset_code="X-1", class_code="NO"), by=terminal
        )
    with pytest.raises(DuplicateCode):
        service.register_facility(
            session,
            FacilityCreate(
                facility_code=place.facility_code, name="x", facility_type="pump_station"
            ),
            by=terminal,
        )
    with pytest.raises(NotFound):
        service.position_card(session, uuid4())


def test_a_duplicate_code_leaves_the_transaction_usable(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    kind = make_class(session)
    new = PositionCreate(
        position_code=position.position_code,
        facility_code=make_facility(session).facility_code,
        class_code=kind.class_code,
        name="重複",
    )
    with pytest.raises(DuplicateCode):
        service.register_position(session, new, by=terminal)
    assert session.execute(text("select 1")).scalar_one() == 1


def test_a_stale_change_is_refused_and_a_fresh_one_leaves_its_trace(
    session: Session, terminal: Actor
) -> None:
    position = make_position(session)
    session.refresh(position)
    change = PositionUpdate(criticality="A", note="改築予定")
    with pytest.raises(Stale):
        service.update_position(session, position.id, change, position.version + 1, by=terminal)
    before = position.version
    service.update_position(session, position.id, change, before, by=terminal)
    assert position.version == before + 1
    entry = session.execute(
        text(
            "select before, after from audit_entry where target_id = :id order by id desc limit 1"
        ),
        {"id": str(position.id)},
    ).one()
    assert entry.before == {"criticality": "B", "note": None}
    assert entry.after == {"criticality": "A", "note": "改築予定"}


def test_contractors_change_nothing(session: Session) -> None:
    worker = Actor(id=None, name="x", role=Role.CONTRACTOR, company_id=uuid4())
    with pytest.raises(Forbidden):
        life_events.install_device(
            session,
            uuid4(),
            InstallationCreate(device_id=uuid4(), starts_on=date(2024, 1, 1)),
            by=worker,
        )


@pytest.mark.parametrize(
    "typed",
    [
        "汚水",
        "２号",
        "No.2 汚水",
        "ﾎﾟﾝﾌﾟ",
        "ぽんぷ",
        "zz-sn-77",
        "ＺＺＳＮ77",
        "sn77",
        "ZZ-SN-77 ポンプ",
        "見本検索",
        "大澤",
        "旧番号-9",
        "kp200",
    ],
)
def test_search_folds_width_and_case_and_looks_at_the_device_in_place(
    session: Session, typed: str
) -> None:
    place = make_facility(session, name="見本検索大沢ポンプ場")
    position = make_position(session, place, name="No.2汚水ポンプ(2号)", legacy_codes=["旧番号-9"])
    model = DeviceModel(manufacturer="架空", model_no="KP-200")
    session.add(model)
    session.flush()
    device = make_device(session, serial_no="ZZ-SN-77", model_id=model.id)
    make_installation(session, position, device)
    rows = positions.page(session, {"q": typed}, after="", limit=500)
    assert position.id in {row["id"] for row in rows}


def test_search_takes_signs_literally(session: Session) -> None:
    make_position(session, name="除塵機100%")
    plain = make_position(session, name="除塵機100パーセント")
    rows = positions.page(session, {"q": "100%"}, after="", limit=500)
    assert plain.id not in {row["id"] for row in rows}
    assert len(rows) >= 1


def test_pages_neither_repeat_nor_skip(session: Session) -> None:
    place = make_facility(session)
    codes = {make_position(session, place).position_code for _ in range(23)}
    conditions = PositionFilter(facility=place.facility_code)
    seen: list[str] = []
    after = ""
    while True:
        page = service.position_page(session, conditions, after=after, limit=5)
        seen += [row["position_code"] for row in page.rows]
        if not page.has_more:
            break
        after = page.last_code or ""
    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == codes


def test_facets_count_under_the_other_conditions(session: Session) -> None:
    place = make_facility(session)
    for criticality in ("A", "A", "B"):
        make_position(session, place, criticality=criticality)
    found = facets.facets(session, {"facility": place.facility_code, "criticality": "A"})
    counts = {row["value"]: row["count"] for row in found["criticality"]}
    assert counts == {"A": 2, "B": 1}
    assert sum(row["count"] for row in found["status"]) == 2


def test_a_new_devices_age_starts_at_its_first_installation(
    session: Session, terminal: Actor
) -> None:
    position, spare = make_position(session), make_position(session)
    old, new = make_device(session), make_device(session)
    make_installation(session, position, old, starts_on=date(2005, 4, 1))
    life_events.replace_device(
        session,
        position.id,
        Replacement(device_id=new.id, replaced_on=date(2024, 6, 1)),
        by=terminal,
    )
    assert (new.installed_from, new.installed_precision) == (date(2024, 6, 1), "day")
    life_events.install_device(
        session,
        spare.id,
        InstallationCreate(device_id=old.id, starts_on=date(2024, 7, 1), kind="relocation"),
        by=terminal,
    )
    assert old.installed_from is None, "when its life began is still unknown"
    assert (old.retired_on, old.retired_reason) == (None, None), "it is in use again"


def test_the_device_of_a_day_is_the_one_that_stood_there(session: Session) -> None:
    position = make_position(session)
    old, new = make_device(session), make_device(session)
    make_installation(session, position, old, starts_on=None, ends_on=date(2025, 2, 14))
    make_installation(session, position, new, starts_on=date(2025, 2, 14))
    assert installations.device_at(session, position.id, date(1950, 1, 1)) == old.id
    assert installations.device_at(session, position.id, date(2025, 2, 13)) == old.id
    assert installations.device_at(session, position.id, date(2025, 2, 14)) == new.id
    assert installations.device_at(session, make_position(session).id, date(2025, 1, 1)) is None


def test_a_reason_of_removal_belongs_to_the_stay_that_it_ended(
    session: Session, terminal: Actor
) -> None:
    first, second = make_position(session), make_position(session)
    device = make_device(session)
    make_installation(session, first, device, starts_on=date(2005, 4, 1), ends_on=date(2010, 4, 1))
    make_installation(session, second, device, starts_on=date(2010, 4, 1))
    removal = Removal(removed_on=date(2020, 4, 1), retired_reason=RetiredReason.FAILED)
    life_events.remove_device(session, second.id, removal, by=terminal)
    rows = installations.of_device(session, device.id)
    assert [row["retired_reason"] for row in rows] == ["failed", None]


def test_a_health_judgement_without_a_day_was_made_today(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    service.update_position(session, position.id, PositionUpdate(health=2), None, by=terminal)
    assert position.health_judged_on == today()
    earlier = PositionUpdate(health=3, health_judged_on=date(2022, 10, 1))
    service.update_position(session, position.id, earlier, None, by=terminal)
    assert (position.health, position.health_judged_on) == (3, date(2022, 10, 1))
    service.update_position(session, position.id, PositionUpdate(health=None), None, by=terminal)
    assert (position.health, position.health_judged_on) == (None, None)


def test_places_and_parents_are_of_the_same_facility(session: Session, terminal: Actor) -> None:
    here, elsewhere = make_facility(session), make_facility(session)
    kind = make_class(session)
    stranger = make_position(session, elsewhere)
    new = {"facility_code": here.facility_code, "class_code": kind.class_code, "name": "x"}
    for number, (field, value, error) in enumerate(
        [
            ("parent_code", stranger.position_code, ParentUnknown),
            ("location_code", "B2F", LocationUnknown),
        ]
    ):
        wanted = PositionCreate(position_code=f"NEW-{number}", **new, **{field: value})
        with pytest.raises(error):
            service.register_position(session, wanted, by=terminal)


def test_a_maker_is_not_dropped_for_want_of_a_model(session: Session, terminal: Actor) -> None:
    kind = make_class(session)
    with pytest.raises(ValidationError, match="model_no"):
        DeviceCreate(asset_code="M-1", class_code=kind.class_code, maker="架空製作所")
    new = DeviceCreate(
        asset_code="M-1", class_code=kind.class_code, maker="架空製作所", model_no="KP-1"
    )
    made = service.register_device(session, new, by=terminal)
    again = service.register_device(
        session, new.model_copy(update={"asset_code": "M-2"}), by=terminal
    )
    assert made.model_id == again.model_id
    read = devices.read(session, made.id)
    assert read is not None
    assert (read["maker"], read["model_no"]) == ("架空製作所", "KP-1")


def test_another_service_life_needs_a_reason(session: Session, terminal: Actor) -> None:
    with pytest.raises(ValidationError, match="life_override_reason"):
        DeviceUpdate(life_override_years=30)
    device = make_device(session)
    change = DeviceUpdate(life_override_years=30, life_override_reason="長寿命化対策済み")
    service.update_device(session, device.id, change, None, by=terminal)
    read = devices.read(session, device.id)
    assert read is not None
    assert read["life_override_years"] == 30


def test_two_people_at_once_cannot_use_one_place(engine: Engine, terminal: Actor) -> None:
    """Neither sees the other's installation before the constraint does."""
    with transaction(engine) as session:
        places = [make_position(session), make_position(session)]
        device = make_device(session)
    started = threading.Barrier(2)

    def install(position_id: UUID) -> str:
        with transaction(engine) as session:
            started.wait(timeout=10)
            new = InstallationCreate(device_id=device.id, starts_on=date(2020, 4, 1))
            try:
                life_events.install_device(session, position_id, new, by=terminal)
            except InstallationOverlap as error:
                return str(error.params["asset_code"])
            return "installed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(install, [place.id for place in places]))
    assert sorted(outcomes) == sorted(["installed", device.asset_code])


def test_pages_stay_stable_over_eight_thousand_rows(session: Session) -> None:
    place, kind = make_facility(session), make_class(session)
    session.execute(
        text(
            "insert into position (id, position_code, facility_id, class_id, name, health)"
            " select gen_random_uuid(), 'ZQ-' || lpad((n * 7919 % 8009)::text, 5, '0'), :f, :c,"
            " (array['汚水', '雨水'])[1 + n % 2] || 'ポンプ' || n, 1 + n % 5"
            " from generate_series(1, 8000) n"
        ),
        {"f": place.id, "c": kind.id},
    )
    conditions = PositionFilter(facility=place.facility_code, q="汚水")
    forward: list[str] = []
    page = service.position_page(session, conditions, limit=500)
    while True:
        forward += [row["position_code"] for row in page.rows]
        if not page.has_more:
            break
        # what is added behind the reader's back neither repeats nor hides a row
        make_position(session, place, position_code=f"ZQ-00000-{len(forward)}", name="汚水")
        page = service.position_page(session, conditions, after=page.last_code or "", limit=500)
    assert len(forward) == len(set(forward)) == 4000
    assert forward == sorted(forward)
    back = service.position_page_before(
        session, conditions, before=page.first_code or "", limit=500
    )
    assert [row["position_code"] for row in back.rows] == forward[-1000:-500]
    assert back.has_earlier


def test_a_word_is_looked_for_in_everything_a_device_is_called(session: Session) -> None:
    device = make_device(session, serial_no="QX-9988", spec_raw="φ500×28m3/min")
    for typed in ("ｑｘ-9988", "Φ500 9988"):
        found = devices.page(session, q=typed, class_code=None, after="", limit=10)
        assert [row["id"] for row in found] == [device.id]
    assert devices.page(session, q="QX-9988 無い", class_code=None, after="", limit=10) == []


@given(st.text(st.characters(codec="cp932", include_characters="−〜‖¢£¬")))
def test_what_is_typed_folds_as_what_is_stored(engine: Engine, text_typed: str) -> None:
    given_text = text_typed.replace("\0", "")
    with engine.connect() as connection:
        stored = connection.execute(
            text("select gesuibo.fold(:given)"), {"given": given_text}
        ).scalar_one()
    assert search.folded(given_text) == stored


def test_a_word_with_a_slip_leads_to_names_like_it(session: Session) -> None:
    make_position(session, name="自動除塵機スクリーン")
    assert positions.alike(session, "自動除塵器スクリーン") == ["自動除塵機スクリーン"]
    assert positions.alike(session, "まったく別のもの") == []
