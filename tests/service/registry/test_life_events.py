"""Equipment's life: one action each, nothing overlaps, and what was wrong can be mended."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.accounts.actor import Actor, terminal_actor
from service.core.database import SYSTEM, identify
from service.core.errors import DomainError
from service.faults import filing
from service.registry import corrections, life_events, life_warnings, merging, service
from service.registry.domain import (
    EndsBeforeStart,
    InstallationKind,
    InstallationOverlap,
    Lifecycle,
    NotInPlace,
    RetiredReason,
    SamePlace,
)
from service.registry.life_forms import LifeEvent, life_form, warnings
from service.registry.past import on_day
from service.registry.queries import devices, installations, positions
from service.registry.schemas.life import (
    InstallationCreate,
    Overhaul,
    Relocation,
    Removal,
    Replacement,
    StatusChange,
    StayCorrection,
    Withdrawal,
)
from service.registry.schemas.merges import MergeCreate, MergeUndo
from tests.factories import make_class, make_device, make_installation, make_position

SPRING = date(2020, 4, 1)
LATER = date(2025, 2, 14)


def _days(session: Session, device_id: object) -> list[tuple[str, date | None, date | None]]:
    rows = installations.of_device(session, device_id)
    return [(row["position_code"], row["starts_on"], row["ends_on"]) for row in rows]


def test_a_move_is_one_action_and_no_retirement(session: Session, terminal: Actor) -> None:
    here, there, device = make_position(session), make_position(session), make_device(session)
    make_installation(session, here, device, starts_on=SPRING)
    move = Relocation(to_position_id=there.id, moved_on=LATER, work_ref="第3号工事")
    life_events.move_device(session, device.id, move, by=terminal)
    assert _days(session, device.id) == [
        (there.position_code, LATER, None),
        (here.position_code, SPRING, LATER),
    ]
    assert device.retired_on is None
    with pytest.raises(SamePlace):
        life_events.move_device(session, device.id, move, by=terminal)


def test_a_move_to_a_taken_place_changes_nothing(session: Session, terminal: Actor) -> None:
    here, there, device = make_position(session), make_position(session), make_device(session)
    make_installation(session, here, device, starts_on=SPRING)
    make_installation(session, there, starts_on=SPRING)
    move = Relocation(to_position_id=there.id, moved_on=LATER)
    with pytest.raises(InstallationOverlap) as refused, session.begin_nested():
        life_events.move_device(session, device.id, move, by=terminal)
    assert refused.value.params["position"] == there.name
    assert _days(session, device.id) == [(here.position_code, SPRING, None)]


def test_a_device_kept_as_a_spare_is_found_in_the_warehouse(
    session: Session, terminal: Actor
) -> None:
    position, device = make_position(session), make_device(session)
    make_installation(session, position, device, starts_on=SPRING)
    removal = Removal(removed_on=LATER, retired_reason=None)
    life_events.remove_device(session, position.id, removal, by=terminal)
    found = devices.spares(session, device.asset_code, limit=5)
    assert [row["id"] for row in found] == [device.id]
    with pytest.raises(NotInPlace):
        life_events.move_device(
            session,
            device.id,
            Relocation(to_position_id=make_position(session).id, moved_on=LATER),
            by=terminal,
        )


def test_a_temporary_device_leaves_by_itself(session: Session, terminal: Actor) -> None:
    position, device = make_position(session), make_device(session)
    stay = InstallationCreate(
        device_id=device.id,
        starts_on=LATER,
        ends_on=LATER + timedelta(30),
        kind=InstallationKind.TEMPORARY,
    )
    life_events.install_device(session, position.id, stay, by=terminal)
    assert installations.device_at(session, position.id, LATER + timedelta(29)) == device.id
    assert installations.device_at(session, position.id, LATER + timedelta(30)) is None
    assert device.installed_from is None, "its life here has not begun"


def test_an_overhaul_restarts_the_age(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    device = make_device(
        session, installed_from=SPRING, installed_to=SPRING, installed_precision="day"
    )
    make_installation(session, position, device, starts_on=SPRING)
    before = positions.card(session, position.id)["device"]["age_years"]
    overhaul = Overhaul(overhauled_on=date(2024, 4, 1), work_ref="長寿命化工事")
    life_events.overhaul_device(session, device.id, overhaul, by=terminal)
    after = positions.card(session, position.id)["device"]["age_years"]
    assert before - after == pytest.approx(4.0, abs=0.11)


def test_abolishing_takes_the_device_out_and_reopening_leaves_the_place_empty(
    session: Session, terminal: Actor
) -> None:
    position, device = make_position(session), make_device(session)
    make_installation(session, position, device, starts_on=SPRING)
    closed = StatusChange(status=Lifecycle.ABOLISHED, changed_on=LATER, reason="統廃合")
    life_events.change_status(session, position.id, closed, by=terminal)
    assert (device.retired_on, device.retired_reason) == (LATER, RetiredReason.ABOLISHED)
    opened = StatusChange(status=Lifecycle.IN_USE, changed_on=LATER, reason="再開")
    life_events.change_status(session, position.id, opened, by=terminal)
    assert positions.card(session, position.id)["device"] is None


def test_a_wrong_day_is_mended_and_the_retirement_follows(
    session: Session, terminal: Actor
) -> None:
    position, old = make_position(session), make_device(session)
    make_installation(session, position, old, starts_on=SPRING)
    new = Replacement(device_id=make_device(session).id, replaced_on=LATER)
    life_events.replace_device(session, position.id, new, by=terminal)
    (first,) = installations.of_device(session, old.id)
    early = StayCorrection(ends_on=date(2025, 2, 1), reason="日付の誤り")
    corrections.correct_stay(session, first["id"], early, by=terminal)
    assert old.retired_on == date(2025, 2, 1)
    late = StayCorrection(ends_on=date(2025, 3, 1), reason="日付の誤り")
    with pytest.raises(InstallationOverlap):
        corrections.correct_stay(session, first["id"], late, by=terminal)
    nothing = StayCorrection(ends_on=SPRING, reason="日付の誤り")
    with pytest.raises(EndsBeforeStart):
        corrections.correct_stay(session, first["id"], nothing, by=terminal)


def test_a_stay_that_never_was_is_withdrawn(session: Session, terminal: Actor) -> None:
    position, device = make_position(session), make_device(session)
    stay = make_installation(session, position, device, starts_on=SPRING)
    corrections.withdraw_stay(session, stay.id, Withdrawal(reason="別の機器"), by=terminal)
    assert _days(session, device.id) == []


def test_what_somebody_should_know_before(session: Session) -> None:
    kind = make_class(session, disposal_limit_years=7)
    position = make_position(session, class_id=kind.id)
    device = make_device(
        session,
        class_id=kind.id,
        subsidised=True,
        installed_from=SPRING,
        installed_to=SPRING,
        installed_precision="day",
    )
    make_installation(session, position, device, starts_on=SPRING, ends_on=LATER)
    leaving = life_warnings.warnings_of_leaving
    (warned,) = leaving(session, device.id, date(2026, 3, 31))
    assert warned.params == {"years": 7, "until": "2027-04-01"}
    other = make_device(session)
    coming = life_warnings.warnings_of_coming(session, position.id, other, LATER + timedelta(4))
    assert [found.message for found in coming] == [
        life_warnings.GAP,
        life_warnings.OTHER_CLASS,
    ]


def test_the_warehouse_is_told_on_the_way_in_and_out(session: Session, terminal: Actor) -> None:
    kind = make_class(session)
    here, there = (make_position(session, class_id=kind.id) for _ in range(2))
    device = make_device(session, class_id=kind.id)
    make_installation(session, here, device, starts_on=SPRING)
    card = service.position_card(session, here.id)
    keep = life_form(LifeEvent.REMOVE, {"on": LATER.isoformat()})
    (warned,) = warnings(session, LifeEvent.REMOVE, card, keep)
    assert warned.message == life_warnings.LEAVES_EMPTY
    scrap = life_form(LifeEvent.REMOVE, {"on": LATER.isoformat(), "retired_reason": "failed"})
    assert warnings(session, LifeEvent.REMOVE, card, scrap) == []
    removal = Removal(removed_on=LATER, retired_reason=None)
    life_events.remove_device(session, here.id, removal, by=terminal)
    coming = life_warnings.warnings_of_coming
    (stored,) = coming(session, there.id, device, LATER + timedelta(30))
    assert stored.message == life_warnings.FROM_WAREHOUSE
    assert stored.params == {"day": LATER.isoformat(), "days": 30}
    assert list(coming(session, there.id, device, LATER)) == []
    assert list(coming(session, there.id, make_device(session, class_id=kind.id), LATER)) == []


def test_a_subsidised_device_may_not_leave_its_facility_unwarned(session: Session) -> None:
    kind = make_class(session, disposal_limit_years=7)
    here = make_position(session, class_id=kind.id)
    beside = make_position(session, facility_id=here.facility_id, class_id=kind.id)
    elsewhere = make_position(session, class_id=kind.id)
    young = {"installed_from": SPRING, "installed_to": SPRING, "installed_precision": "day"}
    device = make_device(session, class_id=kind.id, subsidised=True, **young)
    make_installation(session, here, device, starts_on=SPRING)
    card = service.position_card(session, here.id)

    def told(target: str) -> list[str]:
        values = {"on": LATER.isoformat(), "to_position": target}
        form = life_form(LifeEvent.MOVE, values)
        return [warned.message for warned in warnings(session, LifeEvent.MOVE, card, form)]

    assert told(beside.position_code) == []
    assert told(elsewhere.position_code) == [life_warnings.DISPOSAL_LIMIT]


class Lives(RuleBasedStateMachine):
    """Any events in any order: the invariants of the register hold against the database."""

    engine: Engine

    @initialize()
    def begin(self) -> None:
        self.session = Session(self.engine)
        self.transaction = self.session.begin()
        identify(self.session, SYSTEM)
        self.by = terminal_actor("test")
        kind = make_class(self.session)
        self.places = [make_position(self.session, class_id=kind.id).id for _ in range(3)]
        self.devices = [make_device(self.session, class_id=kind.id).id for _ in range(3)]

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()

    def _try(self, act: object) -> None:
        try:
            with self.session.begin_nested():
                act()  # type: ignore[operator]
        except DomainError:
            self.session.expire_all()

    @rule(place=st.integers(0, 2), device=st.integers(0, 2), day=st.integers(0, 400))
    def install(self, place: int, device: int, day: int) -> None:
        new = InstallationCreate(device_id=self.devices[device], starts_on=SPRING + timedelta(day))
        self._try(
            lambda: life_events.install_device(self.session, self.places[place], new, by=self.by)
        )

    @rule(place=st.integers(0, 2), device=st.integers(0, 2), day=st.integers(0, 400))
    def replace(self, place: int, device: int, day: int) -> None:
        new = Replacement(device_id=self.devices[device], replaced_on=SPRING + timedelta(day))
        self._try(
            lambda: life_events.replace_device(self.session, self.places[place], new, by=self.by)
        )

    @rule(place=st.integers(0, 2), day=st.integers(0, 400), keep=st.booleans())
    def remove(self, place: int, day: int, keep: bool) -> None:  # noqa: FBT001
        reason = None if keep else RetiredReason.FAILED
        removal = Removal(removed_on=SPRING + timedelta(day), retired_reason=reason)
        self._try(
            lambda: life_events.remove_device(self.session, self.places[place], removal, by=self.by)
        )

    @rule(place=st.integers(0, 2), device=st.integers(0, 2), day=st.integers(0, 400))
    def move(self, place: int, device: int, day: int) -> None:
        move = Relocation(to_position_id=self.places[place], moved_on=SPRING + timedelta(day))
        self._try(
            lambda: life_events.move_device(self.session, self.devices[device], move, by=self.by)
        )

    @rule(place=st.integers(0, 2), day=st.integers(0, 400))
    def abolish(self, place: int, day: int) -> None:
        change = StatusChange(
            status=Lifecycle.ABOLISHED, changed_on=SPRING + timedelta(day), reason="廃止"
        )
        self._try(
            lambda: life_events.change_status(self.session, self.places[place], change, by=self.by)
        )

    @rule(pick=st.integers(0, 20), start=st.integers(-30, 400), length=st.integers(-5, 90))
    def correct(self, pick: int, start: int, length: int) -> None:
        stays = self._stays()
        if not stays:
            return
        first = SPRING + timedelta(start)
        change = StayCorrection(
            starts_on=first, ends_on=first + timedelta(length), reason="日付の誤り"
        )
        chosen = stays[pick % len(stays)]
        self._try(lambda: corrections.correct_stay(self.session, chosen, change, by=self.by))

    @rule(place=st.integers(0, 2), day=st.integers(-30, 400))
    def ask_the_past(self, place: int, day: int) -> None:
        """The register of any day shows the very device that the history has there."""
        asked = SPRING + timedelta(day)
        there = installations.device_at(self.session, self.places[place], asked)
        self.session.flush()
        with on_day(self.session, asked, by=self.by):
            card = positions.card(self.session, self.places[place])
        shown = card["device"] if card else None
        assert (shown["id"] if shown else None) == (str(there) if there else None)

    @rule(place=st.integers(0, 2), day=st.integers(-30, 400))
    def report(self, place: int, day: int) -> None:
        """A fault of any day, told at any time, finds at most one device: the one of its day."""
        occurred = SPRING + timedelta(day)
        found = filing.place_of_position(self.session, self.places[place], day=occurred)
        assert found is not None
        assert found.device_id == installations.device_at(
            self.session, self.places[place], occurred
        )

    @invariant()
    def every_day_has_one_device_a_place_and_one_place_a_device(self) -> None:
        if not hasattr(self, "session"):
            return
        doubled = text(
            "select count(*) from generate_series(cast(:first as date), :last, interval '7 days')"
            " day cross join lateral (select count(*) - count(distinct device_id) as twice,"
            " count(*) - count(distinct position_id) as shared from installation"
            " where position_id = any(:p) and period @> day::date) held"
            " where held.twice > 0 or held.shared > 0"
        )
        days = {"first": SPRING - timedelta(30), "last": SPRING + timedelta(500)}
        assert self.session.execute(doubled, {"p": self.places} | days).scalar_one() == 0

    @rule(kept=st.integers(0, 2), absorbed=st.integers(0, 2))
    def merge(self, kept: int, absorbed: int) -> None:
        new = MergeCreate(absorbed_id=self.devices[absorbed], reason="二重登録")
        self._try(lambda: merging.merge_devices(self.session, self.devices[kept], new, by=self.by))

    @rule(pick=st.integers(0, 20))
    def undo(self, pick: int) -> None:
        statement = text(
            "select id from device_merge where kept_id = any(:d) and undone_at is null order by id"
        )
        standing = list(self.session.execute(statement, {"d": self.devices}).scalars())
        if not standing:
            return
        undo = MergeUndo(reason="別の機器")
        chosen = standing[pick % len(standing)]
        self._try(lambda: merging.undo_merge(self.session, chosen, undo, by=self.by))

    @rule(kept=st.integers(0, 2), absorbed=st.integers(0, 2))
    def merge_and_undo_leaves_no_trace(self, kept: int, absorbed: int) -> None:
        before = self._told()
        new = MergeCreate(absorbed_id=self.devices[absorbed], reason="二重登録")
        try:
            with self.session.begin_nested():
                made = merging.merge_devices(self.session, self.devices[kept], new, by=self.by)
        except DomainError:
            self.session.expire_all()
        else:
            merging.undo_merge(self.session, made.id, MergeUndo(reason="誤り"), by=self.by)
        assert self._told() == before

    def _told(self) -> list[object]:
        self.session.flush()
        devices_told = text(
            "select to_jsonb(d) - '{version,updated_at,updated_by}'::text[] from device d"
            " where id = any(:d) order by id"
        )
        stays_told = text(
            "select to_jsonb(i) from installation i where device_id = any(:d) order by id"
        )
        return [
            list(self.session.execute(statement, {"d": self.devices}).scalars())
            for statement in (devices_told, stays_told)
        ]

    def _stays(self) -> list[object]:
        statement = text("select id from installation where position_id = any(:p) order by id")
        return list(self.session.execute(statement, {"p": self.places}).scalars())

    @invariant()
    def nothing_overlaps(self) -> None:
        if not hasattr(self, "session"):
            return
        overlaps = text(
            "select count(*) from installation a join installation b on a.id < b.id"
            " and a.period && b.period and (a.device_id = b.device_id"
            " or a.position_id = b.position_id) where a.position_id = any(:p)"
        )
        assert self.session.execute(overlaps, {"p": self.places}).scalar_one() == 0

    @invariant()
    def who_is_retired_stands_nowhere(self) -> None:
        if not hasattr(self, "session"):
            return
        standing = text(
            "select count(*) from installation i join device d on d.id = i.device_id"
            " where d.retired_on is not null and upper_inf(i.period) and d.id = any(:d)"
        )
        assert self.session.execute(standing, {"d": self.devices}).scalar_one() == 0

    @invariant()
    def who_was_merged_has_nothing_of_its_own(self) -> None:
        if not hasattr(self, "session"):
            return
        own = text(
            "select count(*) from installation i join device d on d.id = i.device_id"
            " where d.merged_into_id is not null and d.id = any(:d)"
        )
        assert self.session.execute(own, {"d": self.devices}).scalar_one() == 0


def test_no_order_of_events_breaks_the_register(engine: Engine) -> None:
    Lives.engine = engine
    Lives.TestCase.settings = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Lives.TestCase("runTest").runTest()
