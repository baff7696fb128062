from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import etag, is_unchanged
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.settings import get_settings
from service.tags import service
from service.tags.domain import UnknownTag, read_code
from service.tags.models import QrTag
from service.tags.queries import tags as queries
from service.tags.schemas import Bind, Mint, MintResult, Retire, TagList, TagRead
from service.tags.symbol import svg, tag_address

router = APIRouter(prefix="/api/v1/tags", tags=["tags"], dependencies=[ONLY_KNOWN_PARAMETERS])
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]


@router.get("")
def list_tags(session: SessionDep, _by: Manager, position_id: Annotated[UUID, Query()]) -> TagList:
    """The tags of a position, those in use first."""
    found = queries.tags_of(session, position_id)
    return TagList(items=[TagRead.model_validate(tag) for tag in found])


@router.get("/{code}.svg", response_class=Response)
def symbol(request: Request, session: SessionDep, _by: Manager, code: str) -> Response:
    """The QR symbol, to be printed at any size."""
    tag = _found(session, code)
    headers = {"etag": f'"{tag.tag_code}"', "cache-control": "private, max-age=86400"}
    if is_unchanged(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    picture = svg(tag_address(get_settings().public_url, tag.tag_code), title=tag.tag_code)
    return Response(picture, headers=headers, media_type="image/svg+xml")


@router.get("/{code}")
def read_tag(response: Response, session: SessionDep, _by: Manager, code: str) -> TagRead:
    tag = _found(session, code)
    response.headers["etag"] = etag(tag.version)
    return TagRead.model_validate(tag)


@router.post("/mint", status_code=201)
def mint(session: SessionDep, by: Manager, wanted: Mint) -> MintResult:
    """A tag for every position in use that has none; again it mints nothing."""
    facility_id = (
        service.facility_id_of(session, wanted.facility_code) if wanted.facility_code else None
    )
    return MintResult(minted=service.mint_for_positions(session, by=by, facility_id=facility_id))


@router.post("/{code}/bind")
def bind(session: SessionDep, by: Manager, code: str, wanted: Bind) -> TagRead:
    """Puts a pre-printed tag of the stock to a position."""
    return TagRead.model_validate(service.bind(session, code, wanted.position_id, by=by))


@router.post("/{code}/retire")
def retire(session: SessionDep, by: Manager, code: str, wanted: Retire) -> TagRead:
    tag = service.retire(session, code, as_state=wanted.state, reason=wanted.reason, by=by)
    return TagRead.model_validate(tag)


@router.post("/{code}/replace", status_code=201)
def replace(session: SessionDep, by: Manager, code: str, wanted: Retire) -> TagRead:
    """Mints a successor, to which the old tag leads from now on."""
    tag = service.replace(session, code, as_state=wanted.state, reason=wanted.reason, by=by)
    return TagRead.model_validate(tag)


def _found(session: SessionDep, code: str) -> QrTag:
    tag = queries.tag(session, read_code(code))
    if tag is None:
        raise UnknownTag
    return tag
