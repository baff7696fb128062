"""Everything about one case in the order it happened: reports, responses, decisions, changes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.attachments.domain import AttachmentKind

_REPORTS = text("""
  with recursive family as (
    select id from fault_case where id = :case_id
    union
    select c.id from fault_case c join family on c.merged_into_id = family.id
  )
  select r.*, co.name as company_name, cr.case_id, cr.linked_at,
         (select o.report_no from fault_report o where o.id = r.corrects_id) as corrects_no,
         (select o.report_no from fault_report o where o.corrects_id = r.id
          order by o.received_at desc limit 1) as corrected_by_no,
         (r.observed ->> 'arrived_at')::timestamptz as arrived_at,
         (r.observed ->> 'temporary_at')::timestamptz as temporary_at,
         (r.observed ->> 'restored_at')::timestamptz as restored_at,
         extract(epoch from r.device_clock - r.received_at)::float / 60 as clock_ahead_min,
         ST_Distance(ST_Transform(r.geo_fix, 6677), ST_Transform(f.geom, 6677))
           - coalesce(r.geo_accuracy_m, 0) as away_m
  from case_report cr
  join fault_report r on r.id = cr.report_id
  join fault_case k on k.id = cr.case_id
  join facility f on f.id = k.facility_id
  left join company co on co.id = r.company_id
  where cr.case_id in (select id from family)
  order by r.received_at, r.id
""")
_RESPONSES = text("""
  with recursive family as (
    select id from fault_case where id = :case_id
    union
    select c.id from fault_case c join family on c.merged_into_id = family.id
  )
  select s.*, co.name as company_name, later.seq as corrected_by_seq, earlier.seq as corrects_seq
  from response_record s
  left join company co on co.id = s.company_id
  left join response_record later on later.supersedes_id = s.id
  left join response_record earlier on earlier.id = s.supersedes_id
  where s.case_id in (select id from family)
  order by s.created_at, s.id
""")
_APPROVALS = text("""
  select a.*, u.display_name as decided_by_name
  from approval a join user_account u on u.id = a.decided_by
  where a.target_type = 'case' and a.target_id = :case_id
  order by a.decided_at, a.id
""")
_CHANGES = text("""
  select id, at, actor_name, via, action, before, after, reason
  from audit_entry
  where target_type = 'fault_case' and target_id = :case_id and action <> 'report.filed'
    and action not like 'approval.%'
  order by id
""")
_PHOTOS = text("""
  select id, report_id, response_id, kind, file_name, mime, size_bytes, sha256, received_at,
    coalesce((select jsonb_array_length(m.areas) > 0 from photo_mask m where m.attachment_id = a.id
              order by m.created_at desc, m.id desc limit 1), false) as is_masked
  from attachment a
  where report_id = any(:reports) or response_id = any(:responses)
  order by received_at, id
""")
_MERGED_HERE = text("""
  select id, case_no, state, occurred_at from fault_case where merged_into_id = :case_id
  order by case_no
""")
_REPORT = text("""
  select r.*, co.name as company_name,
         array(select cr.case_id from case_report cr where cr.report_id = r.id
               order by cr.linked_at) as case_ids
  from fault_report r left join company co on co.id = r.company_id
  where r.id = :id
""")
_REPORT_LIST = """
  select r.*, co.name as company_name,
         array(select cr.case_id from case_report cr where cr.report_id = r.id
               order by cr.linked_at) as case_ids
  from fault_report r left join company co on co.id = r.company_id
  {where} order by r.received_at desc, r.id desc limit :limit
"""
_RESPONSES_OF = text("select * from response_record where case_id = :case_id order by seq")


class EntryKind(StrEnum):
    REPORT = "report"
    RESPONSE = "response"
    APPROVAL = "approval"
    CHANGE = "change"


@dataclass(frozen=True)
class Entry:
    kind: EntryKind
    at: datetime
    row: Row[Any]
    photos: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Dossier:
    """``entries`` has the newest first."""

    entries: list[Entry]
    merged_here: list[Row[Any]]

    @property
    def responses(self) -> list[Row[Any]]:
        return [entry.row for entry in self.entries if entry.kind is EntryKind.RESPONSE]

    @property
    def texts(self) -> list[str]:
        """Everything that people have written about the case."""
        written = {EntryKind.REPORT: "body", EntryKind.RESPONSE: "description"}
        return [getattr(e.row, written[e.kind]) for e in self.entries if e.kind in written]

    def picture(self, *kinds: AttachmentKind) -> Row[Any] | None:
        """The newest photo of the first of these kinds that there is."""
        shown = [
            photo
            for entry in self.entries
            for photo in entry.photos
            if photo.mime.startswith("image/")
        ]
        return next((one for kind in kinds for one in shown if one.kind == kind), None)

    @property
    def before_and_after(self) -> tuple[Row[Any], Row[Any]] | None:
        before = self.picture(AttachmentKind.BEFORE, AttachmentKind.FAULT)
        after = self.picture(AttachmentKind.AFTER)
        return (before, after) if before is not None and after is not None else None

    @property
    def changes(self) -> list[Row[Any]]:
        return [entry.row for entry in self.entries if entry.kind is EntryKind.CHANGE]


def dossier(session: Session, case_id: UUID) -> Dossier:
    """What the actor may see of the case; row-level security leaves out the rest."""
    values = {"case_id": case_id}
    reports = list(session.execute(_REPORTS, values))
    responses = list(session.execute(_RESPONSES, values))
    photos = _photos(session, reports, responses)
    entries = [Entry(EntryKind.REPORT, r.received_at, r, photos.get(r.id, [])) for r in reports]
    entries += [Entry(EntryKind.RESPONSE, r.created_at, r, photos.get(r.id, [])) for r in responses]
    entries += [
        Entry(EntryKind.APPROVAL, r.decided_at, r) for r in session.execute(_APPROVALS, values)
    ]
    entries += [
        Entry(EntryKind.CHANGE, r.at, r)
        for r in session.execute(_CHANGES, {"case_id": str(case_id)})
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Dossier(entries, list(session.execute(_MERGED_HERE, values)))


def _photos(
    session: Session, reports: list[Row[Any]], responses: list[Row[Any]]
) -> dict[UUID, list[Row[Any]]]:
    owners = {"reports": [r.id for r in reports], "responses": [r.id for r in responses]}
    found: dict[UUID, list[Row[Any]]] = {}
    for row in session.execute(_PHOTOS, owners):
        found.setdefault(row.report_id or row.response_id, []).append(row)
    return found


def approvals(session: Session, case_id: UUID) -> list[Row[Any]]:
    return list(session.execute(_APPROVALS, {"case_id": case_id}))


def responses_of(session: Session, case_id: UUID) -> list[Row[Any]]:
    return list(session.execute(_RESPONSES_OF, {"case_id": case_id}))


def report_row(session: Session, report_id: UUID) -> Row[Any] | None:
    return session.execute(_REPORT, {"id": report_id}).first()


def reports_before(
    session: Session, last: tuple[datetime, UUID] | None, *, limit: int
) -> list[Row[Any]]:
    """Reports by arrival, newest first, behind the one that was seen last."""
    where = "" if last is None else "where (r.received_at, r.id) < (:last_at, :last_id)"
    statement = text(_REPORT_LIST.format(where=where))
    values: dict[str, Any] = {"limit": limit}
    if last is not None:
        values |= {"last_at": last[0], "last_id": last[1]}
    return list(session.execute(statement, values))
