"""What a wall screen and the person on night duty must not miss."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from service.core.clock import JST, now
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.faults.inbox import OpenCounts, open_counts

_COLUMNS = """
  c.id, c.case_no, c.state, c.urgency, c.symptoms, c.summary, c.occurred_at, c.reported_at,
  c.wait_reason, c.version, c.position_id, c.unregistered_desc, c.temporary_fix,
  f.name as facility_name, p.name as position_name, co.name as company_name
"""
_TABLES = """
  fault_case c
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  left join company co on co.id = c.company_id
"""
# As `severity.is_emergency` says of a report, or as staff have judged since.
_EMERGENCY = """
  (coalesce(c.urgency, '') in ('S', 'A')
   or (c.urgency is null
       and (c.environment_effects && array['overflow', 'discharge']
            or (c.operation_effect = 'stopped' and coalesce(c.alarm_class = 'major', false))
            or exists (select 1 from case_report l join fault_report r on r.id = l.report_id
                       where l.case_id = c.id and r.observed ->> 'severity' = '1'))))
"""
_OPEN = "c.state not in ('closed', 'merged', 'dismissed', 'resolved', 'in_approval')"
_BOARD = text(f"""
  select {_COLUMNS}, {_EMERGENCY} as emergency, count(*) over () as total from {_TABLES}
  where {_OPEN} and (c.state = 'reported' or {_EMERGENCY})
  order by (c.state = 'reported' and {_EMERGENCY}) desc, {_EMERGENCY} desc, c.reported_at desc
  limit :limit
""")  # noqa: S608  # fragments of this module only
_RECEIVED = text("select count(*) from fault_report where received_at >= :midnight")
_NIGHT = text(f"""
  select {_COLUMNS},
    (select r.reporter_contact from case_report l join fault_report r on r.id = l.report_id
     where l.case_id = c.id and r.reporter_contact is not null
     order by r.received_at desc limit 1) as reporter_contact,
    (select r.reporter_name from case_report l join fault_report r on r.id = l.report_id
     where l.case_id = c.id order by r.received_at desc limit 1) as reporter_name
  from {_TABLES}
  where {_EMERGENCY} and c.state = any(:states) and c.reported_at >= :since
  order by c.urgency = 'S' desc nulls last, c.reported_at desc limit 50
""")  # noqa: S608  # fragments of this module only
_PHONE = re.compile(r"0\d{1,4}-?\d{1,4}-?\d{3,4}(?!\d)")
_LONG_AGO = datetime(1900, 1, 1, tzinfo=JST)
_HOUR_MIN, _DAY_MIN = 60, 24 * 60


@dataclass(frozen=True)
class Board:
    counts: OpenCounts
    received_today: int
    cases: list[Row[Any]]

    @property
    def more(self) -> int:
        """Cases that have no room on the wall."""
        return self.cases[0].total - len(self.cases) if self.cases else 0


def board(session: Session, *, limit: int) -> Board:
    """Emergencies nobody has accepted first, then other emergencies, then what is unaccepted."""
    midnight = now().astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    received = session.execute(_RECEIVED, {"midnight": midnight}).scalar_one()
    cases = list(session.execute(_BOARD, {"limit": limit}))
    return Board(open_counts(session), received, cases)


def unaccepted(session: Session) -> list[Row[Any]]:
    """Emergencies that wait for somebody, however old."""
    return list(session.execute(_NIGHT, {"states": ["reported"], "since": _LONG_AGO}))


def at_work(session: Session) -> list[Row[Any]]:
    """Emergencies of the last day and night that somebody has accepted."""
    states = ["accepted", "in_progress", "waiting", "reopened"]
    return list(session.execute(_NIGHT, {"states": states, "since": now() - timedelta(days=1)}))


def phone_number(contact: str | None) -> str | None:
    """The telephone number in what somebody typed, as a phone dials it."""
    if contact is None:
        return None
    plain = re.sub(r"[‐‑–—−ー－()（）\s]", "-", unicodedata.normalize("NFKC", contact))
    found = _PHONE.search(re.sub(r"-+", "-", plain))
    return found.group().replace("-", "") if found else None


def elapsed(moment: datetime, locale: Locale) -> str:
    """12分前, 3時間前, 2日前."""
    minutes = max(0, int((now() - moment).total_seconds() // 60))
    if minutes < _HOUR_MIN:
        return translate(N_("%(num)s分前"), locale, num=minutes)
    if minutes < _DAY_MIN:
        return translate(N_("%(num)s時間前"), locale, num=minutes // _HOUR_MIN)
    return translate(N_("%(num)s日前"), locale, num=minutes // _DAY_MIN)
