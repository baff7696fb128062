"""Quiet hours, digests, night duty, who gets what: rules that ask nobody."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.domain import Role
from service.core.clock import JST
from service.core.identity import new_id
from service.notifications.addressing import News, Subscriber, address
from service.notifications.domain import (
    Channel,
    Delivery,
    Hours,
    Kind,
    Reason,
    Rhythm,
    Scope,
    in_hours,
    mail_backoff,
    next_at,
    offered,
)

CLOCK = st.times().map(lambda t: t.replace(microsecond=0))
MOMENT = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda m: m.replace(tzinfo=UTC)
)
ME = new_id()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@given(CLOCK, CLOCK, CLOCK)
def test_hours_and_their_complement_share_out_the_day(clock: time, start: time, end: time) -> None:
    if start != end:
        inside = in_hours(clock, start, end, whole_day=False)
        assert inside is not in_hours(clock, end, start, whole_day=False)
    assert in_hours(start, start, end, whole_day=True)


@given(MOMENT, CLOCK)
def test_the_next_time_of_the_clock_is_within_a_day(moment: datetime, clock: time) -> None:
    found = next_at(moment, clock)
    assert moment <= found < moment + timedelta(days=1)
    assert found.astimezone(JST).time() == clock


@given(MOMENT, CLOCK, CLOCK, st.sampled_from(Delivery), CLOCK)
def test_no_mail_comes_in_quiet_hours_and_none_waits_two_days(
    moment: datetime, start: time, end: time, delivery: Delivery, digest_at: time
) -> None:
    rhythm = Rhythm(start, end, delivery, digest_at)
    due = rhythm.due(moment, passes=False)
    assert moment <= due <= moment + timedelta(days=2)
    assert not in_hours(due.astimezone(JST).time(), start, end, whole_day=False)
    assert rhythm.due(moment, passes=True) == moment


def test_quiet_hours_reach_over_midnight() -> None:
    night = Rhythm(time(22), time(6, 30))
    assert night.due(at("2026-11-23T23:50"), passes=False) == at("2026-11-24T06:30")
    assert night.due(at("2026-11-24T06:29"), passes=False) == at("2026-11-24T06:30")
    assert night.due(at("2026-11-24T06:30"), passes=False) == at("2026-11-24T06:30")
    assert night.due(at("2026-11-24T21:59"), passes=False) == at("2026-11-24T21:59")


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2026-11-20T17:14", False),  # a Friday
        ("2026-11-20T17:15", True),
        ("2026-11-21T03:00", True),  # Friday's night goes on
        ("2026-11-21T08:30", False),
        ("2026-11-21T18:00", False),  # Saturday's night is somebody else's
        ("2026-11-28T02:00", True),  # the last night ends the day after the period
        ("2026-11-28T18:00", False),
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(moment: str, *, covered: bool) -> None:
    fridays = Hours(date(2026, 11, 16), date(2026, 11, 27), (4,), time(17, 15), time(8, 30))
    assert fridays.covers(at(moment)) is covered


def test_equal_times_are_the_whole_day() -> None:
    whole = Hours(date(2026, 11, 23), date(2026, 11, 23), (), time(0), time(0))
    assert whole.covers(at("2026-11-23T12:00"))
    assert not whole.covers(at("2026-11-24T00:00"))


def someone(role: Role = Role.STAFF, **values: object) -> Subscriber:
    given: dict = {"user_id": ME, "role": role, "mail_address": "a@example.jp"} | values
    return Subscriber(**given)


def news(kind: Kind = Kind.REPORT, **values: object) -> News:
    given: dict = {"kind": kind, "facts": {"form": "report"}} | values
    return News(**given)


def test_nobody_is_told_what_they_did_themselves() -> None:
    assert address(news(Kind.EMERGENCY), someone()) is not None
    assert address(news(Kind.EMERGENCY, by_id=ME), someone()) is None
    due = {ME: Reason.ON_CALL}
    assert address(news(Kind.EMERGENCY, by_id=ME, due=due), someone()) is None


def test_other_peoples_cases_come_only_when_wanted() -> None:
    assert address(news(Kind.CASE), someone()) is None
    mine = address(news(Kind.CASE, involved={ME}), someone())
    assert mine is not None
    assert mine.reason is Reason.INVOLVED
    assert mine.channels == {Channel.IN_APP}
    everything = someone(choices={(Kind.CASE, Channel.MAIL): Scope.ALL})
    chosen = address(news(Kind.CASE), everything)
    assert chosen is not None
    assert chosen.channels == {Channel.MAIL}
    assert chosen.reason is Reason.CHOSEN


def test_only_the_chosen_facilities() -> None:
    here, there = new_id(), new_id()
    person = someone(facility_ids={here})
    assert address(news(facility_id=here), person) is not None
    assert address(news(facility_id=there), person) is None
    duty = news(Kind.EMERGENCY, facility_id=there, due={ME: Reason.ON_CALL})
    assert address(duty, person) is not None
    assert address(news(Kind.APPROVAL, facility_id=there, due={ME: Reason.HOLDER}), person)


def test_duty_goes_before_defaults_but_not_before_a_no() -> None:
    """Planners get no mails by default; one who is on call tonight does."""
    duty = news(Kind.EMERGENCY, due={ME: Reason.ON_CALL}, relaxed=True)
    planner = someone(Role.ENGINEER)
    found = address(duty, planner)
    assert found is not None
    assert found.channels == {Channel.IN_APP, Channel.MAIL}
    assert found.reason is Reason.ON_CALL
    assert found.passes
    silent = someone(choices={(Kind.EMERGENCY, Channel.MAIL): Scope.OFF})
    found = address(duty, silent)
    assert found is not None
    assert found.channels == {Channel.IN_APP}


def test_quiet_hours_of_others_hold_while_somebody_is_on_duty() -> None:
    other = new_id()
    with_duty = address(news(Kind.EMERGENCY, due={other: Reason.ON_CALL}, relaxed=True), someone())
    assert with_duty is not None
    assert not with_duty.passes
    without = address(news(Kind.EMERGENCY), someone())
    assert without is not None
    assert without.passes


@given(
    role=st.sampled_from(Role),
    kind=st.sampled_from(Kind),
    choices=st.dictionaries(
        st.tuples(st.sampled_from(Kind), st.sampled_from(Channel)), st.sampled_from(Scope)
    ),
    is_due=st.booleans(),
    has_mail=st.booleans(),
)
def test_what_is_switched_off_or_not_offered_never_comes(
    *, role: Role, kind: Kind, choices: dict, is_due: bool, has_mail: bool
) -> None:
    person = someone(role, choices=choices, mail_address="a@example.jp" if has_mail else None)
    due: dict[UUID, Reason] = {ME: Reason.ON_CALL} if is_due else {}
    found = address(news(kind, due=due, involved={ME}), person)
    channels = found.channels if found else frozenset()
    for channel in Channel:
        if choices.get((kind, channel)) is Scope.OFF or kind not in offered(role):
            assert channel not in channels
    assert has_mail or Channel.MAIL not in channels


def test_backoff_grows_to_four_hours() -> None:
    waits = [mail_backoff(n) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=4))
