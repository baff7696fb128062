"""The conditions as a report states them, on the screen and on its own sheet of an export."""

from datetime import date, timedelta

from service.analytics.conditions import FILTER_LABELS, RAIN_ONLY, Conditions
from service.analytics.grouping import GROUP_LABELS
from service.analytics.observation import Observation
from service.analytics.periods import EPOCH
from service.analytics.report import Fact
from service.analytics.snapshot_store import Snapshot
from service.core.clock import JST
from service.core.i18n.marker import N_
from service.registry.domain import FACILITY_TYPE_LABELS, FacilityType

LEFT_OUT = N_("除く")
ONLY = N_("その日だけ")


def stated(
    conditions: Conditions, observation: Observation, snapshot: Snapshot
) -> tuple[Fact, ...]:
    taken = snapshot.taken_at.astimezone(JST)
    end = EPOCH + timedelta(days=observation.window_end - 1)
    facts = [
        Fact("by", N_("集計の区分"), GROUP_LABELS[conditions.by]),
        Fact("from", N_("期間の初日"), conditions.period.starts_on),
        Fact("to", N_("期間の末日"), end),
        Fact("records_from", N_("故障の記録の始まり"), _records_start(observation)),
        *(_filter(name, value) for name, value in conditions.filters.given().items()),
        Fact("snapshot", N_("集計データ番号"), snapshot.id),
        Fact("taken_at", N_("集計データの取得日時"), f"{taken:%Y-%m-%d %H:%M:%S}"),
        Fact("time_zone", N_("時刻の基準"), "Asia/Tokyo"),
    ]
    return tuple(facts)


def _records_start(observation: Observation) -> date:
    return EPOCH + timedelta(days=observation.records_start)


def _filter(name: str, value: str) -> Fact:
    if name == "facility_type" and value in list(FacilityType):
        value = FACILITY_TYPE_LABELS[FacilityType(value)]
    if name in {"storms", "rain"}:
        value = ONLY if value == RAIN_ONLY else LEFT_OUT
    return Fact(name, FILTER_LABELS[name], value)
