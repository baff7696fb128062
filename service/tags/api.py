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
from service.tags import life, service
from service.tags.domain import UnknownTag, read_code
from service.tags.models import QrTag
from service.tags.queries import tags as queries
from service.tags.schemas import (
    Bind,
    Bound,
    Doubt,
    Issue,
    IssueResult,
    Mint,
    MintResult,
    MintStock,
    Retire,
    TagEventRead,
    TagHistory,
    TagList,
    TagRead,
)
from service.tags.symbol import svg, tag_address

router = APIRouter(prefix="/api/v1/tags", tags=["tags"], dependencies=[ONLY_KNOWN_PARAMETERS])
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]


@router.get("")
def list_tags(session: SessionDep, _by: Manager, position_id: Annotated[UUID, Query()]) -> TagList:
    """The tags of a position, those in use first."""
    found = queries.tags_of(session, position_id)
    return TagList(items=[TagRead.model_validate(tag) for tag in found])


@router.post("/stock", status_code=201)
def mint_stock(session: SessionDep, by: Manager, wanted: MintStock) -> MintResult:
    """Tags without a position, to be printed beforehand and bound on site."""
    return MintResult(minted=len(life.mint_stock(session, wanted.count, by=by)))


@router.post("/issue")
def issue(session: SessionDep, by: Manager, wanted: Issue) -> IssueResult:
    """Hands tags of the stock to a company, whose people may bind them from then on."""
    ids = life.ids_of(session, wanted.tag_codes)
    person = wanted.person
    return IssueResult(issued=life.issue(session, ids, wanted.company_id, person, by=by))


@router.get("/{code}.svg", response_class=Response)
def symbol(request: Request, session: SessionDep, _by: Manager, code: str) -> Response:
    """The QR symbol, to be printed at any size."""
    tag = _found(session, code)
    headers = {"etag": f'"{tag.tag_code}"', "cache-control": "private, max-age=86400"}
    if is_unchanged(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    picture = svg(tag_address(get_settings().public_url, tag.tag_code), title=tag.tag_code)
    return Response(picture, headers=headers, media_type="image/svg+xml")


@router.get("/{code}/history")
def history(session: SessionDep, _by: Manager, code: str) -> TagHistory:
    """What happened to the tag, newest first."""
    events = life.history(session, _found(session, code).id)
    return TagHistory(items=[TagEventRead.model_validate(event) for event in events])


@router.get("/{code}")
def read_tag(response: Response, session: SessionDep, _by: Manager, code: str) -> TagRead:
    tag = _found(session, code)
    response.headers["etag"] = etag(tag.version)
    return TagRead.model_validate(tag)


@router.post("/mint", status_code=201)
def mint(session: SessionDep, by: Manager, wanted: Mint) -> MintResult:
    """A tag for every position in use that has fewer than wanted; again it mints nothing."""
    facility_id = (
        service.facility_id_of(session, wanted.facility_code) if wanted.facility_code else None
    )
    count = service.mint_for_positions(
        session, by=by, facility_id=facility_id, wanted=wanted.per_position
    )
    return MintResult(minted=count)


@router.post("/{code}/bind")
def bind(session: SessionDep, by: Reporter, code: str, wanted: Bind) -> Bound:
    """Puts a tag of the stock to a position; a contractor those issued to the company."""
    if by.is_contractor:
        tag = life.bind_on_site(session, code, wanted.position_id, by=by)
    else:
        tag = service.bind(session, code, wanted.position_id, by=by)
    return Bound(tag_code=tag.tag_code, position_id=wanted.position_id)


@router.post("/{code}/unbind", status_code=204)
def unbind(session: SessionDep, by: Reporter, code: str) -> None:
    """Takes one's own binding back within ten minutes."""
    life.unbind(session, code, by=by)


@router.post("/{code}/dispute", status_code=204)
def dispute(session: SessionDep, by: Reporter, code: str, wanted: Doubt) -> None:
    """「この機器ではない」: the tag hangs at another thing than the registry says."""
    life.dispute(session, code, note=wanted.note, by=by)


@router.post("/{code}/recheck")
def recheck(session: SessionDep, by: Manager, code: str, wanted: Doubt) -> TagRead:
    """Somebody has looked on site: the doubts about the tag are settled."""
    return TagRead.model_validate(life.rechecked(session, code, note=wanted.note, by=by))


@router.post("/{code}/reprint", status_code=204)
def reprint(session: SessionDep, by: Manager, code: str, wanted: Doubt) -> None:
    """Puts the tag on the list of what is to be printed again."""
    life.want_reprint(session, [code], note=wanted.note, by=by)


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
