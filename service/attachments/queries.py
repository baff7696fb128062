from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel, col, select

from service.attachments.domain import AttachmentKind
from service.attachments.models import Attachment, PhotoMask

OWNERS = ("report_id", "response_id", "position_id", "device_id", "facility_id", "model_id")

_TABLE = SQLModel.metadata.tables[str(Attachment.__tablename__)]
_ADD = insert(_TABLE).on_conflict_do_nothing(index_elements=["report_id", "sha256"])
_EXPECTED = text(
    "select company_id, :sha256 = any(announced_photos) as is_announced"
    " from fault_report where id = :report_id"
)
_RESPONSE = text("select id from response_record where id = :response_id")
_DERIVED = text("update attachment set derived_at = now() where id = :id and derived_at is null")
_COUNTS = text("""
  select r.id as report_id, cardinality(r.announced_photos) as announced,
         count(a.id) filter (where a.sha256 = any(r.announced_photos)) as received
  from fault_report r left join attachment a on a.report_id = r.id
  where r.id = any(:report_ids) group by r.id
""")
_MASKED = text("""
  select attachment_id from (
    select distinct on (attachment_id) attachment_id, areas from photo_mask
    where attachment_id = any(:ids) order by attachment_id, created_at desc, id desc
  ) newest where jsonb_array_length(areas) > 0
""")


@dataclass(frozen=True)
class Expected:
    company_id: UUID | None
    is_announced: bool


@dataclass(frozen=True)
class PhotoCount:
    """How many photos the report spoke of, and how many of those have come."""

    announced: int
    received: int

    @property
    def is_complete(self) -> bool:
        return self.received >= self.announced


def expected(session: Session, report_id: UUID, sha256: str) -> Expected | None:
    row = session.execute(_EXPECTED, {"report_id": report_id, "sha256": sha256}).first()
    return None if row is None else Expected(row.company_id, bool(row.is_announced))


def response_exists(session: Session, response_id: UUID) -> bool:
    return session.execute(_RESPONSE, {"response_id": response_id}).first() is not None


_OWNER_TABLES = {
    "position_id": "position",
    "device_id": "device",
    "facility_id": "facility",
    "model_id": "device_model",
}


def owner_exists(session: Session, owner: str, owner_id: UUID) -> bool:
    table = _OWNER_TABLES[owner]
    found = session.execute(text(f"select 1 from {table} where id = :id"), {"id": owner_id})  # noqa: S608
    return found.first() is not None


def add(session: Session, attachment: Attachment) -> bool:
    """False when the report has this very file already, whoever was quicker."""
    result: Any = session.execute(_ADD, attachment.model_dump())
    return bool(result.rowcount)


def of_report(session: Session, report_id: UUID, sha256: str) -> Attachment | None:
    statement = select(Attachment).where(
        Attachment.report_id == report_id, Attachment.sha256 == sha256
    )
    return session.exec(statement).first()


def attachment(session: Session, attachment_id: UUID) -> Attachment | None:
    return session.get(Attachment, attachment_id)


def mask(session: Session, attachment_id: UUID) -> PhotoMask | None:
    """What is hidden of the photo now; None when nothing is."""
    newest = masks(session, attachment_id)[:1]
    return newest[0] if newest and newest[0].areas else None


def masked_among(session: Session, attachment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of which something is hidden now."""
    return set(session.execute(_MASKED, {"ids": list(attachment_ids)}).scalars())


def masks(session: Session, attachment_id: UUID) -> list[PhotoMask]:
    """All that was ever hidden or shown again, the newest first."""
    statement = (
        select(PhotoMask)
        .where(PhotoMask.attachment_id == attachment_id)
        .order_by(col(PhotoMask.created_at).desc(), col(PhotoMask.id).desc())
    )
    return list(session.exec(statement))


def of_owner(session: Session, owner: str, owner_ids: Sequence[UUID]) -> list[Attachment]:
    """The files of several records of one sort, in the order in which they came."""
    assert owner in OWNERS  # noqa: S101  # a name of the code, never of a request
    column = getattr(Attachment, owner)
    statement = (
        select(Attachment)
        .where(col(column).in_(list(owner_ids)))
        .order_by(col(Attachment.received_at), col(Attachment.id))
    )
    return list(session.exec(statement))


def likeness(session: Session, position_id: UUID) -> Attachment | None:
    """The picture by which people on site recognise the equipment: nameplate before overview."""
    statement = (
        select(Attachment)
        .where(Attachment.position_id == position_id)
        .where(col(Attachment.kind).in_((AttachmentKind.NAMEPLATE, AttachmentKind.OVERVIEW)))
        .where(col(Attachment.width_px).is_not(None))
        .order_by(col(Attachment.kind), col(Attachment.received_at).desc())
    )
    return session.exec(statement).first()


def photo_counts(session: Session, report_ids: Sequence[UUID]) -> dict[UUID, PhotoCount]:
    rows = session.execute(_COUNTS, {"report_ids": list(report_ids)})
    return {row.report_id: PhotoCount(row.announced, row.received) for row in rows}


def mark_derived(session: Session, attachment_id: UUID) -> None:
    session.execute(_DERIVED, {"id": attachment_id})
