"""People come in with the right word, are locked out after ten wrong ones, and leave a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.worker import drain
from service.accounts import queries, service
from service.accounts.actor import Actor
from service.accounts.domain import (
    BadUsername,
    CompanyMissing,
    CompanyUnknown,
    Role,
    UsernameTaken,
    WeakPassword,
)
from service.core.clock import now
from service.core.database import transaction
from service.core.errors import Forbidden, NotFound
from service.core.settings import Settings

PASSWORD = "ame-no-yoru-42"


def staff(session: Session, by: Actor, username: str = "sato") -> None:
    service.create_user(
        session, username=username, display_name="佐藤", role=Role.STAFF, password=PASSWORD, by=by
    )


def test_right_password_gives_a_token_whose_hash_alone_is_kept(
    session: Session, terminal: Actor, settings: Settings
) -> None:
    staff(session, terminal)
    signed_in = service.sign_in(session, "Sato ", PASSWORD, settings=settings)
    assert signed_in is not None
    kept = session.execute(text("select token_hash from sign_in")).scalars().all()
    assert signed_in.token.encode() not in kept
    assert all(len(value) == 32 for value in kept)


@pytest.mark.parametrize("name", ["sato", "nobody"])
def test_wrong_password_and_unknown_name_look_the_same(
    session: Session, terminal: Actor, settings: Settings, name: str
) -> None:
    staff(session, terminal)
    assert service.sign_in(session, name, "wrong", settings=settings) is None


def test_ten_wrong_passwords_lock_the_account_for_a_while(
    session: Session, terminal: Actor, settings: Settings
) -> None:
    staff(session, terminal)
    for _ in range(service.FAILURES_BEFORE_LOCK):
        assert service.authenticate(session, "sato", "wrong") is None
    assert service.authenticate(session, "sato", PASSWORD) is None
    user = queries.user_by_name(session, "sato")
    assert user is not None
    user.locked_until = now() - timedelta(seconds=1)
    session.flush()
    assert service.authenticate(session, "sato", PASSWORD) is not None


def test_a_disabled_user_is_out_at_once(
    session: Session, terminal: Actor, settings: Settings
) -> None:
    staff(session, terminal)
    assert service.sign_in(session, "sato", PASSWORD, settings=settings)
    user = service.disable_user(session, "sato", by=terminal)
    session.flush()
    left = session.execute(
        text("select count(*) from sign_in where user_id = :id"), {"id": user.id}
    ).scalar_one()
    assert left == 0
    assert service.sign_in(session, "sato", PASSWORD, settings=settings) is None


def test_a_new_password_ends_all_sign_ins(
    session: Session, terminal: Actor, settings: Settings
) -> None:
    staff(session, terminal)
    service.sign_in(session, "sato", PASSWORD, settings=settings)
    user = service.set_password(session, "sato", "another-word-7", by=terminal)
    session.flush()
    left = session.execute(
        text("select count(*) from sign_in where user_id = :id"), {"id": user.id}
    ).scalar_one()
    assert left == 0
    assert service.authenticate(session, "sato", "another-word-7") is not None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"password": "short"}, WeakPassword),
        ({"username": "佐藤"}, BadUsername),
        ({"username": "A"}, BadUsername),
        ({"role": Role.CONTRACTOR}, CompanyMissing),
        ({"username": "sato"}, UsernameTaken),
    ],
)
def test_what_cannot_be_a_user(
    session: Session, terminal: Actor, changes: dict[str, object], error: type[Exception]
) -> None:
    staff(session, terminal)
    values: dict[str, object] = {
        "username": "suzuki",
        "display_name": "鈴木",
        "role": Role.STAFF,
        "password": PASSWORD,
    }
    with pytest.raises(error):
        service.create_user(session, by=terminal, **(values | changes))  # type: ignore[arg-type]


def test_unknown_company_and_unknown_user_are_named(session: Session, terminal: Actor) -> None:
    with pytest.raises(CompanyUnknown):
        service.company_for(session, "X99")
    with pytest.raises(NotFound):
        service.disable_user(session, "nobody", by=terminal)


def test_only_an_administrator_manages_users(session: Session) -> None:
    clerk = Actor(id=None, name="職員", role=Role.STAFF)
    with pytest.raises(Forbidden):
        staff(session, clerk)


@pytest.mark.usefixtures("nothing_pending")
def test_account_changes_reach_the_trail(engine: Engine, terminal: Actor) -> None:
    with transaction(engine) as session:
        staff(session, terminal, "trail1")
    with transaction(engine) as session:
        assert service.authenticate(session, "trail1", "wrong") is None
    drain(engine)
    with transaction(engine) as session:
        actions = session.execute(
            text(
                "select action from audit_entry where target_type = 'user_account'"
                " and after ->> 'username' = 'trail1' order by id"
            )
        ).scalars()
        assert list(actions) == ["create", "login_fail"]
