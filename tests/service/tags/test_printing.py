from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.accounts.actor import Actor, terminal_actor
from service.attachments.store import PhotoStore, open_store
from service.core.database import transaction
from service.core.errors import Forbidden, NotFound
from service.core.identity import new_id
from service.core.settings import Settings
from service.tags import life, press, printing, service
from service.tags.domain import RunState
from service.tags.labels.proof import SheetRefused
from service.tags.labels.sheets import UnknownSheet
from service.tags.models import LabelRun, QrTag
from service.tags.printing import NoSuchPlace, NothingToPrint, NotReady
from service.tags.queries import runs as queries
from service.tags.queries import tags
from service.tags.schemas import PrinterChange, RunWanted, Selection
from tests.service.faults.conftest import City, build_city
from tests.service.tags.drawn_labels import symbols_of, text_of


@pytest.fixture
def city(session: Session, terminal: Actor) -> City:
    city = build_city(session)
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    return city


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> PhotoStore:
    return open_store(settings.model_copy(update={"photo_store": tmp_path.as_uri()}))


def wanted(city: City, **values: object) -> RunWanted:
    return RunWanted.model_validate({"facility_code": city.facility_code} | values)


def test_a_small_run_is_ready_at_once_and_its_tags_are_printed(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    run = printing.start_run(session, wanted(city, first=3), store, by=terminal)
    assert (run.state, run.pages, run.total) == (RunState.READY, 1, 1)
    _, pdf = printing.file(session, run.id, "pdf", store)
    (symbol,) = symbols_of(pdf)
    assert symbol.left > 140, "the third place of the first row"
    assert f"{city.facility_code}-P001" in text_of(pdf)
    _, listed = printing.file(session, run.id, "list.pdf", store)
    assert f"{city.facility_code}-P001" in text_of(listed)
    tag = session.get(QrTag, run.tag_ids[0], populate_existing=True)
    assert tag is not None
    assert (tag.printed_batch, tag.state) == (str(run.run_no), "in_use")
    assert tag.printed_on is not None
    with pytest.raises(NothingToPrint):
        printing.start_run(session, wanted(city), store, by=terminal)


def test_a_wanted_reprint_is_printed_once(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    (tag,) = tags.tags_of(session, city.pump_id)
    life.want_reprint(session, [tag.tag_code], by=terminal)
    asked = wanted(city, selection="reprint")
    assert printing.start_run(session, asked, store, by=terminal).total == 1
    with pytest.raises(NothingToPrint):
        printing.start_run(session, asked, store, by=terminal)


def test_stock_is_printed_and_named_tags_keep_their_order(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    ids = life.mint_stock(session, 3, by=terminal)
    codes = [session.get_one(QrTag, tag_id).tag_code for tag_id in reversed(ids)]
    asked = RunWanted(selection=Selection.CODES, tag_codes=codes, sheet="zpl-62")
    run = printing.start_run(session, asked, store, by=terminal)
    assert run.tag_ids == list(reversed(ids))
    _, sent = printing.file(session, run.id, "zpl", store)
    assert sent.count(b"^XA") == 3
    assert session.get_one(QrTag, ids[0], populate_existing=True).state == "printed"


def test_the_second_tag_of_a_position_says_so(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id, wanted=2)
    ids = queries.chosen(session, "all", facility=city.facility_code, limit=10)
    assert [label.copy_no for label in queries.labels(session, ids)] == [1, 2]


def test_what_cannot_be_printed_is_refused(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    with pytest.raises(NoSuchPlace):
        printing.start_run(session, wanted(city, first=25), store, by=terminal)
    with pytest.raises(UnknownSheet):
        printing.start_run(session, wanted(city, sheet="a3"), store, by=terminal)
    with pytest.raises(NotFound):
        printing.start_run(session, wanted(city, printer_id=str(new_id())), store, by=terminal)
    with pytest.raises(Forbidden):
        printing.start_run(session, wanted(city), store, by=city.contractor)
    with pytest.raises(NotFound):
        printing.file(session, new_id(), "pdf", store)


def test_a_printers_miss_moves_what_is_drawn(
    session: Session, city: City, store: PhotoStore, terminal: Actor
) -> None:
    name = f"3階複合機 {city.mark}"
    printing.save_printer(session, PrinterChange(name=name, offset_x_mm=9), by=terminal)
    change = PrinterChange(name=name, offset_x_mm=1.5, offset_y_mm=-1)
    printer = printing.save_printer(session, change, by=terminal)
    edges = []
    for printer_id in (None, printer.id):
        asked = wanted(city, selection="all", printer_id=printer_id)
        run = printing.start_run(session, asked, store, by=terminal)
        edges.append(symbols_of(printing.file(session, run.id, "pdf", store)[1])[0])
    assert edges[1].left - edges[0].left == pytest.approx(1.5, abs=0.05)
    assert edges[1].top - edges[0].top == pytest.approx(-1, abs=0.05)


def test_a_sheet_that_does_not_read_back_is_not_offered(
    session: Session,
    city: City,
    store: PhotoStore,
    terminal: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def misread(*_args: object, **_options: object) -> int:
        raise SheetRefused(label="TJ-PU-00001")

    monkeypatch.setattr(press, "proof", misread)
    run = printing.start_run(session, wanted(city), store, by=terminal)
    assert run.state == RunState.REFUSED
    assert run.problem is not None
    assert run.problem["params"] == {"label": "TJ-PU-00001"}
    with pytest.raises(NotReady):
        printing.file(session, run.id, "pdf", store)
    assert tags.tags_of(session, city.pump_id)[0].printed_on is None


# -- in the worker's lane --------------------------------------------------------------------------


@pytest.fixture
def waiting(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabelRun]:
    """A run of 300 tags, more than are made at once."""
    kept = Settings(photo_store=tmp_path.as_uri())
    monkeypatch.setattr(press, "get_settings", lambda: kept)
    by = terminal_actor("test")
    with transaction(engine) as session:
        session.execute(text("update label_run set state = 'failed' where state <> 'ready'"))
        ids = life.mint_stock(session, 300, by=by)
        codes = [session.get_one(QrTag, tag_id).tag_code for tag_id in ids]
        asked = RunWanted(selection=Selection.CODES, tag_codes=codes)
        run = printing.start_run(session, asked, open_store(kept), by=by)
        assert run.state == RunState.WAITING
    yield run
    with transaction(engine) as session:
        session.execute(text("delete from tag_event where run_id = :id"), {"id": run.id})
        session.execute(text("delete from label_run where id = :id"), {"id": run.id})


def state_of(engine: Engine, run: LabelRun) -> LabelRun:
    with transaction(engine) as session:
        return session.get_one(LabelRun, run.id)


def test_the_worker_makes_a_large_run(engine: Engine, waiting: LabelRun, tmp_path: Path) -> None:
    assert press.work_once(engine)
    made = state_of(engine, waiting)
    assert (made.state, made.done, made.pages) == (RunState.READY, 300, 13)
    assert (tmp_path / press.file_key(waiting.id, "pdf")).stat().st_size > 10_000
    assert not press.work_once(engine)


def test_a_run_whose_worker_died_is_begun_again(engine: Engine, waiting: LabelRun) -> None:
    with transaction(engine) as session:
        assert queries.claim(session) is not None
    assert not press.work_once(engine), "somebody is at it"
    with transaction(engine) as session:
        session.execute(
            text("update label_run set heartbeat_at = now() - interval '3 minutes' where id = :id"),
            {"id": waiting.id},
        )
    assert press.work_once(engine)
    assert state_of(engine, waiting).state == RunState.READY


def test_a_run_that_keeps_breaking_off_is_given_up(
    engine: Engine, waiting: LabelRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(press, "keep", broken)
    for _ in range(press.MAX_ATTEMPTS):
        assert press.work_once(engine)
    assert state_of(engine, waiting).state == RunState.FAILED
    assert not press.work_once(engine)


def test_a_large_sheet_that_does_not_read_back_is_refused_by_name(
    engine: Engine, waiting: LabelRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.tags.labels.proof.read", lambda _pixels: "HTTPS://ELSEWHERE")
    assert press.work_once(engine)
    refused = state_of(engine, waiting)
    assert refused.state == RunState.REFUSED
    assert refused.problem is not None
    assert len(refused.problem["params"]["label"]) == 11
