"""The cases of a month, and the reports that were issued of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session, col, select

from service.monthly.domain import FormKind, Month
from service.monthly.models import MonthlyReport, MonthlyTemplate

_CASES = """
  with recursive chosen as (
    select c.id from fault_case c
    where c.state <> 'merged' and {when}
      and (cast(:facility_id as uuid) is null or c.facility_id = :facility_id)
      and (cast(:company_id as uuid) is null or c.company_id = :company_id)
  ), family as (
    select id as root, id from chosen
    union
    select family.root, c.id from fault_case c join family on c.merged_into_id = family.id
  ), cost as (
    select family.root, sum(s.cost_yen) as yen
    from family join response_record s on s.case_id = family.id
    where not exists (select 1 from response_record later where later.supersedes_id = s.id)
    group by family.root
  )
  select c.id, c.case_no, c.occurred_at, c.reported_at, c.state, c.urgency, c.symptoms,
         c.counts_as_failure, c.stop_from, c.stop_to, c.position_id,
         f.facility_code, f.name as facility_name, co.name as company_name,
         coalesce(p.name, c.unregistered_desc) as equipment, coalesce(cost.yen, 0) as cost_yen
  from chosen
  join fault_case c on c.id = chosen.id
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  left join company co on co.id = c.company_id
  left join cost on cost.root = c.id
  order by c.occurred_at, c.case_no
"""
_OF_MONTH = text(_CASES.format(when="c.occurred_at >= :begins and c.occurred_at < :ends"))
_LATE = text(
    _CASES.format(
        when="c.occurred_at < :begins and c.reported_at >= :begins and c.reported_at < :ends"
    )
)
_ISSUES = text("""
  select id, month, revision, created_at, issued_by_name, template_id is not null as own_template
  from monthly_report
  where month = :month and facility_id is not distinct from :facility_id
    and company_id is not distinct from :company_id
  order by revision desc
""")
_ISSUED = text("""
  select r.*, f.name as facility_name, co.name as company_name, t.content as template_file
  from monthly_report r
  left join facility f on f.id = r.facility_id
  left join company co on co.id = r.company_id
  left join monthly_template t on t.id = r.template_id
  where r.id = :id
""")
_BEFORE = text("""
  select content, revision from monthly_report
  where month = :month and facility_id is not distinct from :facility_id
    and company_id is not distinct from :company_id and revision < :revision
  order by revision desc limit 1
""")
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('monthly_report', 0))")
_IS_KNOWN = text("""
  select (cast(:facility_id as uuid) is null
          or exists (select 1 from facility where id = :facility_id))
     and (cast(:company_id as uuid) is null
          or exists (select 1 from company where id = :company_id))
""")


@dataclass(frozen=True)
class Wanted:
    """Which report: a month, of one facility or company or of all."""

    month: Month
    facility_id: UUID | None = None
    company_id: UUID | None = None

    def values(self) -> dict[str, Any]:
        return {
            "month": self.month.first_day,
            "facility_id": self.facility_id,
            "company_id": self.company_id,
        }


def cases(session: Session, wanted: Wanted) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Those that happened in the month, and earlier ones that arrived in it."""
    values = wanted.values() | {"begins": wanted.month.begins, "ends": wanted.month.ends}
    return list(session.execute(_OF_MONTH, values)), list(session.execute(_LATE, values))


def is_known(session: Session, wanted: Wanted) -> bool:
    """Whether there are such a facility and such a company."""
    return bool(session.execute(_IS_KNOWN, wanted.values()).scalar_one())


def issues(session: Session, wanted: Wanted) -> list[Row[Any]]:
    """The issues of this report, the newest first."""
    return list(session.execute(_ISSUES, wanted.values()))


def issued(session: Session, report_id: UUID) -> Row[Any] | None:
    return session.execute(_ISSUED, {"id": report_id}).first()


def issued_before(session: Session, wanted: Wanted, revision: int) -> Row[Any] | None:
    return session.execute(_BEFORE, wanted.values() | {"revision": revision}).first()


def wait_for_turn(session: Session) -> None:
    """Two people who issue the same report get one revision after the other."""
    session.execute(_ONE_AT_A_TIME)


def newest(session: Session, wanted: Wanted) -> MonthlyReport | None:
    return session.exec(
        select(MonthlyReport)
        .where(
            MonthlyReport.month == wanted.month.first_day,
            col(MonthlyReport.facility_id).is_not_distinct_from(wanted.facility_id),
            col(MonthlyReport.company_id).is_not_distinct_from(wanted.company_id),
        )
        .order_by(col(MonthlyReport.revision).desc())
        .limit(1)
    ).first()


def template_in_use(session: Session, kind: FormKind = FormKind.MONTHLY) -> MonthlyTemplate | None:
    return session.exec(
        select(MonthlyTemplate)
        .where(MonthlyTemplate.kind == kind)
        .where(col(MonthlyTemplate.retired_at).is_(None))
        .order_by(col(MonthlyTemplate.created_at).desc())
        .limit(1)
    ).first()


_NEWEST_CASE = text(
    "select id from fault_case where state <> 'merged' order by reported_at desc, id desc limit 1"
)


def newest_case(session: Session) -> UUID | None:
    """A case to try a form with."""
    found: UUID | None = session.execute(_NEWEST_CASE).scalar()
    return found
