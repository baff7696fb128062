"""What may become of a tag: minted, bound, replaced, retired; and where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core import clock
from service.core.database import SYSTEM, RowIdentity, identify
from service.core.errors import Conflict, NotFound
from service.core.i18n.marker import N_
from service.core.identity import new_id
from service.core.reading import Read
from service.tags import life
from service.tags.domain import (
    STOCK,
    TagEventKind,
    TagState,
    TagTaken,
    UnknownTag,
    mint_code,
    read_code,
)
from service.tags.models import QrTag
from service.tags.queries import tags as queries
from service.tags.queries.tags import Minted, PublicPlace

NOBODY = RowIdentity("")


class TagOutOfUse(Conflict):
    code = "tag-out-of-use"
    message = N_("このQRタグは使用中ではないため、この操作はできません。")


@dataclass(frozen=True)
class Behind:
    """Where a tag leads for one reader. Without ``equipment`` (JSON) only the public name is."""

    place: PublicPlace
    equipment: str | None = None


def equipment(session: Session, typed: str) -> str:
    """JSON of the equipment behind a tag, as far as the actor of the transaction may see it.

    Raises:
        UnknownTag: also for a tag out of use without successor, and for one of others' facilities.
    """
    body = queries.equipment_by_tag(session, read_code(typed))
    if body is None:
        raise UnknownTag
    return body


def reading_equipment(typed: str) -> Read:
    """The same question for a round trip; `equipment_in` reads its rows."""
    try:
        code = read_code(typed)
    except UnknownTag:
        code = ""  # no tag has it: a spoiled code is answered as an unknown one is
    return queries.reading_equipment_by_tag(code)


def equipment_in(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        raise UnknownTag
    body: str = rows[0]["body"]
    return body


def position(session: Session, position_id: UUID) -> str:
    body = queries.equipment_by_position(session, position_id)
    if body is None:
        raise NotFound
    return body


def public_place(session: Session, typed: str, *, by: Actor | None) -> PublicPlace:
    """The public name behind a tag, for anybody who stands before it.

    Row-level security shows a stranger nothing, so this one question is asked as the service
    itself; what it answers is printed on the equipment anyway.
    """
    code = read_code(typed)
    identify(session, SYSTEM)
    found = queries.public_place(session, code)
    identify(session, by.identity if by else NOBODY)
    if found is None:
        raise UnknownTag
    return found


def facility_id_of(session: Session, facility_code: str) -> UUID:
    found = queries.facility_by_code(session, facility_code)
    if found is None:
        raise NotFound
    facility_id: UUID = found.id
    return facility_id


def mint_for_positions(
    session: Session, *, by: Actor, facility_id: UUID | None = None, wanted: int = 1
) -> int:
    """Gives each position with fewer tags in use than ``wanted`` one; returns how many."""
    by.require(Permission.TAGS_MANAGE)
    missing = queries.untagged(session, facility_id, wanted=wanted)
    count = len(missing)
    while missing:
        got = _insert(session, _minted(missing), by=by)
        missing = [row for row in missing if row.id not in got]
    if count:
        after = {"count": count, "facility_id": facility_id}
        record(session, "tags.minted", "facility", facility_id or "all", by=by, after=after)
    return count


def _minted(places: list[Any]) -> Minted:
    return Minted(
        ids=[new_id() for _ in places],
        assignment_ids=[new_id() for _ in places],
        codes=[mint_code() for _ in places],
        position_ids=[place.id for place in places],
        facility_ids=[place.facility_id for place in places],
    )


def _insert(session: Session, minted: Minted, *, by: Actor) -> set[UUID]:
    got = queries.insert_minted(session, minted, today=clock.today(), by_id=by.id)
    for kind in (TagEventKind.MINTED, TagEventKind.BOUND):
        life.tell(session, minted.ids, kind, by=by)
    return got


def mint_one(session: Session, position_id: UUID, *, by: Actor) -> QrTag:
    """Another tag for a position, beside those that it has."""
    by.require(Permission.TAGS_MANAGE)
    place = queries.place(session, position_id)
    if place is None:
        raise NotFound
    while not _insert(session, minted := _minted([place]), by=by):
        pass
    fresh = queries.tag(session, minted.codes[0])
    assert fresh is not None  # noqa: S101  # just inserted
    after = {"tag_code": fresh.tag_code, "position_id": position_id}
    record(session, "tag.minted", "qr_tag", fresh.id, by=by, after=after)
    return fresh


def bind(session: Session, typed: str, position_id: UUID, *, by: Actor) -> QrTag:
    """Takes a tag from the stock for a position. Binding it there again changes nothing.

    Raises:
        TagTaken: when it belongs to another position.
    """
    by.require(Permission.TAGS_MANAGE)
    tag = _tag(session, typed)
    place = queries.place(session, position_id)
    if place is None:
        raise NotFound
    if tag.state == TagState.IN_USE and tag.position_id == position_id:
        return tag
    if tag.state not in STOCK:
        raise TagTaken
    life.bound(session, tag, position_id, place.facility_id, by=by)
    return tag


def retire(
    session: Session,
    typed: str,
    *,
    as_state: TagState = TagState.RETIRED,
    reason: str | None = None,
    by: Actor,
) -> QrTag:
    """Takes a tag out of use. It keeps its position: a successor there shows it the way on."""
    by.require(Permission.TAGS_MANAGE)
    tag = _tag(session, typed)
    if tag.state not in {TagState.IN_USE, *STOCK}:
        raise TagOutOfUse
    before = tag.state
    tag.state, tag.updated_by = as_state.value, by.id
    session.flush()
    queries.end_assignment(session, tag.id, today=clock.today())
    life.tell(session, [tag.id], TagEventKind(as_state.value), by=by, note=reason)
    record(
        session,
        "tag.retired",
        "qr_tag",
        tag.id,
        by=by,
        before={"state": before},
        after={"state": tag.state},
        reason=reason,
    )
    return tag


def replace(
    session: Session,
    typed: str,
    *,
    as_state: TagState = TagState.DAMAGED,
    reason: str | None = None,
    by: Actor,
) -> QrTag:
    """A new tag for the same position; the old one leads on to it for ever."""
    old = _tag(session, typed)
    if old.state != TagState.IN_USE or old.position_id is None:
        raise TagOutOfUse
    fresh = mint_one(session, old.position_id, by=by)
    retire(session, old.tag_code, as_state=as_state, reason=reason, by=by)
    return fresh


def _tag(session: Session, typed: str) -> QrTag:
    found = queries.tag(session, read_code(typed), for_change=True)
    if found is None:
        raise UnknownTag
    return found
