"""SQL of a tag's life: its history, the stock, what has to be looked at or printed again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid
from sqlmodel import Session

from service.core.paging import decode_cursor, encode_cursor
from service.registry.queries.search import every_word
from service.tags.domain import STOCK, TagEventKind

_STOCK = ", ".join(f"'{state.value}'" for state in sorted(STOCK))
_IDS = bindparam("ids", type_=ARRAY(Uuid))

_RECORD = text("""
  insert into tag_event
    (id, created_at, created_by, tag_id, kind, position_id, run_id, company_id, by_name, note)
  select gen_random_uuid(), clock_timestamp(), :by_id, t.id, :kind, t.position_id,
         cast(:run_id as uuid), cast(:company_id as uuid), :by_name, cast(:note as text)
  from qr_tag t where t.id = any(:ids)
""").bindparams(_IDS, bindparam("by_id", type_=Uuid))
_HISTORY = text("""
  select e.kind, e.created_at as at, e.by_name, e.note, p.position_code, p.name as position_name,
         c.name as company_name, r.run_no
  from tag_event e left join position p on p.id = e.position_id
  left join company c on c.id = e.company_id left join label_run r on r.id = e.run_id
  where e.tag_id = :tag_id order by e.created_at desc, e.id limit :limit
""")
_MINT_STOCK = text("""
  insert into qr_tag (id, tag_code, state, created_by, updated_by)
  select g.id, g.code, 'minted', :by_id, :by_id from unnest(:ids, :codes) as g (id, code)
  on conflict (tag_code) do nothing returning id
""").bindparams(_IDS, bindparam("codes", type_=ARRAY(Text)), bindparam("by_id", type_=Uuid))
_ISSUE = text(f"""
  update qr_tag set state = 'issued', issued_to_company_id = :company_id, issued_to = :person,
    issued_on = :today, updated_by = :by_id, updated_at = now()
  where id = any(:ids) and state in ({_STOCK}) returning id
""").bindparams(  # noqa: S608  # only the enum's words are put in
    _IDS, bindparam("by_id", type_=Uuid), bindparam("company_id", type_=Uuid)
)
_WANT_REPRINT = text("""
  update qr_tag set reprint_wanted_at = now(), updated_by = :by_id, updated_at = now()
  where tag_code = any(:codes) and state not in ('retired', 'lost', 'damaged', 'superseded')
  returning id
""").bindparams(bindparam("codes", type_=ARRAY(Text)), bindparam("by_id", type_=Uuid))
_IDS_OF = text("""
  select t.id from unnest(:codes) with ordinality as g (code, n)
  join qr_tag t on t.tag_code = g.code order by g.n
""").bindparams(bindparam("codes", type_=ARRAY(Text)))
_DISPUTED_BY = text("""
  select exists (select 1 from tag_event where tag_id = :tag_id and kind = 'disputed'
    and created_by is not distinct from :by_id and created_at > now() - interval '1 day')
""").bindparams(bindparam("by_id", type_=Uuid))
_LAST_BINDING = text("""
  select created_by, created_at, clock_timestamp() - created_at <= interval '10 minutes' as is_fresh
  from tag_event where tag_id = :tag_id and kind in ('bound', 'unbound')
  order by created_at desc limit 1
""")
_FORGET_ASSIGNMENT = text("delete from tag_assignment where tag_id = :tag_id and upper_inf(period)")
_COUNTS = text("""
  select
    count(*) filter (where state = 'minted') as minted,
    count(*) filter (where state = 'printed') as printed,
    count(*) filter (where state = 'issued') as issued,
    count(*) filter (where state = 'in_use') as in_use,
    count(*) filter (where state in ('damaged', 'lost', 'retired', 'superseded')) as out_of_use,
    count(*) filter (where state = 'in_use' and printed_on is null) as unprinted,
    count(*) filter (where reprint_wanted_at is not null) as reprint,
    count(*) filter (where dispute_count > 0) as disputed,
    (select count(*) from position p where p.status <> 'abolished' and not exists
      (select 1 from qr_tag u where u.position_id = p.id and u.state = 'in_use')) as missing
  from qr_tag
