"""What happens to a tag between the printer and the bin, on site as well as in the office.

A contractor may not change rows of tags. Where the field has to (binding a tag that was issued to
the company, doubting one), the right is checked here and the change made as the service itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record as record_audit
from service.core import clock
from service.core.database import SYSTEM, identify
from service.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from service.core.i18n.marker import N_
from service.core.identity import new_id
from service.core.outbox import publish
from service.tags.domain import (
    DISPUTES_TO_RECHECK,
    STOCK,
    TagEventKind,
    TagState,
    UnknownTag,
    mint_code,
    read_code,
)
from service.tags.models import QrTag
from service.tags.queries import life as queries
from service.tags.queries import tags

MOST_AT_ONCE = 10_000


class StockCount(Invalid):
    code = "stock-count"
    message = N_("枚数は1から%(most)sまでで入力してください。")


class NotYourStock(Forbidden):
    code = "tag-not-issued-to-you"
    message = N_("このQRタグは貴社に交付されたものではありません。市の担当者に連絡してください。")


class TooLateToUndo(Conflict):
    code = "tag-undo-too-late"
    message = N_(
        "割当の取消は、割り当てた本人が10分以内に限りできます。市の担当者に連絡してください。"
    )


def tell(
    session: Session,
    ids: Sequence[UUID],
    kind: TagEventKind,
    *,
    by: Actor,
    run_id: UUID | None = None,
    company_id: UUID | None = None,
    note: str | None = None,
) -> None:
    """Adds a line to the history of each tag."""
    queries.record(
        session,
        ids,
        kind,
        by_id=by.id,
        by_name=by.name,
        run_id=run_id,
        company_id=company_id,
        note=note,
    )


def mint_stock(session: Session, count: int, *, by: Actor) -> list[UUID]:
    """Tags without a position, to be printed beforehand and bound on site."""
    by.require(Permission.TAGS_MANAGE)
    if not 1 <= count <= MOST_AT_ONCE:
        raise StockCount(most=f"{MOST_AT_ONCE:,}")
    minted: list[UUID] = []
    while len(minted) < count:
        left = count - len(minted)
        ids, codes = [new_id() for _ in range(left)], [mint_code() for _ in range(left)]
        minted += queries.insert_stock(session, ids, codes, by_id=by.id)
    tell(session, minted, TagEventKind.MINTED, by=by)
    record_audit(session, "tags.minted", "qr_tag", "stock", by=by, after={"count": count})
    return minted


def issue(
    session: Session, ids: Sequence[UUID], company_id: UUID, person: str = "", *, by: Actor
) -> int:
    """Hands tags of the stock to a company; from then on its people may bind them."""
    by.require(Permission.TAGS_MANAGE)
    taker = person.strip() or None
    issued = queries.issue(
        session, ids, company_id=company_id, person=taker, today=clock.today(), by_id=by.id
    )
    tell(session, issued, TagEventKind.ISSUED, by=by, company_id=company_id, note=taker)
    if issued:
        after = {"count": len(issued), "company_id": company_id, "person": taker}
        record_audit(session, "tags.issued", "company", company_id, by=by, after=after)
    return len(issued)


def ids_of(session: Session, typed: Sequence[str]) -> list[UUID]:
    return queries.ids_of(session, [read_code(code) for code in typed])


def history(session: Session, tag_id: UUID) -> list[Any]:
    """What happened to the tag, newest first."""
    return queries.history(session, tag_id)


def want_reprint(
    session: Session, codes: Sequence[str], *, by: Actor, note: str | None = None
) -> int:
    """Puts tags on the reprint list: spoiled in the printer, faded, torn."""
    by.require(Permission.TAGS_MANAGE)
    found = queries.want_reprint(session, [read_code(code) for code in codes], by_id=by.id)
    tell(session, found, TagEventKind.REPRINT_WANTED, by=by, note=note)
    return len(found)


# -- on site ---------------------------------------------------------------------------------------


@contextmanager
def _as_service(session: Session, by: Actor) -> Iterator[None]:
    """Row-level security lets a contractor read tags only; the right was checked before."""
    identify(session, SYSTEM)
    try:
        yield
    except DomainError:  # somebody may go on with this transaction
        identify(session, by.identity)
        raise
    identify(session, by.identity)


def bindable(session: Session, typed: str, *, by: Actor) -> QrTag:
    """The tag of the stock that this person may bind, locked.

    Raises:
        UnknownTag: it is no tag of the stock; strangers learn no more than that.
        NotYourStock: it was issued to another company, or to none.
    """
    code = read_code(typed)
    with _as_service(session, by):
        tag = tags.tag(session, code, for_change=True)
    if tag is None or tag.state not in STOCK:
        raise UnknownTag
    if by.is_contractor and tag.issued_to_company_id != by.company_id:
        raise NotYourStock
    by.require(Permission.REPORTS_FILE)
    return tag


def bind_on_site(session: Session, typed: str, position_id: UUID, *, by: Actor) -> QrTag:
    """Binds a tag of the stock to the position that the person stands at.

    Raises:
        NotFound: the position is not one of this person's.
    """
    tag = bindable(session, typed, by=by)
    place = tags.place(session, position_id)
    if place is None:
        raise NotFound
    with _as_service(session, by):
        bound(session, tag, position_id, place.facility_id, by=by)
    return tag


def bound(session: Session, tag: QrTag, position_id: UUID, facility_id: UUID, *, by: Actor) -> None:
    """What binding writes, whoever binds."""
    before = {"position_id": None, "state": tag.state}
    tag.position_id, tag.facility_id = position_id, facility_id
    tag.state, tag.updated_by = TagState.IN_USE.value, by.id
    session.flush()
    tags.assign(session, tag.id, position_id, today=clock.today(), by_id=by.id)
    tell(session, [tag.id], TagEventKind.BOUND, by=by, company_id=by.company_id)
    after = {"position_id": position_id, "state": tag.state}
    record_audit(session, "tag.bound", "qr_tag", tag.id, by=by, before=before, after=after)


def may_undo(session: Session, tag_id: UUID, *, by: Actor) -> bool:
    with _as_service(session, by):
        last = queries.last_binding(session, tag_id)
    return last is not None and bool(last.is_fresh) and last.created_by == by.id


def unbind(session: Session, typed: str, *, by: Actor) -> None:
    """Takes one's own slip back while it is fresh; the tag is in the stock again.

    Raises:
        TooLateToUndo: after ten minutes, or when another person has bound it.
    """
    by.require(Permission.REPORTS_FILE)
    code = read_code(typed)
    with _as_service(session, by):
        tag = tags.tag(session, code, for_change=True)
    if tag is None or tag.state != TagState.IN_USE or not may_undo(session, tag.id, by=by):
        raise TooLateToUndo
    with _as_service(session, by):
        tell(session, [tag.id], TagEventKind.UNBOUND, by=by, company_id=by.company_id)
        before = {"position_id": tag.position_id, "state": tag.state}
        tag.position_id = tag.facility_id = None
        tag.state, tag.updated_by = _in_stock(tag).value, by.id
        session.flush()
        queries.forget_assignment(session, tag.id)
        after = {"position_id": None, "state": tag.state}
        record_audit(session, "tag.unbound", "qr_tag", tag.id, by=by, before=before, after=after)


def _in_stock(tag: QrTag) -> TagState:
    if tag.issued_to_company_id is not None:
        return TagState.ISSUED
    return TagState.PRINTED if tag.printed_on is not None else TagState.MINTED


def dispute(session: Session, typed: str, *, by: Actor, note: str | None = None) -> UUID:
    """「この機器ではない」: the tag hangs at another thing than the registry says.

    Two doubts and the office is told; one person counts once a day. Returns the position that
    the registry takes it for.
    """
    by.require(Permission.REPORTS_FILE)
    code = read_code(typed)
    seen = tags.tag(session, code)
    if seen is None or seen.position_id is None:
        raise UnknownTag
    with _as_service(session, by):
        if queries.has_disputed(session, seen.id, by.id):
            return seen.position_id
        tag = tags.tag(session, code, for_change=True)
        assert tag is not None  # noqa: S101  # just seen
        tag.dispute_count += 1
        session.flush()
        tell(session, [tag.id], TagEventKind.DISPUTED, by=by, company_id=by.company_id, note=note)
        if tag.dispute_count == DISPUTES_TO_RECHECK:
            payload = {"tag_code": code, "position_id": tag.position_id}
            publish(session, "tag.disputed", payload, facility_id=tag.facility_id)
    return seen.position_id


def rechecked(session: Session, typed: str, *, by: Actor, note: str | None = None) -> QrTag:
    """Somebody has looked on site: the tag hangs where it should, its doubts are settled."""
    by.require(Permission.TAGS_MANAGE)
    tag = tags.tag(session, read_code(typed), for_change=True)
    if tag is None:
        raise UnknownTag
    before, tag.dispute_count = tag.dispute_count, 0
    session.flush()
    tell(session, [tag.id], TagEventKind.RECHECKED, by=by, note=note)
    changed = {"before": {"dispute_count": before}, "after": {"dispute_count": 0}}
    record_audit(session, "tag.rechecked", "qr_tag", tag.id, by=by, reason=note, **changed)
    return tag
