"""SQL that applies a plan: its operations spread out once, checked, and done kind by kind."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import Session

from importers.kind import Kind, Parent
from importers.kinds import KINDS
from importers.progress import Progress, untold
from importers.undo_queries import keep_prior

Work = set[tuple[str, str]]
_DROP = text("drop table if exists pg_temp.import_operation")
_SPREAD = text(
    "create temporary table import_operation on commit drop as"
    " select r.id as row_id, r.row_no, o ->> 'kind' as kind, o ->> 'do' as act,"
    " (o ->> 'id')::uuid as id, (o ->> 'version')::integer as version, o -> 'key' as key,"
    " o -> 'values' as told"
    " from import_row r cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
    " where r.job_id = :job_id order by r.id"
)
_STATISTICS = text("analyze pg_temp.import_operation")
_WORK = text("select distinct kind, act from pg_temp.import_operation")
_OF_KIND = " from pg_temp.import_operation o{} where o.kind = :kind and o.act = :do"


def spread_operations(session: Session, job_id: UUID) -> Work:
    """Sets the plan's operations out in a table of this transaction; answers what is to do."""
    session.execute(_DROP)
    session.execute(_SPREAD, {"job_id": job_id})
    session.execute(_STATISTICS)
    return {(row[0], row[1]) for row in session.execute(_WORK).all()}


def moved_rows(session: Session, work: Work) -> list[int]:
    """Rows whose records have changed or appeared since the plan; what is updated gets locked."""
    moved: set[int] = set()
    for name, do in sorted(work):
        kind = KINDS[name]
        if do == "update" and kind.versioned:
            session.execute(_lock(kind))
            moved.update(session.execute(_changed(kind)).scalars())
        elif do == "create" and not kind.is_link:
            moved.update(session.execute(_appeared(kind)).scalars())
    return sorted(moved)


@cache
def _lock(kind: Kind) -> TextClause:
    return text(
        f"select 1 from public.{kind.name} where id in (select o.id"  # noqa: S608
        f" from pg_temp.import_operation o where o.kind = '{kind.name}' and o.act = 'update')"
        " order by id for update"
    )


@cache
def _changed(kind: Kind) -> TextClause:
    return text(
        "select o.row_no from pg_temp.import_operation o"  # noqa: S608
        f" left join public.{kind.name} t on t.id = o.id"
        f" where o.kind = '{kind.name}' and o.act = 'update'"
        " and t.version is distinct from o.version"
    )


@cache
def _appeared(kind: Kind) -> TextClause:
    """Records are looked for by their natural keys, as the table holds them."""
    same = " and ".join(
        f"t.{part.column} = (o.told ->> '{part.column}')::uuid"
        if isinstance(part, Parent)
        else f"{part} = o.key ->> {at}"
        for at, part in enumerate(kind.keys)
    )
    return text(
        "select o.row_no from pg_temp.import_operation o"  # noqa: S608
        f" where o.kind = '{kind.name}' and o.act = 'create'"
        f" and exists (select 1 from public.{kind.name} t where {same})"
    )


_AUTHORSHIP = {"created_by": ":by", "updated_by": ":by", "source_import_id": ":job_id"}


@cache
def _create(kind: Kind) -> TextClause:
    own = [*kind.stored_columns, *(c for c in kind.defaults if c not in kind.stored_columns)]
    if kind.is_link:
        columns, values = own, [f"n.{c}" for c in own]
    else:
        extra = ["created_by", "source_import_id"] + ["updated_by"] * kind.versioned
        columns = ["id", *own, *extra]
        values = ["o.id", *(f"n.{c}" for c in own)]
        values += [f"cast({_AUTHORSHIP[c]} as uuid)" for c in extra]
    filled = (
        f" cross join lateral jsonb_populate_record(null::public.{kind.name},"
        " cast(:defaults as jsonb) || o.told) n"
    )
    return text(
        f"insert into public.{kind.name} ({', '.join(columns)}) select {', '.join(values)}"
        + _OF_KIND.format(filled)
        + (" on conflict do nothing" if kind.is_link else "")
    )


@cache
def _update(kind: Kind) -> TextClause:
    changed = ", ".join(
        f"{c} = case when o.told ? '{c}' then n.{c} else t.{c} end"
        for c in kind.stored_columns
        if c not in kind.fixed
    )
    by = ", updated_by = cast(:by as uuid)" if kind.versioned else ""
    filled = f" cross join lateral jsonb_populate_record(null::public.{kind.name}, o.told) n"
    return text(
        f"update public.{kind.name} t set {changed}, source_import_id = :job_id{by}"  # noqa: S608
        + _OF_KIND.format(filled)
        + " and t.id = o.id"
    )


def apply_operations(
    session: Session,
    job_id: UUID,
    work: Work,
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


def _written(session: Session, statement: TextClause, params: Mapping[str, Any]) -> int:
    result = session.execute(statement, params)
    return int(result.rowcount)  # type: ignore[attr-defined]  # a CursorResult, as it writes
