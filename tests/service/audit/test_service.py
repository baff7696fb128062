"""The trail proves itself, and shows where somebody has been at it."""

from uuid import uuid4

from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit import service


def write(session: Session, actor: Actor, count: int) -> None:
    for number in range(count):
        service.record(
            session,
            "update",
            "position",
            uuid4(),
            by=actor,
            before={"name": "No.1汚水ポンプ", "n": number},
            after={"name": "No.2汚水ポンプ", "id": uuid4()},
            reason="台帳の訂正",
        )


def start_over(session: Session) -> None:
    """Seals whatever other tests have left, so that counts below are this test's own."""
    while service.seal_pending(session):
        pass


def test_sealed_entries_verify(session: Session, terminal: Actor) -> None:
    start_over(session)
    before = service.verify(session).entries
    write(session, terminal, 3)
    assert service.verify(session).unsealed == 3
    assert service.seal_pending(session) == 3
    result = service.verify(session)
    assert (result.entries - before, result.unsealed, result.broken_at) == (3, 0, None)


def test_sealing_goes_on_where_it_stopped(session: Session, terminal: Actor) -> None:
    start_over(session)
    write(session, terminal, 5)
    assert service.seal_pending(session, limit=2) == 2
    assert service.seal_pending(session) == 3
    assert service.verify(session).broken_at is None


def as_superuser(session: Session, statement: str) -> None:
    """What only an attacker with the server's keys can do: rights and triggers switched off."""
    session.execute(text("set local role none"))
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text(statement))
    session.execute(text("set local session_replication_role = origin"))
    session.execute(text("set local role gesuibo_app"))


def test_a_changed_entry_is_found(session: Session, terminal: Actor) -> None:
    start_over(session)
    write(session, terminal, 3)
    service.seal_pending(session)
    as_superuser(
        session,
        "update audit_entry set reason = '別の理由'"
        " where id = (select max(entry_id) - 1 from audit_seal)",
    )
    result = service.verify(session)
    assert result.problem == "entry-changed"
    assert result.broken_at is not None


def test_a_removed_entry_is_found(session: Session, terminal: Actor) -> None:
    start_over(session)
    write(session, terminal, 3)
    service.seal_pending(session)
    newest = "select max(seq) - 1 from audit_seal"
    as_superuser(session, f"delete from audit_seal where seq = ({newest})")
    assert service.verify(session).problem == "missing-seal"


def test_a_swapped_chain_value_is_found(session: Session, terminal: Actor) -> None:
    start_over(session)
    write(session, terminal, 2)
    service.seal_pending(session)
    as_superuser(
        session,
        "update audit_seal set hash = sha256('x') where seq = (select max(seq) from audit_seal)",
    )
    assert service.verify(session).problem == "chain-broken"
