"""Events of equipment's life that are about a device, a stay, or a whole position."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from service.core.http.session import SessionDep
from service.registry import corrections, life_events, service
from service.registry.api.answers import Writer, one
from service.registry.api.devices import device_answer
from service.registry.schemas.life import (
    Overhaul,
    Relocation,
    StatusChange,
    StayCorrection,
    Withdrawal,
)
from service.registry.schemas.reads import DeviceRead, PositionCard

router = APIRouter()


@router.post("/devices/{device_id}/relocation", status_code=201, response_model=DeviceRead)
def move_device(
    request: Request, session: SessionDep, by: Writer, device_id: UUID, move: Relocation
) -> Response:
    """移設: the device leaves its position and stands in another on the same day."""
    life_events.move_device(session, device_id, move, by=by)
    return one(request, *device_answer(session, device_id), status_code=201)


@router.post("/devices/{device_id}/overhaul", status_code=201, response_model=DeviceRead)
def overhaul_device(
    request: Request, session: SessionDep, by: Writer, device_id: UUID, new: Overhaul
) -> Response:
    """長寿命化対策: the device's age counts from that day."""
    life_events.overhaul_device(session, device_id, new, by=by)
    return one(request, *device_answer(session, device_id), status_code=201)


@router.post("/positions/{position_id}/status", status_code=201, response_model=PositionCard)
def change_status(
    request: Request, session: SessionDep, by: Writer, position_id: UUID, change: StatusChange
) -> Response:
    """休止, 廃止 or 再開. Abolishing takes the device in place out on the same day."""
    life_events.change_status(session, position_id, change, by=by)
    card = service.position_card(session, position_id)
    return one(request, card, card.version, status_code=201)


@router.post("/installations/{installation_id}/correction", status_code=204)
def correct_stay(
    session: SessionDep, by: Writer, installation_id: UUID, change: StayCorrection
) -> None:
    """Other days, kind or works for a stay that was entered wrongly; what is absent stays."""
    corrections.correct_stay(session, installation_id, change, by=by)


@router.post("/installations/{installation_id}/withdrawal", status_code=204)
def withdraw_stay(session: SessionDep, by: Writer, installation_id: UUID, new: Withdrawal) -> None:
    """Takes a stay out that never was."""
    corrections.withdraw_stay(session, installation_id, new, by=by)
