"""Figures of one position, and of one facility: what broke how often, what is open."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.core.clock import today
from service.faults import figures_queries as queries
from service.faults.domain import OPEN_STATES

YEARS = 5
FEWEST = 5  # fewer failures than this say nothing of how long it goes between them
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class PositionFigures:
    """``since`` is the first day of which the records tell: of the place, and of the register."""

    failure_count: int
    last_failure_on: date | None
    since: date | None
    until: date
    open_count: int

    @property
    def observed_years(self) -> float:
        if self.since is None or self.since >= self.until:
            return 0.0
        return round((self.until - self.since).days / _DAYS_A_YEAR, 1)

    @property
    def mean_interval_days(self) -> int | None:
        """Days observed for each failure; None when they are too few to say."""
        if self.since is None or self.failure_count < FEWEST:
            return None
        return (self.until - self.since).days // self.failure_count


@dataclass(frozen=True)
class FacilityCases:
    """How many open cases are in each state, and the newest of them."""

    counts: dict[str, int]

    @property
    def open_count(self) -> int:
        return sum(self.counts.values())


def position_figures(session: Session, position_id: UUID) -> PositionFigures:
    """Failures of the last five years, or of as long as there are records."""
    until = today()
    since = until - timedelta(days=round(YEARS * _DAYS_A_YEAR))
    values: dict[str, Any] = dict(queries.of_position(session, position_id, since=since))
    return PositionFigures(**values, until=until)


def facility_cases(session: Session, facility_id: UUID) -> FacilityCases:
    return FacilityCases(queries.by_state(session, facility_id, sorted(OPEN_STATES)))
