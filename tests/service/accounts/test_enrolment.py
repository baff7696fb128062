"""Phones: a code enrols one, once and soon; a foreman sees to the company's; PINs hand them on."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from service.accounts import enrolment, queries
from service.accounts.actor import Actor
from service.accounts.domain import (
    BadPin,
    EnrolmentOver,
    NotOnThisPhone,
    PhoneLocked,
    PinUnset,
    Role,
    WrongPin,
    token_hash,
)
from service.accounts.models import UserAccount
from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import NotFound
from service.core.settings import Settings
from tests.factories import make_company, make_user


def actor(user: UserAccount) -> Actor:
    return Actor(user.id, user.display_name, Role(user.role), user.company_id, user.username)


class Company:
    """A foreman and two workers, and somebody of another company."""

    def __init__(self, session: Session) -> None:
        ours, theirs = make_company(session), make_company(session)
        self.foreman, self.one, self.two = (
            make_user(session, Role.CONTRACTOR, ours) for _ in range(3)
        )
        self.foreman.is_foreman = True
        self.stranger = make_user(session, Role.CONTRACTOR, theirs)
        self.admin = make_user(session, Role.ADMINISTRATOR)
        session.flush()


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def enrol(session: Session, settings: Settings, user: UserAccount, by: UserAccount) -> str:
    code = enrolment.invite(session, user.username, by=actor(by)).code
    return enrolment.enrol(session, code, name="1号車", settings=settings).token


def holder(session: Session, token: str) -> Actor | None:
    found = queries.take_on(session, token_hash(token), via="phone", request_id="")
    identify(session, SYSTEM)
    return found


def test_a_code_enrols_one_phone_once(
    session: Session, company: Company, settings: Settings
) -> None:
    code = enrolment.invite(session, company.one.username, by=actor(company.one)).code
    assert enrolment.invited(session, code).id == company.one.id
    token = enrolment.enrol(session, code, name="", settings=settings).token
    held = holder(session, token)
    assert held is not None
    assert held.id == company.one.id
    with pytest.raises(EnrolmentOver):
        enrolment.enrol(session, code, name="", settings=settings)


def test_a_code_is_over_after_a_quarter_of_an_hour(
    session: Session, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = enrolment.invite(session, company.one.username, by=actor(company.one)).code
    later = now() + enrolment.CODE_LIFE + timedelta(seconds=1)
    monkeypatch.setattr(enrolment, "now", lambda: later)
    with pytest.raises(EnrolmentOver):
        enrolment.invited(session, code)


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        ("one", "one", True),
        ("one", "two", False),
        ("foreman", "two", True),
        ("foreman", "stranger", False),
        ("stranger", "one", False),
        ("admin", "stranger", True),
    ],
)
def test_who_may_invite_and_revoke(
    session: Session, company: Company, settings: Settings, by: str, whom: str, *, may: bool
) -> None:
    person, user = actor(getattr(company, by)), getattr(company, whom)
    token = enrol(session, settings, user, company.admin)
    (row,) = queries.phones_with_users(session, user_id=user.id)
    listed = {phone.id for phone, _ in enrolment.phones(session, by=person)}
    assert (row[0].id in listed) is may
    if may:
        enrolment.invite(session, user.username, by=person)
        enrolment.revoke(session, row[0].id, by=person)
        assert holder(session, token) is None
        return
    with pytest.raises(NotFound):
        enrolment.invite(session, user.username, by=person)
    with pytest.raises(NotFound):
        enrolment.revoke(session, row[0].id, by=person)
    identify(session, SYSTEM)
    assert holder(session, token) is not None


def on_phone(session: Session, settings: Settings, company: Company) -> tuple[str, Actor]:
    token = enrol(session, settings, company.one, company.foreman)
    held = holder(session, token)
    assert held is not None
    return token, held


def test_a_colleague_takes_over_by_pin(
    session: Session, company: Company, settings: Settings
) -> None:
    token, held = on_phone(session, settings, company)
    with pytest.raises(PinUnset):
        enrolment.hand_over(session, company.two.id, "1234", by=held)
    enrolment.set_pin(session, "1234", by=actor(company.two))
    took = enrolment.hand_over(session, company.two.id, "1234", by=held)
    assert isinstance(took, UserAccount)
    session.flush()
    now_held = holder(session, token)
    assert now_held is not None
    assert now_held.id == company.two.id


def test_guessing_a_pin_locks_the_phone(
    session: Session, company: Company, settings: Settings
) -> None:
    _, held = on_phone(session, settings, company)
    enrolment.set_pin(session, "1234", by=actor(company.two))
    for _ in range(enrolment.PINS_BEFORE_LOCK):
        assert isinstance(enrolment.hand_over(session, company.two.id, "0000", by=held), WrongPin)
    with pytest.raises(PhoneLocked):
        enrolment.hand_over(session, company.two.id, "1234", by=held)


def test_only_phones_are_handed_over_and_only_within_the_company(
    session: Session, company: Company, settings: Settings
) -> None:
    _, held = on_phone(session, settings, company)
    enrolment.set_pin(session, "1234", by=actor(company.stranger))
    with pytest.raises(NotFound):
        enrolment.hand_over(session, company.stranger.id, "1234", by=held)
    with pytest.raises(NotOnThisPhone):
        enrolment.hand_over(session, company.two.id, "1234", by=actor(company.one))


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４"])
def test_a_pin_has_four_to_eight_digits(session: Session, company: Company, pin: str) -> None:
    with pytest.raises(BadPin):
        enrolment.set_pin(session, pin, by=actor(company.one))


def test_only_contractors_become_foremen(session: Session, company: Company) -> None:
    admin: Any = actor(company.admin)
    enrolment.set_foreman(session, company.one.username, is_foreman=True, by=admin)
    session.flush()
    assert company.one.is_foreman
