"""Lists of cases: the inbox, the search, a position's history, and the numbers above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.core.clock import JST, now
from service.core.errors import Invalid
from service.core.i18n.marker import N_
from service.core.paging import DEFAULT_LIMIT, BadCursor, cut, decode_cursor, encode_cursor
from service.faults import case_words
from service.faults.domain import OPEN_STATES, CaseState, Urgency, WaitReason
from service.faults.pace_queries import IS_LATE

COLUMNS = """
  c.*, f.name as facility_name, f.facility_code, p.name as position_name, p.position_code,
  p.unit_no, co.name as company_name
"""
TABLES = """
  fault_case c
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  left join company co on co.id = c.company_id
"""
_ONE = text(f"select {COLUMNS} from {TABLES} where c.id = :id")  # noqa: S608  # own fragments
_ONE_BY_NUMBER = text("select id from fault_case where case_no = :case_no")
_COUNTS = text("""
  select c.state, c.urgency, count(*) as cases
  from fault_case c
  where c.state not in ('closed', 'merged', 'dismissed')
  group by c.state, c.urgency
""")
_BY_FACILITY = text("""
  select f.id, f.name, count(*) as cases,
         count(*) filter (where c.urgency in ('S', 'A')) as urgent
  from fault_case c join facility f on f.id = c.facility_id
  where c.state not in ('closed', 'merged', 'dismissed')
  group by f.id, f.name
  order by count(*) desc, f.name limit 10
""")
_FACILITIES = text("select id, name from facility order by facility_code")
_POSITION = text("""
  select p.id, p.name, p.unit_no, p.position_code, f.id as facility_id, f.name as facility_name,
         l.path as location_path, k.minor as class_name, k.symptom_set
  from position p
  join facility f on f.id = p.facility_id
  join equipment_class k on k.id = p.class_id
  left join location l on l.id = p.location_id
  where p.id = :id
