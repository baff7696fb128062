"""The first page's figures beside the lists: today, urgency, waits, targets, months, the ledger.

Row-level security picks the rows: a company's figures are of its own cases.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from service.core.clock import JST, now
from service.core.i18n.marker import N_
from service.faults.pace_queries import IS_LATE, TARGET_MIN

MONTHS = 12
SHOWN_OVERDUE = 10
_OPEN = "c.state not in ('closed', 'merged', 'dismissed')"
_TODAY = text("""
  select (select count(*) from fault_report r where r.received_at >= :midnight) as received,
         (select count(*) from fault_case c where c.closed_at >= :midnight) as closed
""")
_BY_URGENCY = text(f"""
  select c.urgency, count(*) as cases from fault_case c where {_OPEN} group by c.urgency
""")  # noqa: S608  # own fragment
_WAITING = text("""
  select c.wait_reason, count(*) as cases, min(c.reported_at) as oldest_at
  from fault_case c where c.state = 'waiting' group by c.wait_reason order by oldest_at
""")
_OVERDUE = text(f"""
  select c.id, c.case_no, c.reported_at, f.name as facility_name,
    coalesce(p.name, c.unregistered_desc) as equipment, {TARGET_MIN} as target_min,
    count(*) over () as total
  from fault_case c join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  where {IS_LATE}
  order by c.reported_at limit :limit
""")  # noqa: S608  # own fragments
# What was described because no ledger knew it, and what of it still waits for somebody.
_UNREGISTERED = text("""
  select count(*) filter (where c.reported_at >= :month) as of_month,
         count(*) filter (where c.position_id is null and o.case_id is null) as waiting
  from fault_case c left join case_outside_ledger o on o.case_id = c.id
  where c.unregistered_desc is not null and c.state not in ('merged', 'dismissed')
""")
_MONTHLY = text("""
  select date_trunc('month', c.reported_at at time zone 'Asia/Tokyo')::date as month,
    count(*) as received, 0 as closed
  from fault_case c where c.reported_at >= :since and c.state <> 'merged' group by 1
  union all
  select date_trunc('month', c.closed_at at time zone 'Asia/Tokyo')::date, 0, count(*)
  from fault_case c where c.closed_at >= :since group by 1
""")
_LEDGER = text("""
  select count(*) as positions, count(i.id) as devices, count(d.installed_from) as dated,
    count(d.model_id) as modelled,
    count(*) filter (where exists (select 1 from qr_tag t
      where t.position_id = p.id and t.state = 'in_use')) as tagged,
    (select count(*) from facility f where f.status <> 'abolished') as facilities,
    (select count(*) from facility f where f.status <> 'abolished' and f.geom is not null)
      as located
  from position p
  left join installation i on i.position_id = p.id and i.period @> gesuibo.day()
  left join device d on d.id = i.device_id
  where p.status <> 'abolished'
""")


@dataclass(frozen=True)
class Overview:
    """``by_urgency`` has None for cases that nobody has judged; ``overdue`` the oldest first."""

    received_today: int
    closed_today: int
    by_urgency: dict[str | None, int]
    waiting: list[Row[Any]]
    overdue: list[Row[Any]]
    unregistered_month: int = 0
    unregistered_waiting: int = 0

    @property
    def overdue_total(self) -> int:
        return self.overdue[0].total if self.overdue else 0


def overview(session: Session) -> Overview:
    moment = now()
    midnight = datetime.combine(moment.astimezone(JST).date(), time(), JST)
    today = session.execute(_TODAY, {"midnight": midnight}).one()
    limits = {"overdue_at": moment, "limit": SHOWN_OVERDUE}
    month = midnight.replace(day=1)
    unknown = session.execute(_UNREGISTERED, {"month": month}).one()
    return Overview(
        received_today=today.received,
        closed_today=today.closed,
        by_urgency={row.urgency: row.cases for row in session.execute(_BY_URGENCY)},
        waiting=list(session.execute(_WAITING)),
        overdue=list(session.execute(_OVERDUE, limits)),
        unregistered_month=unknown.of_month,
        unregistered_waiting=unknown.waiting,
    )


@dataclass(frozen=True)
class Month:
    """``received`` and ``closed`` cases; their heights are shares of the highest of all months."""

    first: date
    received: int
    closed: int
    received_height: float = 0.0
    closed_height: float = 0.0


def months(session: Session) -> list[Month]:
    """The last twelve months, this one among them; a merged case is counted where it went."""
    this = now().astimezone(JST).date().replace(day=1)
    firsts = [_months_before(this, back) for back in reversed(range(MONTHS))]
    since = datetime.combine(firsts[0], time(), JST)
    received, closed = dict.fromkeys(firsts, 0), dict.fromkeys(firsts, 0)
    for row in session.execute(_MONTHLY, {"since": since}):
        received[row.month] = received.get(row.month, 0) + row.received
        closed[row.month] = closed.get(row.month, 0) + row.closed
    most = max(1, *received.values(), *closed.values())
    return [
        Month(first, received[first], closed[first], received[first] / most, closed[first] / most)
        for first in firsts
    ]


def _months_before(first: date, count: int) -> date:
    at = first.year * 12 + first.month - 1 - count
    return date(at // 12, at % 12 + 1, 1)


@dataclass(frozen=True)
class Coverage:
    """How many of ``total`` the ledger knows something of; ``href`` leads to the others."""

    label: str
    known: int
    total: int
    href: str

    @property
    def percent(self) -> float:
        return 100 * self.known / self.total if self.total else 0.0


def ledger_coverage(session: Session) -> list[Coverage]:
    row = session.execute(_LEDGER).one()
    return [
        Coverage(N_("機器の登録がある設置箇所"), row.devices, row.positions, "/quality/no-device"),
        Coverage(N_("設置年月が分かる機器"), row.dated, row.devices, "/quality/no-date"),
        Coverage(N_("型式が分かる機器"), row.modelled, row.devices, "/quality/no-model"),
        Coverage(N_("QRタグのある設置箇所"), row.tagged, row.positions, "/tags?view=missing"),
        Coverage(N_("位置が分かる施設"), row.located, row.facilities, "/quality/no-coordinates"),
    ]
