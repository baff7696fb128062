"""What an applied import has done, for those who keep it beside the ledger."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ApplyMode(StrEnum):
    ALL_OR_NOTHING = "all"
    GOOD_ROWS_ONLY = "good_rows"


@dataclass(frozen=True)
class Receipt:
    """Rows by outcome, records by kind."""

    job_id: UUID
    mode: ApplyMode
    rows: dict[str, int]
    records: dict[str, dict[str, int]]

    @property
    def changed_records(self) -> int:
        return sum(sum(done.values()) for done in self.records.values())