""")
# What each tab of the office's list shows; one fixed condition for each.
VIEWS = {
    "in_use": "t.state = 'in_use'",
    "stock": f"t.state in ({_STOCK})",
    "unprinted": "t.state = 'in_use' and t.printed_on is null",
    "reprint": "t.reprint_wanted_at is not null",
    "recheck": "t.dispute_count > 0",
    "out_of_use": "t.state in ('damaged', 'lost', 'retired', 'superseded')",
}
_LIST = """
  select t.id, t.tag_code, t.state, t.printed_on, t.printed_batch, t.dispute_count, t.created_at,
         t.issued_to, t.issued_on, co.name as company_name, t.reprint_wanted_at,
         p.id as position_id, p.position_code, p.name as position_name, p.unit_no,
         f.name as facility_name
  from qr_tag t left join position p on p.id = t.position_id
  left join facility f on f.id = t.facility_id
  left join company co on co.id = t.issued_to_company_id
  where {condition}
    and (cast(:facility as text) is null or f.facility_code = :facility)
    and (cast(:code as text) is null or t.tag_code like :code)
    and (coalesce(p.position_code, ''), t.tag_code)
      > (cast(:after_position as text), cast(:after_tag as text))
  order by coalesce(p.position_code, ''), t.tag_code limit :limit
"""
_LISTS = {name: text(_LIST.format(condition=condition)) for name, condition in VIEWS.items()}
_MISSING = text("""
  select p.id as position_id, p.position_code, p.name as position_name, p.unit_no,
         f.name as facility_name
  from position p join facility f on f.id = p.facility_id
  where p.status <> 'abolished'
    and (cast(:facility as text) is null or f.facility_code = :facility)
    and not exists (select 1 from qr_tag t where t.position_id = p.id and t.state = 'in_use')
    and p.position_code > :after_position
  order by p.position_code limit :limit
""")
_PLACES = """
  select p.id, p.position_code, p.name, p.unit_no, f.name as facility_name, l.path as location,
         (select count(*) from qr_tag t where t.position_id = p.id and t.state = 'in_use') as tags,
         (select max(t.tag_code) from qr_tag t where t.position_id = p.id and t.state = 'in_use')
           as tag
  from position p join facility f on f.id = p.facility_id
  left join location l on l.id = p.location_id
  where p.status <> 'abolished' and {condition}
  order by f.facility_code, p.position_code limit :limit
"""
_WORD = """gesuibo.fold(p.position_code || ' ' || p.name || ' ' || coalesce(p.unit_no, '')
  || ' ' || f.name || ' ' || f.facility_code || ' ' || coalesce(l.path, '')) like :{word}"""
_NEIGHBOURS = text("""
  select p.id, p.position_code, p.name, p.unit_no, l.path as location,
         (select t.tag_code from qr_tag t where t.position_id = p.id and t.state = 'in_use'
          order by t.created_at desc limit 1) as tag_code
  from position p left join location l on l.id = p.location_id
  join position here on here.id = :position_id
  where p.facility_id = here.facility_id and p.id <> here.id and p.status <> 'abolished'
  order by p.location_id is distinct from here.location_id,
           p.name <> here.name, p.position_code
  limit :limit
