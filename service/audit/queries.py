import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, RowMapping, text
from sqlmodel import Session

CONTENT_COLUMNS = (
    "at",
    "actor_id",
    "actor_name",
    "actor_company_id",
    "via",
    "action",
    "target_type",
    "target_id",
    "before",
    "after",
    "reason",
    "request_id",
)
_INSERT = text(
    "insert into audit_entry (at, actor_id, actor_name, actor_company_id, via, action,"
    " target_type, target_id, before, after, reason, request_id, digest)"
    " values (:at, :actor_id, :actor_name, :actor_company_id, :via, :action, :target_type,"
    " :target_id, cast(:before as jsonb), cast(:after as jsonb), :reason, :request_id, :digest)"
)
_UNSEALED = text(
    "select e.id, e.digest from audit_entry e"
    " where not exists (select 1 from audit_seal s where s.entry_id = e.id)"
    " order by e.id limit :limit"
)
_UNSEALED_COUNT = text(
    "select count(*) from audit_entry e"
    " where not exists (select 1 from audit_seal s where s.entry_id = e.id)"
)
_SEALED = text(
    f"select s.seq, s.hash, e.digest, {', '.join('e.' + c for c in CONTENT_COLUMNS)}"  # noqa: S608
    " from audit_seal s join public.audit_entry e on e.id = s.entry_id order by s.seq"
)
_OF_TARGET = text(
    "select id, at, actor_name, via, action, before, after, reason, request_id from audit_entry"
    " where target_type = :target_type and target_id = :target_id order by id desc limit :limit"
)


def insert_entry(session: Session, content: Mapping[str, Any], digest: bytes) -> None:
    values = dict(content, digest=digest)
    for key in ("before", "after"):
        if values[key] is not None:
            values[key] = json.dumps(values[key], ensure_ascii=False)
    session.execute(_INSERT, values)


def lock_sealing(session: Session) -> bool:
    lock = text("select pg_try_advisory_xact_lock(hashtext('audit_seal'))")
    return bool(session.execute(lock).scalar_one())


def last_seal(session: Session) -> tuple[int, bytes] | None:
    row = session.execute(
        text("select seq, hash from audit_seal order by seq desc limit 1")
    ).first()
    return None if row is None else (row.seq, bytes(row.hash))


def unsealed(session: Session, limit: int) -> list[Row[Any]]:
    return list(session.execute(_UNSEALED, {"limit": limit}))


def unsealed_count(session: Session) -> int:
    return int(session.execute(_UNSEALED_COUNT).scalar_one())


def insert_seal(session: Session, seq: int, entry_id: int, chain: bytes) -> None:
    session.execute(
        text("insert into audit_seal (seq, entry_id, hash) values (:seq, :entry_id, :hash)"),
        {"seq": seq, "entry_id": entry_id, "hash": chain},
    )


@contextmanager
def sealed(session: Session) -> Iterator[Iterable[RowMapping]]:
    """The whole chain in order, through a cursor of the server."""
    with session.execute(_SEALED, execution_options={"yield_per": 2000}) as result:
        yield result.mappings()


def of_target(
    session: Session, target_type: str, target_id: str, *, limit: int = 200
) -> list[Row[Any]]:
    return list(
        session.execute(
            _OF_TARGET, {"target_type": target_type, "target_id": target_id, "limit": limit}
        )
    )
