"""All SQL of imports. A plan is applied by PostgreSQL from the rows it is stored in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from importers.kind import Kind, Parent
from importers.kinds import KINDS
from importers.models import ImportJob, Outcome
from importers.progress import Progress, untold
from importers.undo_queries import keep_prior


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
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=str)


_OPERATIONS = (
    " from import_row r cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
    " where r.job_id = :job_id and o ->> 'kind' = :kind and o ->> 'do' = :do"
)


class Step(NamedTuple):
    """One operation of the plan, as far as it can have become stale."""

    row_no: int
    kind: str
    do: str
    id: UUID | None
    version: int | None
    key: list[str]
    values: dict[str, Any]


_CHILDREN = [kind.name for kind in KINDS.values() if isinstance(kind.keys[0], Parent)]
_STEPS = text(
    "select r.row_no, o ->> 'kind', o ->> 'do', (o ->> 'id')::uuid, (o ->> 'version')::integer,"
    " o -> 'key', case when o ->> 'kind' = any(:children) then o -> 'values' else '{}' end"
    " from import_row r"
    " cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
    " where r.job_id = :job_id order by r.id"
)


def steps(session: Session, job_id: UUID) -> list[Step]:
    params = {"job_id": job_id, "children": _CHILDREN}
    return [Step(*row) for row in session.execute(_STEPS, params).all()]


@cache
def _lock(kind: Kind) -> Any:
    return text(
        f"select id, version from public.{kind.name} where id = any(:ids)"  # noqa: S608
        " order by id for update"
    )


def lock_versions(session: Session, kind: Kind, ids: Iterable[UUID | None]) -> dict[UUID, int]:
    """The present versions of records, locked until the transaction ends."""
    rows = session.execute(_lock(kind), {"ids": list(ids)})
    return {row[0]: row[1] for row in rows}


@cache
def _select_keys(kind: Kind) -> Any:
    return text(
        f"select {', '.join(kind.key_columns)} from public.{kind.name}"  # noqa: S608
        f" where {kind.key_columns[0]} = any(:firsts)"
    )


def taken_keys(session: Session, kind: Kind, firsts: Iterable[str | UUID]) -> set[tuple[str, ...]]:
    """The keys, as stored, of the records that have one of the first parts."""
    rows = session.execute(_select_keys(kind), {"firsts": sorted(set(firsts))})
    return {tuple(map(str, row)) for row in rows.all()}


_AUTHORSHIP = {"created_by": ":by", "updated_by": ":by", "source_import_id": ":job_id"}


@cache
def _create(kind: Kind) -> Any:
    own = [*kind.stored_columns, *(c for c in kind.defaults if c not in kind.stored_columns)]
    if kind.is_link:
        columns, values = own, [f"n.{c}" for c in own]
    else:
        extra = ["created_by", "source_import_id"] + ["updated_by"] * kind.versioned
        columns = ["id", *own, *extra]
        values = ["(o ->> 'id')::uuid", *(f"n.{c}" for c in own)]
        values += [f"cast({_AUTHORSHIP[c]} as uuid)" for c in extra]
    return text(
        f"insert into public.{kind.name} ({', '.join(columns)}) select {', '.join(values)}"
        + _OPERATIONS.replace(
            " where ",
            f" cross join lateral jsonb_populate_record(null::public.{kind.name},"
            " cast(:defaults as jsonb) || (o -> 'values')) n where ",
        )
        + (" on conflict do nothing" if kind.is_link else "")
    )


@cache
def _update(kind: Kind) -> Any:
    changed = ", ".join(
        f"{c} = case when (o -> 'values') ? '{c}' then n.{c} else t.{c} end"
        for c in kind.stored_columns
        if c not in kind.fixed
    )
    by = ", updated_by = cast(:by as uuid)" if kind.versioned else ""
    return text(
        f"update public.{kind.name} t set {changed}, source_import_id = :job_id{by}"  # noqa: S608
        + _OPERATIONS.replace(
            " where ",
            f" cross join lateral jsonb_populate_record(null::public.{kind.name},"
            " o -> 'values') n where ",
        )
        + " and t.id = (o ->> 'id')::uuid"
    )


def apply_operations(
    session: Session,
    job_id: UUID,
    work: AbstractSet[tuple[str, str]],
    by: UUID | None,
    progress: Progress = untold,
) -> dict[str, dict[str, int]]:
    """Does ``work`` (kinds, and what to do with them) in the order of references."""
    counts: dict[str, dict[str, int]] = {}
    for no, kind in enumerate(KINDS.values()):
        progress("writing", no, len(KINDS))
        params = {"job_id": job_id, "by": by, "kind": kind.name}
        if (kind.name, "create") in work:
            more = {"do": "create", "defaults": json.dumps(dict(kind.defaults))}
            counts[kind.name] = {"created": _written(session, _create(kind), params | more)}
        if (kind.name, "update") in work:
            keep_prior(session, kind, job_id)
            written = _written(session, _update(kind), params | {"do": "update"})
            counts.setdefault(kind.name, {})["updated"] = written
    return counts


def _written(session: Session, statement: Any, params: Mapping[str, Any]) -> int:
    result = session.execute(statement, params)
    return int(result.rowcount)  # type: ignore[attr-defined]  # a CursorResult, as it writes


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