""")
_CONDITIONS = {
    "states": "c.state = any(:states)",
    "facility_id": "c.facility_id = :facility_id",
    "urgency": "c.urgency = :urgency",
    "urgent": "c.urgency in ('S', 'A')",
    "wait_reason": "c.wait_reason = :wait_reason",
    "company_id": "c.company_id = :company_id",
    "position_id": "c.position_id = :position_id",
    "unregistered": (
        "c.position_id is null"
        " and not exists (select 1 from case_outside_ledger o where o.case_id = c.id)"
    ),
    "overdue_at": IS_LATE,
    "after": "c.occurred_at >= :after",
    "before": "c.occurred_at < :before",
}


class UnknownCaseNumber(Invalid):
    code = "unknown-case-number"
    message = N_("この案件番号の案件はありません。")


class Order(StrEnum):
    """Newest first, by when it arrived or by when it happened."""

    REPORTED = "reported_at"
    OCCURRED = "occurred_at"


@dataclass(frozen=True)
class CaseFilter:
    """``states`` empty means all; ``occurred_until`` includes that day."""

    states: Sequence[CaseState] = ()
    facility_id: UUID | None = None
    urgency: Urgency | None = None
    urgent: bool = False
    wait_reason: WaitReason | None = None
    company_id: UUID | None = None
    position_id: UUID | None = None
    unregistered: bool = False
    overdue: bool = False
    occurred_from: date | None = None
    occurred_until: date | None = None
    words: str = ""

    def values(self) -> dict[str, Any]:
        given = {
            "states": [state.value for state in self.states] or None,
            "facility_id": self.facility_id,
            "urgency": self.urgency and self.urgency.value,
            "urgent": self.urgent or None,
            "wait_reason": self.wait_reason and self.wait_reason.value,
            "company_id": self.company_id,
            "position_id": self.position_id,
            "unregistered": self.unregistered or None,
            "overdue_at": now() if self.overdue else None,
            "after": _midnight(self.occurred_from),
            "before": _midnight(self.occurred_until, days=1),
        }
        return {name: value for name, value in given.items() if value is not None}


def open_cases(**conditions: Any) -> CaseFilter:
    return CaseFilter(states=sorted(OPEN_STATES), **conditions)


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=JST) + timedelta(days=days)


@dataclass(frozen=True)
class CasePage:
    cases: list[Row[Any]]
    cursor: str | None


def list_cases(
    session: Session,
    wanted: CaseFilter,
    *,
    order: Order = Order.REPORTED,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> CasePage:
    conditions, values = _asked(session, wanted)
    if cursor is not None:
        conditions.append(f"(c.{order.value}, c.id) < (:last_at, :last_id)")
        values |= _position_of(cursor)
    statement = text(
        f"select {COLUMNS} from {TABLES}"  # noqa: S608  # fragments of this module only
        + (" where " + " and ".join(conditions) if conditions else "")
        + f" order by c.{order.value} desc, c.id desc limit :limit"
    )
    rows = list(session.execute(statement, values | {"limit": limit + 1}))
    shown, more = cut(rows, limit)
    if not more:
        return CasePage(shown, None)
    last = shown[-1]
    return CasePage(shown, encode_cursor(getattr(last, order.value).isoformat(), str(last.id)))


def count_by_facility(session: Session, wanted: CaseFilter) -> list[Row[Any]]:
    """``id``, ``name``, ``cases`` and those open and ``urgent``, of each facility with any."""
    conditions, values = _asked(session, wanted)
    statement = text(
        "select f.id, f.name, count(*) as cases,"  # noqa: S608  # fragments of this module only
        " count(*) filter (where c.urgency in ('S', 'A')"
        f" and c.state not in ('closed', 'merged', 'dismissed')) as urgent from {TABLES}"
        + (" where " + " and ".join(conditions) if conditions else "")
        + " group by f.id, f.name"
    )
    return list(session.execute(statement, values))


def _asked(session: Session, wanted: CaseFilter) -> tuple[list[str], dict[str, Any]]:
    values = wanted.values()
    words, found = case_words.every_word(session, wanted.words)
    return [_CONDITIONS[name] for name in values] + words, values | found


def _position_of(cursor: str) -> dict[str, Any]:
    moment, last_id = decode_cursor(cursor, 2)
    try:
        return {"last_at": datetime.fromisoformat(moment), "last_id": UUID(last_id)}
    except ValueError as error:
        raise BadCursor from error


def case_row(session: Session, case_id: UUID) -> Row[Any] | None:
    """The case as lists and pages show it, with the names around it."""
    return session.execute(_ONE, {"id": case_id}).first()


def case_id_of(session: Session, case_no: str) -> UUID | None:
    found: UUID | None = session.execute(
        _ONE_BY_NUMBER, {"case_no": case_no.strip().upper()}
    ).scalar_one_or_none()
    return found


@dataclass(frozen=True)
class OpenCounts:
    """How many cases are open, for the top of the dashboard."""

    by_state: dict[CaseState, int]
    urgent: int
    total: int

    @property
    def unaccepted(self) -> int:
        return self.by_state.get(CaseState.REPORTED, 0)


def open_counts(session: Session) -> OpenCounts:
    by_state: dict[CaseState, int] = {}
    urgent = total = 0
    for row in session.execute(_COUNTS):
        state = CaseState(row.state)
        by_state[state] = by_state.get(state, 0) + row.cases
        total += row.cases
        urgent += row.cases if row.urgency in {Urgency.S, Urgency.A} else 0
    return OpenCounts(by_state, urgent, total)


def open_by_facility(session: Session) -> list[Row[Any]]:
    return list(session.execute(_BY_FACILITY))


def facilities(session: Session) -> list[Row[Any]]:
    return list(session.execute(_FACILITIES))


def position_row(session: Session, position_id: UUID) -> Row[Any] | None:
    return session.execute(_POSITION, {"id": position_id}).first()
