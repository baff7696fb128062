from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.conditional import IfMatch
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, Page
from service.maintenance import part_lists, queries, service
from service.maintenance.queries import Chosen
from service.maintenance.schemas import (
    DueRead,
    InspectionCorrection,
    InspectionCreate,
    InspectionRead,
    ModelPartCreate,
    ModelPartRead,
    ModelPartUpdate,
    PartReplacementCorrection,
    PartReplacementCreate,
    PartReplacementRead,
)
from service.registry.api.answers import Cursor, Fields, Limit, Reader, Writer, one, page

router = APIRouter(prefix="/api/v1", tags=["maintenance"], dependencies=[ONLY_KNOWN_PARAMETERS])
_KEY = "place"


def chosen(
    position: Annotated[UUID | None, Query(description="Id of a position")] = None,
    device: Annotated[UUID | None, Query(description="Id of a device")] = None,
    facility: Annotated[str | None, Query(description="Facility code", max_length=80)] = None,
) -> Chosen:
    return Chosen(position, device, facility)


Choice = Annotated[Chosen, Depends(chosen)]


@router.get("/inspections", response_model=Page[InspectionRead])
def list_inspections(
    request: Request,
    session: SessionDep,
    _by: Reader,
    choice: Choice,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
) -> Response:
    """The newest first."""
    rows = queries.inspections(session, choice, seen=service.seen(cursor), limit=limit + 1)
    return page(request, InspectionRead, rows, limit=limit, key=_KEY, fields=fields)


@router.get("/inspections/due", response_model=Page[DueRead])
def list_due(
    request: Request,
    session: SessionDep,
    _by: Reader,
    facility: Annotated[str | None, Query(description="Facility code", max_length=80)] = None,
    until: Annotated[date | None, Query(description="In 90 days if absent")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
) -> Response:
    """What is to be inspected, the longest overdue first."""
    rows = queries.due(
        session,
        facility=facility,
        until=until or today() + timedelta(days=service.DUE_DAYS),
        today=today(),
        seen=service.seen(cursor),
        limit=limit + 1,
    )
    return page(request, DueRead, rows, limit=limit, key=_KEY, fields=fields)


@router.get("/inspections/{inspection_id}", response_model=InspectionRead)
def get_inspection(
    request: Request, session: SessionDep, _by: Reader, inspection_id: UUID, fields: Fields = None
) -> Response:
    found = _inspection(session, inspection_id)
    return one(request, found, found.version, fields)


@router.post("/inspections", status_code=201, response_model=InspectionRead)
def record_inspection(
    request: Request, session: SessionDep, by: Writer, new: InspectionCreate
) -> Response:
    """The position takes its health from the newest inspection that judges it."""
    made = _inspection(session, service.record_inspection(session, new, by=by).id)
    address = f"/api/v1/inspections/{made.id}"
    return one(request, made, made.version, status_code=201, location=address)


@router.patch("/inspections/{inspection_id}", response_model=InspectionRead)
def correct_inspection(
    request: Request,
    session: SessionDep,
    by: Writer,
    inspection_id: UUID,
    change: InspectionCorrection,
    expected: IfMatch,
) -> Response:
    service.correct_inspection(session, inspection_id, change, expected, by=by)
    found = _inspection(session, inspection_id)
    return one(request, found, found.version)


@router.get("/part-replacements", response_model=Page[PartReplacementRead])
def list_replacements(
    request: Request,
    session: SessionDep,
    _by: Reader,
    choice: Choice,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
) -> Response:
    """The newest first. What a part cost is told to the city only."""
    rows = queries.replacements(session, choice, seen=service.seen(cursor), limit=limit + 1)
    return page(request, PartReplacementRead, rows, limit=limit, key=_KEY, fields=fields)


@router.get("/part-replacements/{replacement_id}", response_model=PartReplacementRead)
def get_replacement(
    request: Request, session: SessionDep, _by: Reader, replacement_id: UUID, fields: Fields = None
) -> Response:
    found = _replacement(session, replacement_id)
    return one(request, found, found.version, fields)


@router.post("/part-replacements", status_code=201, response_model=PartReplacementRead)
def record_replacement(
    request: Request, session: SessionDep, by: Writer, new: PartReplacementCreate
) -> Response:
    """The age of the device goes on: only a renewal restarts it."""
    made = _replacement(session, service.record_replacement(session, new, by=by).id)
    address = f"/api/v1/part-replacements/{made.id}"
    return one(request, made, made.version, status_code=201, location=address)


@router.patch("/part-replacements/{replacement_id}", response_model=PartReplacementRead)
def correct_replacement(
    request: Request,
    session: SessionDep,
    by: Writer,
    replacement_id: UUID,
    change: PartReplacementCorrection,
    expected: IfMatch,
) -> Response:
    service.correct_replacement(session, replacement_id, change, expected, by=by)
    found = _replacement(session, replacement_id)
    return one(request, found, found.version)


@router.get("/devices/{device_id}/parts")
def list_parts(session: SessionDep, _by: Reader, device_id: UUID) -> list[ModelPartRead]:
    """The part list of the device's model, with what was last changed in this device."""
    rows = part_lists.parts_of(session, device_id)
    return [ModelPartRead.model_validate(dict(row)) for row in rows]


@router.post("/devices/{device_id}/parts", status_code=201)
def add_part(
    session: SessionDep, by: Writer, device_id: UUID, new: ModelPartCreate
) -> ModelPartRead:
    """Holds for all devices of the same model."""
    part = part_lists.add_part(session, device_id, new, by=by)
    rows = part_lists.parts_of(session, device_id)
    return ModelPartRead.model_validate(dict(next(row for row in rows if row["id"] == part.id)))


@router.patch("/model-parts/{part_id}", status_code=204)
def change_part(
    session: SessionDep, by: Writer, part_id: UUID, change: ModelPartUpdate, expected: IfMatch
) -> None:
    """What is absent stays."""
    part_lists.change_part(session, part_id, change, expected, by=by)


@router.delete("/model-parts/{part_id}", status_code=204)
def remove_part(session: SessionDep, by: Writer, part_id: UUID, expected: IfMatch) -> None:
    part_lists.remove_part(session, part_id, expected, by=by)


def _inspection(session: SessionDep, inspection_id: UUID) -> InspectionRead:
    row = queries.inspection(session, inspection_id)
    if row is None:
        raise NotFound
    return InspectionRead.model_validate(dict(row))


def _replacement(session: SessionDep, replacement_id: UUID) -> PartReplacementRead:
    row = queries.replacement(session, replacement_id)
    if row is None:
        raise NotFound
    return PartReplacementRead.model_validate(dict(row))
