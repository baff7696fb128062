"""One question to the whole service: the register, the cases and a tag's number."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.faults import inbox
from service.registry import service as registry
from service.registry.queries import aliases, devices, facilities, positions
from service.registry.queries.search import search_words
from service.registry.schemas.reads import PositionFilter
from service.tags.domain import UnknownTag, read_code
from service.tags.queries import tags

SHOWN = 20


@dataclass(frozen=True)
class Found:
    """At most ``limit`` of each kind; ``meant`` is the other name by which an id was found."""

    facilities: list[RowMapping] = field(default_factory=list)
    positions: list[RowMapping] = field(default_factory=list)
    devices: list[RowMapping] = field(default_factory=list)
    cases: list[Row[Any]] = field(default_factory=list)
    more: frozenset[str] = frozenset()
    meant: dict[Any, Any] = field(default_factory=dict)
    alike: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.facilities or self.positions or self.devices or self.cases)


def everywhere(session: Session, typed: str, *, by: Actor, limit: int = SHOWN) -> Found:
    """What has every word of ``typed``; names written nearly so when nothing has."""
    if not search_words(typed):
        return Found()
    page = registry.position_page(session, PositionFilter(q=typed), limit=limit)
    things = devices.page(session, q=typed, class_code=None, after="", limit=limit + 1)
    cases = _cases(session, typed, by=by, limit=limit)
    places = facilities.named(session, typed, limit=limit)
    some = {"positions": page.has_more, "devices": len(things) > limit, "cases": bool(cases.cursor)}
    things = things[:limit]
    found = Found(
        facilities=places,
        positions=page.rows,
        devices=things,
        cases=cases.cases,
        more=frozenset(kind for kind, has_more in some.items() if has_more),
        meant=aliases.meant(session, typed, [row["id"] for row in (*page.rows, *things)]),
    )
    return Found(alike=positions.alike(session, typed)) if found.is_empty else found


def _cases(session: Session, typed: str, *, by: Actor, limit: int) -> inbox.CasePage:
    if not by.can(Permission.CASES_READ):
        return inbox.CasePage([], None)
    wanted = inbox.CaseFilter(words=typed)
    return inbox.list_cases(session, wanted, order=inbox.Order.OCCURRED, limit=limit)


def tag_code(session: Session, typed: str) -> str | None:
    """The code of the tag whose number or address was typed, if there is such a tag."""
    try:
        code = read_code(typed)
    except UnknownTag:
        return None
    return code if tags.tag(session, code) is not None else None