""")
_COMPANIES = text("select id, name from company order by name")


def record(
    session: Session,
    ids: Sequence[UUID],
    kind: TagEventKind,
    *,
    by_id: UUID | None,
    by_name: str,
    run_id: UUID | None = None,
    company_id: UUID | None = None,
    note: str | None = None,
) -> None:
    """One line for each tag, at the position that it has now."""
    values = {
        "ids": list(ids),
        "kind": kind.value,
        "by_id": by_id,
        "by_name": by_name,
        "run_id": run_id,
        "company_id": company_id,
        "note": note,
    }
    session.execute(_RECORD, values)


def history(session: Session, tag_id: UUID, *, limit: int = 100) -> list[Any]:
    return list(session.execute(_HISTORY, {"tag_id": tag_id, "limit": limit}))


def insert_stock(
    session: Session, ids: list[UUID], codes: list[str], *, by_id: UUID | None
) -> list[UUID]:
    values = {"ids": ids, "codes": codes, "by_id": by_id}
    return [row.id for row in session.execute(_MINT_STOCK, values)]


def issue(session: Session, ids: Sequence[UUID], **values: Any) -> list[UUID]:
    """The tags of the stock that now are issued; others stay as they are."""
    return [row.id for row in session.execute(_ISSUE, {"ids": list(ids)} | values)]


def want_reprint(session: Session, codes: Sequence[str], *, by_id: UUID | None) -> list[UUID]:
    values = {"codes": list(codes), "by_id": by_id}
    return [row.id for row in session.execute(_WANT_REPRINT, values)]


def ids_of(session: Session, codes: Sequence[str]) -> list[UUID]:
    """In the order of the codes; unknown ones are left out."""
    return [row.id for row in session.execute(_IDS_OF, {"codes": list(codes)})]


def has_disputed(session: Session, tag_id: UUID, by_id: UUID | None) -> bool:
    """Within a day: pressing twice is one doubt."""
    values = {"tag_id": tag_id, "by_id": by_id}
    return bool(session.execute(_DISPUTED_BY, values).scalar_one())


def last_binding(session: Session, tag_id: UUID) -> Any:
    return session.execute(_LAST_BINDING, {"tag_id": tag_id}).first()


def forget_assignment(session: Session, tag_id: UUID) -> None:
    session.execute(_FORGET_ASSIGNMENT, {"tag_id": tag_id})


def counts(session: Session) -> Any:
    return session.execute(_COUNTS).one()


def listed(
    session: Session,
    view: str,
    *,
    facility: str | None,
    code: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Any], str | None]:
    """A page of one of the `VIEWS`, and where the next one begins."""
    after = decode_cursor(cursor, 2) if cursor else ["", ""]
    values = {
        "facility": facility,
        "code": f"%{code}%" if code else None,
        "after_position": after[0],
        "after_tag": after[1],
        "limit": limit + 1,
    }
    rows = list(session.execute(_LISTS[view], values))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode_cursor(last.position_code or "", last.tag_code)


def missing(
    session: Session, *, facility: str | None, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """Positions without a tag in use."""
    after = decode_cursor(cursor, 1)[0] if cursor else ""
    values = {"facility": facility, "after_position": after, "limit": limit + 1}
    rows = list(session.execute(_MISSING, values))
    more = encode_cursor(rows[limit - 1].position_code) if len(rows) > limit else None
    return rows[:limit], more


def places(session: Session, typed: str, *, limit: int = 30) -> list[Any]:
    """Positions whose code, name, facility or location hold every word."""
    condition, names = every_word(typed, _WORD)
    if not names:
        return []
    return list(
        session.execute(text(_PLACES.format(condition=condition)), names | {"limit": limit})
    )


def place(session: Session, position_id: UUID) -> Any:
    """One position as `places` shows it; None when the actor may not see it."""
    statement = text(_PLACES.format(condition="p.id = :position_id"))
    return session.execute(statement, {"position_id": position_id, "limit": 1}).first()


def neighbours(session: Session, position_id: UUID, *, limit: int = 30) -> list[Any]:
    """The other positions of the facility, those of the same room first."""
    return list(session.execute(_NEIGHBOURS, {"position_id": position_id, "limit": limit}))


def companies(session: Session) -> list[Any]:
    return list(session.execute(_COMPANIES))
