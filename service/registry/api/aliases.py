"""Other names of positions and devices: 旧番号, 図面番号, 通称."""

from uuid import UUID

from fastapi import APIRouter

from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.registry import aliases, service
from service.registry.api.answers import Reader, Writer
from service.registry.api.devices import device_answer
from service.registry.queries import aliases as queries
from service.registry.schemas.aliases import AliasCreate, AliasEnd, AliasRead
from service.registry.schemas.life import Withdrawal

router = APIRouter()


@router.get("/positions/{position_id}/aliases")
def list_position_aliases(session: SessionDep, _by: Reader, position_id: UUID) -> list[AliasRead]:
    """Names in use first, then those that have ended."""
    service.position_card(session, position_id)
    return _of(session, position_id)


@router.post("/positions/{position_id}/aliases", status_code=201)
def add_position_alias(
    session: SessionDep, by: Writer, position_id: UUID, new: AliasCreate
) -> AliasRead:
    return _one(session, aliases.add_to_position(session, position_id, new, by=by).id)


@router.get("/devices/{device_id}/aliases")
def list_device_aliases(session: SessionDep, _by: Reader, device_id: UUID) -> list[AliasRead]:
    device_answer(session, device_id)
    return _of(session, device_id)


@router.post("/devices/{device_id}/aliases", status_code=201)
def add_device_alias(
    session: SessionDep, by: Writer, device_id: UUID, new: AliasCreate
) -> AliasRead:
    return _one(session, aliases.add_to_device(session, device_id, new, by=by).id)


@router.post("/aliases/{alias_id}/end")
def end_alias(session: SessionDep, by: Writer, alias_id: UUID, end: AliasEnd) -> AliasRead:
    """The name is no longer in use from that day on; it is found all the same."""
    aliases.end_alias(session, alias_id, end, by=by)
    return _one(session, alias_id)


@router.post("/aliases/{alias_id}/withdrawal", status_code=204)
def withdraw_alias(session: SessionDep, by: Writer, alias_id: UUID, new: Withdrawal) -> None:
    """Takes a name back that was entered wrongly."""
    aliases.withdraw_alias(session, alias_id, new, by=by)


def _of(session: SessionDep, owner_id: UUID) -> list[AliasRead]:
    return [AliasRead.model_validate(dict(row)) for row in queries.of_owner(session, owner_id)]


def _one(session: SessionDep, alias_id: UUID) -> AliasRead:
    row = queries.read(session, alias_id)
    if row is None:
        raise NotFound
    return AliasRead.model_validate(dict(row))
