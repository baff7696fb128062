from uuid import UUID

from fastapi import APIRouter, Request, Response

from service.core.errors import NotFound
from service.core.http.conditional import IfMatch
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, Page
from service.registry import service
from service.registry.api.answers import Cursor, Fields, Limit, Reader, Writer, after, one, page
from service.registry.models import EquipmentClass
from service.registry.queries import classes
from service.registry.schemas.changes import ClassCreate, ClassUpdate
from service.registry.schemas.reads import ClassRead

router = APIRouter()


@router.get("/classes", response_model=Page[ClassRead])
def list_classes(
    request: Request,
    session: SessionDep,
    _by: Reader,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
) -> Response:
    rows = [row.model_dump() for row in classes.page(session, after=after(cursor), limit=limit + 1)]
    return page(request, ClassRead, rows, limit=limit, key="class_code", fields=fields)


@router.get("/classes/{class_id}", response_model=ClassRead)
def get_class(
    request: Request, session: SessionDep, _by: Reader, class_id: UUID, fields: Fields = None
) -> Response:
    row = classes.read(session, class_id)
    if row is None:
        raise NotFound
    return one(request, _shown(row), row.version, fields)


@router.post("/classes", status_code=201, response_model=ClassRead)
def create_class(request: Request, session: SessionDep, by: Writer, new: ClassCreate) -> Response:
    made = service.register_class(session, new, by=by)
    address = f"/api/v1/classes/{made.id}"
    return one(request, _shown(made), made.version, status_code=201, location=address)


@router.patch("/classes/{class_id}", response_model=ClassRead)
def change_class(
    request: Request,
    session: SessionDep,
    by: Writer,
    class_id: UUID,
    change: ClassUpdate,
    expected: IfMatch,
) -> Response:
    row = service.update_class(session, class_id, change, expected, by=by)
    return one(request, _shown(row), row.version)


def _shown(row: EquipmentClass) -> ClassRead:
    return ClassRead.model_validate(row, from_attributes=True)
