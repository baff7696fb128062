"""Other names of equipment (旧番号・図面番号・通称): added, ended, taken back.

The names are repeated in the owner's ``alias_names``, which its search text holds. Old numbers of
positions also go to ``legacy_codes``, by which ledgers are matched.
"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import NotFound
from service.core.outbox import publish
from service.registry.domain import AliasKind, AliasTwice, EndsBeforeStart
from service.registry.models import Alias, Device, Position
from service.registry.queries import aliases, devices, positions
from service.registry.schemas.aliases import AliasCreate, AliasEnd
from service.registry.schemas.life import Withdrawal

Owner = Position | Device


def add_to_position(session: Session, position_id: UUID, new: AliasCreate, *, by: Actor) -> Alias:
    """Raises `AliasTwice` when the place has that name on one of these days already."""
    return _add(session, positions.locked(session, position_id), new, by)


def add_to_device(session: Session, device_id: UUID, new: AliasCreate, *, by: Actor) -> Alias:
    return _add(session, devices.locked(session, device_id), new, by)


def end_alias(session: Session, alias_id: UUID, end: AliasEnd, *, by: Actor) -> Alias:
    """The name is out of use from a day on.

    Raises:
        EndsBeforeStart: when it was not in use yet.
    """
    by.require(Permission.REGISTRY_WRITE)
    alias, owner = _alias(session, alias_id)
    since = alias.period.lower
    if since is not None and end.ends_on <= since:
        raise EndsBeforeStart
    before = _told(alias)
    with translating(session, _twice(alias.name)):
        alias.period = Range(since, end.ends_on)
    after = _told(alias)
    _record(session, "end-alias", owner, by=by, before=before, after=after, reason=end.reason)
    return alias


def withdraw_alias(session: Session, alias_id: UUID, new: Withdrawal, *, by: Actor) -> None:
    """Takes a name back that was entered wrongly; nothing is found by it any more."""
    by.require(Permission.REGISTRY_WRITE)
    alias, owner = _alias(session, alias_id)
    session.delete(alias)
    session.flush()
    _repeat(session, owner, gone=alias)
    owner.updated_by = by.id
    session.flush()
    _record(session, "withdraw-alias", owner, by=by, before=_told(alias), reason=new.reason)


def _add(session: Session, owner: Owner | None, new: AliasCreate, by: Actor) -> Alias:
    by.require(Permission.REGISTRY_WRITE)
    if owner is None:
        raise NotFound
    is_position = isinstance(owner, Position)
    alias = Alias(
        kind=new.kind,
        name=new.name,
        period=Range(new.starts_on, new.ends_on),
        note=new.note,
        created_by=by.id,
        position_id=owner.id if is_position else None,
        device_id=None if is_position else owner.id,
    )
    with translating(session, _twice(new.name)):
        session.add(alias)
    _repeat(session, owner)
    owner.updated_by = by.id
    session.flush()
    _record(session, "add-alias", owner, by=by, after=_told(alias))
    return alias


def _twice(name: str) -> dict[str, Callable[[], AliasTwice]]:
    def error() -> AliasTwice:
        return AliasTwice(name=name)

    names = ("equipment_alias_once_position", "equipment_alias_once_device")
    return dict.fromkeys(names, error)


def _repeat(session: Session, owner: Owner, gone: Alias | None = None) -> None:
    known = aliases.names_of(session, owner)
    owner.alias_names = sorted({alias.name for alias in known})
    if isinstance(owner, Position):
        old = {alias.name for alias in known if alias.kind == AliasKind.OLD_NUMBER}
        lost = {gone.name} - old if gone and gone.kind == AliasKind.OLD_NUMBER else set()
        owner.legacy_codes = sorted((set(owner.legacy_codes) | old) - lost)


def _alias(session: Session, alias_id: UUID) -> tuple[Alias, Owner]:
    alias = aliases.locked(session, alias_id)
    if alias is None:
        raise NotFound
    owner: Owner | None = None
    if alias.position_id is not None:
        owner = positions.locked(session, alias.position_id)
    elif alias.device_id is not None:
        owner = devices.locked(session, alias.device_id)
    if owner is None:
        raise NotFound
    return alias, owner


def _told(alias: Alias) -> dict[str, object]:
    return {
        "alias_id": str(alias.id),
        "kind": alias.kind,
        "name": alias.name,
        "starts_on": alias.period.lower,
        "ends_on": alias.period.upper,
        "note": alias.note,
    }


def _record(
    session: Session,
    action: str,
    owner: Owner,
    *,
    by: Actor,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    kind = str(owner.__tablename__)
    record(session, action, kind, owner.id, by=by, before=before, after=after, reason=reason)
    publish(session, "registry.changed", {"kind": kind, "id": owner.id})
