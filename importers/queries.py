"""All SQL of imports. A plan is applied by PostgreSQL from the rows it is stored in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from importers.kind import Kind
from importers.models import ImportJob, Outcome


class Existing(NamedTuple):
    id: UUID | None
    version: int | None
    values: dict[str, Any]


class Stay(NamedTuple):
    """A device in a place; ``starts_on`` and ``ends_on`` are a half-open range."""

    device_id: UUID
    position_id: UUID
    starts_on: date | None
    ends_on: date | None


@cache
def _select_existing(kind: Kind) -> Any:
    columns = [kind.expressions.get(column, column) for column in kind.columns]
    identity = "null::uuid" if kind.is_link else "id"
    version = "version" if kind.versioned else "null::integer"
    return text(
        f"select {', '.join([identity, version, *kind.key_columns, *columns])}"  # noqa: S608
        f" from public.{kind.name} where {kind.key_columns[0]} = any(:firsts)"
    )


def existing(
    session: Session, kind: Kind, firsts: Iterable[str | UUID]
) -> Iterator[tuple[tuple[Any, ...], Existing]]:
    """Records by the first part of their keys: (key as stored, record)."""
    wanted = list(firsts)
    if not wanted:
        return
    start = 2 + len(kind.keys)
    for row in session.execute(_select_existing(kind), {"firsts": wanted}).all():
        values = dict(zip(kind.columns, row[start:], strict=True))
        yield tuple(row[2:start]), Existing(row[0], row[1], values)


_STAYS = text(
    "select device_id, position_id, lower(period), upper(period) from installation"
    " where position_id = any(:positions) or device_id = any(:devices)"
)
_ASSET_CODES = text("select id, asset_code from device where id = any(:ids)")
_POSITION_CODES = text("select id, position_code from position where id = any(:ids)")


def stays(session: Session, positions: Iterable[UUID], devices: Iterable[UUID]) -> list[Stay]:
    rows = session.execute(_STAYS, {"positions": list(positions), "devices": list(devices)})
    return [Stay(*row) for row in rows.all()]


def asset_codes(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    return {row[0]: row[1] for row in session.execute(_ASSET_CODES, {"ids": list(ids)}).all()}


def position_codes(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    return {row[0]: row[1] for row in session.execute(_POSITION_CODES, {"ids": list(ids)}).all()}


_INSERT_ROWS = text(
    "insert into import_row (job_id, table_no, sheet, row_no, part_no, raw, normalised, outcome,"
    " target_type, target_id, target_version, changes, records, messages)"
    " select :job_id, r.table_no, r.sheet, r.row_no, r.part_no, r.raw, r.normalised, r.outcome,"
    " r.target_type, r.target_id, r.target_version, r.changes, r.records, r.messages"
    " from jsonb_to_recordset(cast(:rows as jsonb)) as r(table_no integer, sheet text,"
    " row_no integer, part_no integer, raw jsonb, normalised jsonb, outcome text,"
    " target_type text, target_id uuid, target_version integer, changes jsonb, records uuid[],"
    " messages jsonb)"
)


def insert_rows(session: Session, rows: Sequence[Mapping[str, Any]], *, job_id: UUID) -> str:
    """As one document, which is answered: COPY is not open to tables with row-level security."""
    document = _as_json(rows)
    session.execute(_INSERT_ROWS, {"job_id": job_id, "rows": document})
    return document


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Days and moments as ISO; NUL, which PostgreSQL cannot hold, never comes this far."""
    return to_json(rows).decode()


# A case number such as R6-MC1-0123 must not be given again: later cases count on from it.
_COUNT_ON = text(
    "insert into case_number (facility_id, fiscal_year, last_no)"
    " select c.facility_id, 2018 + m[1]::integer, max(m[2]::integer)"
    " from fault_case c"
    " cross join lateral regexp_match(c.case_no, '^R([0-9]{1,2})-.+-([0-9]{1,6})$') m"
    " where c.source_import_id = :job_id and m is not null"
    " group by 1, 2"
    " on conflict (facility_id, fiscal_year) do update"
    " set last_no = greatest(case_number.last_no, excluded.last_no)"
)


_CASE_NUMBERS = text(
    "select coalesce(jsonb_agg(to_jsonb(n)), '[]') from case_number n"
    " where n.facility_id in (select facility_id from fault_case where source_import_id = :job_id)"
)
# Numbers that were given since the import are never given again.
_RESTORE_NUMBERS = text(
    "delete from case_number n where facility_id in"
    " (select facility_id from fault_case where source_import_id = :job_id)"
    " and not exists (select 1 from fault_case c where c.facility_id = n.facility_id"
    " and c.source_import_id is distinct from :job_id and c.created_at > :applied_at)"
)
_INSERT_NUMBERS = text(
    "insert into case_number select n.* from"
    " jsonb_populate_recordset(null::case_number, cast(:numbers as jsonb)) n"
    " on conflict do nothing"
)


def case_numbers(session: Session, job_id: UUID) -> list[dict[str, Any]]:
    """The last numbers given in the facilities of the job's cases."""
    found: list[dict[str, Any]] = session.execute(_CASE_NUMBERS, {"job_id": job_id}).scalar_one()
    return found


def restore_case_numbers(
    session: Session, numbers: list[dict[str, Any]], job_id: UUID, applied_at: datetime | None
) -> None:
    session.execute(_RESTORE_NUMBERS, {"job_id": job_id, "applied_at": applied_at})
    if numbers:
        session.execute(_INSERT_NUMBERS, {"numbers": json.dumps(numbers)})


def count_case_numbers_on(session: Session, job_id: UUID) -> None:
    session.execute(_COUNT_ON, {"job_id": job_id})


def job(session: Session, job_id: UUID, *, lock: bool = False) -> ImportJob | None:
    """``lock`` leaves the key alone, to which progress refers."""
    return session.get(ImportJob, job_id, with_for_update={"key_share": True} if lock else None)


def jobs(session: Session, limit: int) -> list[ImportJob]:
    return list(session.exec(select(ImportJob).order_by(col(ImportJob.id).desc()).limit(limit)))


_ROWS = text(
    "select id, table_no, sheet, row_no, part_no, raw, outcome, target_type, target_id,"
    " target_version, changes, normalised, kept, messages from import_row"
    " where job_id = :job_id and id > :after"
    " and (cast(:outcome as text) is null or outcome = :outcome)"
    " order by id limit :limit"
)


def rows(
    session: Session, job_id: UUID, *, after: int, limit: int, outcome: Outcome | None = None
) -> list[RowMapping]:
    params = {"job_id": job_id, "after": after, "limit": limit, "outcome": outcome}
    return list(session.execute(_ROWS, params).mappings())
