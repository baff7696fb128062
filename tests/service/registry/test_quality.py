"""Every question of the board finds what it asks for, and nothing that is in order."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.core.clock import today
from service.maintenance.models import Inspection
from service.registry.models import DeviceModel
from service.registry.queries import quality
from service.registry.queries.quality import CHECKS
from tests.factories import (
    make_class,
    make_device,
    make_facility,
    make_installation,
    make_position,
)

DAY = date(2015, 4, 1)
DATED = {"installed_from": DAY, "installed_to": DAY, "installed_precision": "day"}


def _model(session: Session) -> DeviceModel:
    model = DeviceModel(manufacturer="架空", model_no="Q-1")
    session.add(model)
    session.flush()
    return model


@pytest.fixture
def found(session: Session) -> dict[str, set[str]]:
    verified = make_class(session, verified=True).id
    here = make_facility(session, facility_type="pump_station", geom="SRID=6668;POINT(139.5 35.3)")
    for lon in (139.51, 139.49):
        make_facility(session, geom=f"SRID=6668;POINT({lon} 35.3)")
    make_facility(session, facility_code="FAR", geom="SRID=6668;POINT(138.5 35.3)")
    make_facility(session, facility_code="NOWHERE")
    closed = make_facility(session, facility_code="SHUT", status="abolished")
    model = _model(session).id

    def put(code: str, **values: object) -> None:
        position = make_position(session, here, class_id=verified)
        device = make_device(session, asset_code=code, class_id=verified, **values)
        make_installation(session, position, device, starts_on=DAY)

    put("SOUND", model_id=model, serial_no="S-0", **DATED)
    put("NODATE", model_id=model, serial_no="S-1")
    put("NOMODEL", **DATED)
    later = today() + timedelta(days=9)
    put(
        "FUTURE",
        model_id=model,
        serial_no="S-3",
        installed_from=later,
        installed_to=later,
        installed_precision="day",
    )
    put("KNOWN", model_id=model, fixed_asset_no="FA-1", **DATED)
    make_device(session, class_id=verified, fixed_asset_no="FA-9")
    put("TWIN-1", model_id=model, serial_no="ab-77", **DATED)
    put("TWIN-2", model_id=model, serial_no="AB-77", **DATED)
    make_position(session, here, position_code="EMPTY", class_id=verified)
    make_position(session, closed, position_code="LEFT", class_id=verified)
    unchecked = make_class(session, class_code="UNCHECKED", verified=False)
    make_position(session, here, class_id=unchecked.id)
    gone = make_position(session, here, class_id=verified, status="abolished")
    tagged = make_position(session, here, position_code="TAGGED", class_id=verified)
    for place, tag in ((gone, "0RPHAN00X"), (tagged, "TAGGED00X")):
        session.execute(
            text(
                "insert into qr_tag (id, tag_code, position_id, facility_id, state)"
                " values (gen_random_uuid(), :tag, :place, :facility, 'in_use')"
            ),
            {"tag": tag, "place": place.id, "facility": here.id},
        )
    for code, due in (("OVERDUE", today() - timedelta(1)), ("INTIME", today())):
        looked_after = make_position(session, here, position_code=code, class_id=verified)
        session.add(
            Inspection(
                facility_id=here.id,
                position_id=looked_after.id,
                kind="periodic",
                next_due_on=due,
                inspected_from=DAY,
                inspected_to=DAY,
                inspected_precision="day",
                inspected_raw="2015-04-01",
            )
        )
    session.flush()
    return {
        name: {row["code"] for row in quality.rows(session, name, limit=10_000)} for name in CHECKS
    }


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        ("no-date", {"NODATE"}, {"SOUND", "NOMODEL"}),
        ("impossible-date", {"FUTURE"}, {"SOUND", "NODATE"}),
        ("same-serial", {"TWIN-1", "TWIN-2"}, {"SOUND", "NODATE"}),
        ("no-model", {"NOMODEL"}, {"SOUND"}),
        ("no-asset-no", {"SOUND"}, {"KNOWN"}),
        ("asset-no-alone", {"FA-9"}, {"FA-1"}),
        ("no-device", {"EMPTY"}, set()),
        ("closed-facility", {"LEFT"}, {"EMPTY"}),
        ("no-place", {"EMPTY"}, {"SHUT"}),
        ("no-coordinates", {"NOWHERE"}, {"FAR", "SHUT"}),
        ("far-away", {"FAR"}, {"NOWHERE"}),
        ("unverified-class", {"UNCHECKED"}, {"EMPTY"}),
        ("no-tag", {"EMPTY"}, {"TAGGED"}),
        ("orphan-tag", {"0RPHAN00X"}, {"TAGGED00X"}),
        ("overdue-inspection", {"OVERDUE"}, {"INTIME", "EMPTY"}),
    ],
)
def test_a_question_finds_what_is_wrong(found, check: str, wrong: set, right: set) -> None:
    assert wrong <= found[check]
    assert not right & found[check]


def test_counts_are_those_of_the_lists(session: Session, found) -> None:
    listed = {name: len(quality.rows(session, name, limit=10_000)) for name in found}
    assert quality.counts(session) == listed
