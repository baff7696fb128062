"""SQL of where the values of a record come from."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text
from sqlmodel import Session

from importers.kind import Kind


@cache
def _origins(kind: Kind) -> TextClause:
    return text(
        "select j.id as job_id, j.file_name, j.applied_at, r.sheet, r.row_no,"  # noqa: S608
        " o -> 'values' as told,"
        f" to_jsonb(jsonb_populate_record(null::public.{kind.name}, o -> 'values')) as set"
        " from import_row r join import_job j on j.id = r.job_id"
        " cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
        " where r.records @> array[cast(:id as uuid)] and (o ->> 'id')::uuid = :id"
        f" and o ->> 'kind' = '{kind.name}'"
        " and (j.state = 'applied' or (j.state = 'undone' and r.kept is not null))"
        " order by j.applied_at, r.id"
    )


@cache
def _present(kind: Kind) -> TextClause:
    return text(f"select to_jsonb(t) from public.{kind.name} t where id = :id")  # noqa: S608


def present(session: Session, kind: Kind, record_id: UUID) -> dict[str, Any] | None:
    """The record as it is now, as far as the reader may see it."""
    found: dict[str, Any] | None = session.execute(_present(kind), {"id": record_id}).scalar()
    return found


def origins(session: Session, kind: Kind, record_id: UUID) -> list[RowMapping]:
    """Every row of an import that has set something of the record, the oldest first."""
    return list(session.execute(_origins(kind), {"id": record_id}).mappings())
