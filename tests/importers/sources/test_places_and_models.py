"""Places and device models as ledgers of their own."""

import pytest
from sqlmodel import Session, select

from service.accounts.actor import Actor
from service.registry.models import DeviceModel, Location
from tests.importers.ledgers import CLASSES, FACILITIES, load, outcomes, plan

PLACES = "施設コード,場所,場所の種別\nTJ,沈砂池棟/B2F/ポンプ室,室\nTJ,沈砂池棟,棟\nTJ,薬品庫,屋外\n"
MODELS = "製造者,型式,口径(mm),出力(kW),製造中止日\n㈱A社,500DSC4,500,90,H20.3.31\nB社,X-1,,,\n"


@pytest.fixture
def city(session: Session, terminal: Actor) -> Session:
    load(session, CLASSES, FACILITIES, by=terminal)
    return session


def test_a_place_brings_the_places_around_it(city, terminal):
    load(city, PLACES, by=terminal)
    found = city.exec(select(Location).order_by(Location.path)).all()
    paths = {place.path: place for place in found}
    assert set(paths) == {"沈砂池棟", "沈砂池棟/B2F", "沈砂池棟/B2F/ポンプ室", "薬品庫"}
    assert paths["沈砂池棟/B2F/ポンプ室"].parent_id == paths["沈砂池棟/B2F"].id
    assert paths["薬品庫"].kind == "outdoors"
    assert outcomes(plan(city, PLACES, by=terminal)) == {"unchanged": 3}


def test_models_keep_their_figures_and_the_maker_as_written(city, terminal):
    load(city, MODELS, by=terminal)
    model = city.exec(select(DeviceModel).where(DeviceModel.model_no == "500DSC4")).one()
    assert (model.manufacturer, model.manufacturer_raw) == ("A社", "㈱A社")
    assert model.spec == {"bore_mm": 500, "power_kw": 90}
    assert str(model.discontinued_on) == "2008-03-31"
    assert outcomes(plan(city, MODELS, by=terminal)) == {"unchanged": 2}
    more = plan(city, MODELS.replace("500,90,", "500,110,"), by=terminal)
    assert outcomes(more) == {"update": 1, "unchanged": 1}


def test_an_equipment_ledger_with_an_unknown_name_is_not_taken_for_models(city, terminal):
    ledger = "設備番号,施設コード,分類コード,呼称,製造者,型式\nP-1,TJ,PU-OS-01,甲,A社,X\n"
    job = plan(city, ledger, by=terminal)
    assert job.source == "equipment"
    assert [question["code"] for question in job.questions] == ["column-missing"]
