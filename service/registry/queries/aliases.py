"""Other names of positions and devices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.registry.models import Alias, Device, Position
from service.registry.queries.search import every_word, search_words

_ALIASES = """
    select a.id, a.position_id, a.device_id, a.kind, a.name, lower(a.period) as starts_on,
      upper(a.period) as ends_on, a.note from equipment_alias a
"""
_ONE = text(_ALIASES + " where a.id = :id")
_OF_OWNER = text(
    _ALIASES
    + """ where a.position_id = :id or a.device_id = :id
      order by upper(a.period) desc nulls first, a.kind, a.name"""
)
# Old numbers out of ledgers are known without their days.
_MEANT = """
    select owner, name, kind from (
      select coalesce(a.position_id, a.device_id) as owner, a.name, a.kind
      from equipment_alias a where a.position_id = any (:ids) or a.device_id = any (:ids)
      union
      select p.id, code, 'old_number' from position p cross join unnest(p.legacy_codes) code
      where p.id = any (:ids)) known
    where {where} order by kind desc, name
"""


def read(session: Session, alias_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": alias_id}).mappings().first()


def of_owner(session: Session, owner_id: UUID) -> list[RowMapping]:
    """Names in use first, then those that have ended, the latest first."""
    return list(session.execute(_OF_OWNER, {"id": owner_id}).mappings())


def locked(session: Session, alias_id: UUID) -> Alias | None:
    return session.get(Alias, alias_id, with_for_update=True)


def names_of(session: Session, owner: Position | Device) -> list[Alias]:
    column = col(Alias.position_id if isinstance(owner, Position) else Alias.device_id)
    return list(session.exec(select(Alias).where(column == owner.id).order_by(col(Alias.name))))


def meant(session: Session, typed: str, ids: Sequence[UUID]) -> dict[UUID, RowMapping]:
    """By owner, the other name in which one of the typed words was found."""
    if not ids:
        return {}
    found: dict[UUID, RowMapping] = {}
    for word in search_words(typed):
        where, params = every_word(word, "gesuibo.fold(name) like :{word}")
        statement = text(_MEANT.format(where=where))
        for row in session.execute(statement, params | {"ids": list(ids)}).mappings():
            found.setdefault(row["owner"], row)
    return found
