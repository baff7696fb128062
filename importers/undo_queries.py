"""SQL of taking imports back; the functions are in the migration 0009."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import Session

from importers.kind import Kind

# Read as JSON, a geometry would lose digits; as text it is exact.
_EXACT = {"facility": " || jsonb_build_object('geom', t.geom::text)"}


class Touched(NamedTuple):
    """A record that the job wrote; ``mark`` is what tells that nobody has written it since."""

    row_id: int
    kind: str
    do: str
    id: UUID
    mark: str | None


@cache
def _keep(kind: Kind) -> TextClause:
    exact = _EXACT.get(kind.name, "")
    return text(
        "update import_row r set prior = coalesce(r.prior, '{}') || jsonb_build_object("  # noqa: S608
        f"'{kind.name}', jsonb_build_object('id', t.id, 'row', to_jsonb(t){exact}))"
        " from pg_temp.import_operation o"
        f" join public.{kind.name} t on t.id = o.id"
        " where r.job_id = :job_id and o.row_id = r.id and o.act = 'update'"
        f" and o.kind = '{kind.name}'"
    )


_TOUCHED = text(
    "select r.id, o ->> 'kind', o ->> 'do', (o ->> 'id')::uuid, case"
    " when o ->> 'kind' = 'installation' then (o -> 'values' ->> 'period')::daterange::text"
    " when o ->> 'do' = 'create' then '1'"
    " else ((o ->> 'version')::integer + 1)::text end"
    " from import_row r cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
    " where r.job_id = :job_id and o ->> 'id' is not null order by r.id"
)
_CREATED = text("select gesuibo.undo_created(:job_id, :kind, :ids)")
_UPDATED = text("select gesuibo.undo_updated(:job_id, :kind, :ids)")
_KEPT = text(
    "update import_row r set kept = k.kept"
    " from jsonb_to_recordset(cast(:kept as jsonb)) as k(id bigint, kept jsonb)"
    " where r.id = k.id"
)


def keep_prior(session: Session, kind: Kind, job_id: UUID) -> None:
    """Sets down what the records are before the job changes them."""
    session.execute(_keep(kind), {"job_id": job_id})


def touched(session: Session, job_id: UUID) -> list[Touched]:
    return [Touched(*row) for row in session.execute(_TOUCHED, {"job_id": job_id}).all()]


@cache
def _marks(kind: Kind) -> TextClause:
    mark = "version::text" if kind.versioned else "null"
    if kind.name == "installation":
        mark = "period::text"
    return text(
        f"select id, {mark} from public.{kind.name}"  # noqa: S608
        " where id = any(:ids) and source_import_id = :job_id order by id"
        + ("" if kind.append_only else " for update")
    )


def marks(
    session: Session, kind: Kind, ids: Iterable[UUID], job_id: UUID
) -> dict[UUID, str | None]:
    """The records that this job was the last import to write, locked, with their marks."""
    rows = session.execute(_marks(kind), {"ids": list(ids), "job_id": job_id})
    return {row[0]: row[1] for row in rows.all()}


@cache
def _unlink(kind: Kind) -> TextClause:
    same = " and ".join(f"t.{column} = n.{column}" for column in kind.columns)
    return text(
        f"delete from public.{kind.name} t using import_row r"  # noqa: S608
        " cross join lateral jsonb_array_elements(r.normalised -> 'operations') o"
        f" cross join lateral jsonb_populate_record(null::public.{kind.name}, o -> 'values') n"
        f" where r.job_id = :job_id and o ->> 'kind' = '{kind.name}' and {same}"
    )


def unlink(session: Session, kind: Kind, job_id: UUID) -> None:
    session.execute(_unlink(kind), {"job_id": job_id})


def delete_created(session: Session, kind: Kind, ids: Iterable[UUID], job_id: UUID) -> set[UUID]:
    """Deletes records that nothing refers to; answers which are gone."""
    params = {"job_id": job_id, "kind": kind.name, "ids": list(ids)}
    return set(session.execute(_CREATED, params).scalar_one())


def restore_updated(session: Session, kind: Kind, ids: Iterable[UUID], job_id: UUID) -> int:
    params = {"job_id": job_id, "kind": kind.name, "ids": list(ids)}
    return int(session.execute(_UPDATED, params).scalar_one())


def note_kept(session: Session, kept: str) -> None:
    """``kept``: a JSON list of ``{id, kept}`` of import rows."""
    session.execute(_KEPT, {"kept": kept})
