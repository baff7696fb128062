from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.search import service
from service.search.schemas import SearchResult

router = APIRouter(prefix="/api/v1", tags=["search"], dependencies=[ONLY_KNOWN_PARAMETERS])

Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]


@router.get("/search")
def search(
    session: SessionDep,
    by: Reader,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = service.SHOWN,
) -> SearchResult:
    """Facilities, positions, devices and cases in which every word is found.

    Width, case, kana of either kind and old forms of kanji make no difference, codes are found
    with or without dashes, words of one or two characters count.
    """
    found = service.everywhere(session, q, by=by, limit=limit)
    return SearchResult.model_validate(
        {
            "facilities": found.facilities,
            "positions": found.positions,
            "devices": found.devices,
            "cases": found.cases,
            "more": sorted(found.more),
            "alike": found.alike,
        },
        from_attributes=True,
    )
