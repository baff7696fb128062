"""SQL of print runs and printers: what is to be printed in which order, and what became of it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel import Session, col, select

from service.tags.domain import STOCK
from service.tags.labels.printed import Label
from service.tags.models import LabelPrinter, LabelRun

ABANDONED_AFTER = "2 minutes"
_STOCK = ", ".join(f"'{state.value}'" for state in sorted(STOCK))
_IDS = bindparam("ids", type_=ARRAY(Uuid))
# What can be chosen to print; the order is that of somebody walking from place to place.
SELECTIONS = {
    "unprinted": "t.state = 'in_use' and t.printed_on is null",
    "all": "t.state = 'in_use'",
    "reprint": "t.reprint_wanted_at is not null",
    "stock": "t.state = 'minted'",
}
_CHOSEN = """
  select t.id from qr_tag t
  left join position p on p.id = t.position_id
  left join facility f on f.id = p.facility_id
  left join location l on l.id = p.location_id
  where {condition} and (cast(:facility as text) is null or f.facility_code = :facility)
  order by f.facility_code, l.path nulls first, p.position_code, t.created_at, t.tag_code
  limit :limit
"""
_CHOSEN_BY = {name: text(_CHOSEN.format(condition=c)) for name, c in SELECTIONS.items()}
_LABELS = text("""
  select t.tag_code, p.position_code, p.name as position_name, p.unit_no, f.facility_code,
         f.name as facility_name, l.path as location,
         case when t.position_id is null then 1 else (
           select count(*) from qr_tag s where s.position_id = t.position_id
             and (s.state = 'in_use' or s.id = t.id)
             and (s.created_at, s.tag_code) <= (t.created_at, t.tag_code)) end as copy_no
  from unnest(:ids) with ordinality as g (id, n)
  join qr_tag t on t.id = g.id
  left join position p on p.id = t.position_id left join facility f on f.id = p.facility_id
  left join location l on l.id = p.location_id
  order by g.n
""").bindparams(_IDS)
_CLAIM = text(f"""
  update label_run set state = 'drawing', attempts = attempts + 1, done = 0, heartbeat_at = now()
  where id = (
    select id from label_run
    where state = 'waiting'
       or (state = 'drawing' and heartbeat_at < now() - interval '{ABANDONED_AFTER}')
    order by run_no limit 1 for update skip locked)
  returning id
""")  # noqa: S608  # a constant
_TELL = text("update label_run set done = :done, heartbeat_at = now() where id = :run_id")
_PRINTED = text("""
  update qr_tag set printed_batch = :batch, printed_on = :today, reprint_wanted_at = null,
    state = case when state = 'minted' then 'printed' else state end, updated_at = now()
  where id = any(:ids)
""").bindparams(_IDS)


def chosen(session: Session, selection: str, *, facility: str | None, limit: int) -> list[UUID]:
    values = {"facility": facility, "limit": limit}
    return [row.id for row in session.execute(_CHOSEN_BY[selection], values)]


def labels(session: Session, ids: Sequence[UUID]) -> list[Label]:
    rows = session.execute(_LABELS, {"ids": list(ids)}).mappings()
    return [Label(**row) for row in rows]


def run(session: Session, run_id: UUID) -> LabelRun | None:
    return session.get(LabelRun, run_id)


def latest(session: Session, *, limit: int = 20) -> list[LabelRun]:
    return list(session.exec(select(LabelRun).order_by(col(LabelRun.run_no).desc()).limit(limit)))


def claim(session: Session) -> LabelRun | None:
    """The run that has waited longest, or one whose worker has fallen silent."""
    run_id = session.execute(_CLAIM).scalar()
    return None if run_id is None else session.get(LabelRun, run_id, populate_existing=True)


def tell(session: Session, run_id: UUID, done: int) -> None:
    session.execute(_TELL, {"run_id": run_id, "done": done})


def mark_printed(session: Session, ids: Sequence[UUID], *, batch: str | None, today: date) -> None:
    session.execute(_PRINTED, {"ids": list(ids), "batch": batch, "today": today})


def printers(session: Session) -> list[LabelPrinter]:
    return list(session.exec(select(LabelPrinter).order_by(col(LabelPrinter.name))))


def printer(session: Session, printer_id: UUID) -> LabelPrinter | None:
    return session.get(LabelPrinter, printer_id)


def printer_by_name(session: Session, name: str) -> LabelPrinter | None:
    return session.exec(select(LabelPrinter).where(LabelPrinter.name == name)).first()
