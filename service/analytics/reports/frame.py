"""What every report has around its table: conditions, quality, and a sentence when it is empty."""

from collections.abc import Sequence
from dataclasses import replace

from service.analytics.conditions import Conditions
from service.analytics.figure import Figure
from service.analytics.grouping import GroupBy
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.observation import Observation, observe
from service.analytics.quality import quality_of
from service.analytics.report import Column, Fact, Finding, Report, Value, rounded
from service.analytics.snapshot_store import Snapshot
from service.analytics.stated_conditions import stated
from service.core.i18n.marker import N_

NO_DEVICE = N_("条件に合う機器がありません。絞り込みを確かめてください。")
NO_RECORDS = N_(
    "この期間には故障の記録がまだありません。故障の記録が始まった月より後の期間を選んでください。"
)
NOT_IN_USE = N_("この期間に使われていた機器がありません。期間と絞り込みを確かめてください。")
NO_FAILURE = N_("この条件では計上した故障がありません。")
NONE_IN_SERVICE = N_("いま使用中の機器がありません。絞り込みを確かめてください。")
UNDATED = N_(
    "設置日の分かる機器が足りないため、経過年数での集計ができません。台帳に設置日を入れてください。"
)
ALL = N_("全体")
MOST_GROUPS = 4


class Frame:
    """One observation and everything that is said of it."""

    def __init__(self, snapshot: Snapshot, conditions: Conditions, *, by_age: bool = True) -> None:
        if not by_age and conditions.by is GroupBy.AGE:
            conditions = replace(conditions, by=GroupBy.MINOR)
        self.snapshot, self.conditions = snapshot, conditions
        self.observation: Observation = observe(snapshot, conditions)
        pairs = self.observation.spells.select("facility_code", "facility_name").unique()
        self.facility_names: dict[str, str] = dict(pairs.iter_rows())

    @property
    def years(self) -> float:
        return float(self.observation.observed["days"].sum()) / DAYS_PER_YEAR

    def report(  # noqa: PLR0913  # the parts of a report
        self,
        name: str,
        title: str,
        columns: tuple[Column, ...],
        rows: Sequence[dict[str, Value]],
        *,
        needs_failures: bool = True,
        notes: tuple[str, ...] = (),
        findings: Sequence[Finding] = (),
        figure: Figure | None = None,
        facts: tuple[Fact, ...] = (),
        total: dict[str, Value] | None = None,
        empty: str | None = None,
        too_few: str = NO_DEVICE,
    ) -> Report:
        """``empty``: why there are no rows; else, with failures, ``too_few``."""
        why = None if rows else empty_because(self.observation) or empty
        if not rows and why is None:
            why = self._no_failure(needs_failures=needs_failures) or too_few
        return Report(
            name=name,
            title=title,
            snapshot=self.snapshot,
            conditions=(*stated(self.conditions, self.observation, self.snapshot), *facts),
            columns=columns,
            rows=tuple(rounded(columns, row) for row in rows),
            total=rounded(columns, total) if total and rows else None,
            quality=quality_of(self.observation, self.snapshot, is_by_age=False),
            notes=notes,
            empty=why,
            findings=tuple(findings) if rows else (),
            figure=figure if rows else None,
        )

    def _no_failure(self, *, needs_failures: bool) -> str | None:
        return NO_FAILURE if needs_failures and self.observation.of_spells.is_empty() else None


def empty_because(observation: Observation) -> str | None:
    """Why there can be no figures at all: no device, no records, or none in use then."""
    if observation.spells.is_empty():
        return NO_DEVICE
    if not observation.observed.is_empty():
        return None
    first = max(observation.window_start, observation.records_start)
    return NO_RECORDS if first >= observation.window_end else NOT_IN_USE
