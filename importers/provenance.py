"""Which file, sheet and row set a value of a record last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import provenance_queries as queries
from importers.job_errors import RecordUnknown
from importers.kinds import KINDS


@dataclass(frozen=True)
class FieldOrigin:
    """``field`` is a column of the record's table; its value has not been changed since."""

    field: str
    value: Any
    job_id: UUID
    file_name: str
    sheet: str | None
    row_no: int
    at: datetime


def provenance_of(session: Session, kind: str, record_id: UUID) -> list[FieldOrigin]:
    """The fields that still hold what an import gave them; others were set by hand or never.

    Raises:
        RecordUnknown: no such record, or not to be seen by the reader.
    """
    known = KINDS.get(kind)
    present = queries.present(session, known, record_id) if known and not known.is_link else None
    if known is None or present is None:
        raise RecordUnknown
    latest: dict[str, FieldOrigin] = {}
    for row in queries.origins(session, known, record_id):
        for field in row["told"]:
            latest.pop(field, None)
            if row["set"].get(field) == present.get(field):
                latest[field] = FieldOrigin(
                    field,
                    present.get(field),
                    row["job_id"],
                    row["file_name"],
                    row["sheet"],
                    row["row_no"],
                    row["applied_at"],
                )
    order = {name: at for at, name in enumerate(known.stored_columns)}
    return sorted(latest.values(), key=lambda origin: order.get(origin.field, len(order)))
