"""What stands behind the figures (データ品質), computed from the same rows as the report."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import polars as pl

from service.analytics.fates import FATE_LABELS, WITHOUT_DEVICE, Fate
from service.analytics.methods.exposure import DAYS_PER_YEAR, contradictory
from service.analytics.observation import Observation
from service.analytics.periods import EPOCH, day_number
from service.analytics.rain import recorded_rain
from service.analytics.report import Fact, Grade, Quality
from service.analytics.snapshot_store import Snapshot
from service.analytics.spells import StartCertainty
from service.core.i18n.marker import N_

# Shares in per cent above which a report is graded B and C.
WITHOUT_DEVICE_LIMITS = (5.0, 20.0)
UNKNOWN_START_LIMITS = (10.0, 30.0)
PER_DEVICES = 100

BEHIND = N_("集計データを取得した後に台帳や案件が変わっています。変更はこの表に入っていません。")
INCOMPLETE_MONTH = N_(
    "期間の最後の月は途中です。報告の遅れもあるため、増減の判断には使わないでください。"
)
MANY_PARTIAL = N_("設置日が年または月しか分からない機器が2割を超えています。")
GRADED_C = N_(
    "機器に結び付かない故障、または設置日の分からない機器が多いため、参考値として扱ってください。"
)
RAIN_UNKNOWN = N_(
    "雨量の記録がない日があります。その日の故障は、強い雨の日のものに数えていません。"
)
PARTIAL_LIMIT = 20.0
MOST_NAMED = 20
OF_FAILURES = {
    "open": N_("うち処置が終わっていないもの"),
    "estimated_day": N_("うち発生日が推定"),
    "stops": N_("うち停止時間の記録があるもの"),
}


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def quality_of(observation: Observation, snapshot: Snapshot, *, is_by_age: bool) -> Quality:
    counted = _counted(observation)
    fates = {fate: row["cases"] for fate, row in counted.items()}
    starts = dict(
        observation.observed.group_by("start_certainty")
        .agg(pl.col("device").n_unique())
        .iter_rows()
    )
    devices = observation.observed["device"].n_unique()
    unborn = observation.observed.filter(pl.col("born_day").is_null())["device"].n_unique()
    lost = sum(fates.get(fate, 0) for fate in WITHOUT_DEVICE)
    lost_share = _percent(lost, lost + fates.get(Fate.COUNTED, 0))
    unborn_share = _percent(unborn, devices) if is_by_age else 0.0
    grade = _grade(lost_share, unborn_share)
    partial_share = _percent(starts.get(StartCertainty.PARTIAL, 0), devices)
    facts = (
        *_registry_facts(observation, devices, starts, unborn),
        *_exposure_facts(observation),
        *_case_facts(counted),
        *(_unborn_failures(observation) if is_by_age else ()),
        Fact("lost_share", N_("機器に結び付かない故障の割合"), lost_share, "%", 1),
        *_undated_halts(observation),
        *_rain_facts(observation, snapshot),
        *_bounds(observation, fates.get(Fate.COUNTED, 0), lost),
    )
    rounded = tuple(_rounded(fact) for fact in facts)
    return Quality(grade, rounded, tuple(_warnings(observation, snapshot, grade, partial_share)))


def _rounded(fact: Fact) -> Fact:
    if fact.digits is None or not isinstance(fact.value, float):
        return fact
    return replace(fact, value=round(fact.value, fact.digits))


def _grade(lost_share: float, unborn_share: float) -> Grade:
    for grade, lost_limit, unborn_limit in (
        (Grade.C, WITHOUT_DEVICE_LIMITS[1], UNKNOWN_START_LIMITS[1]),
        (Grade.B, WITHOUT_DEVICE_LIMITS[0], UNKNOWN_START_LIMITS[0]),
    ):
        if lost_share > lost_limit or unborn_share > unborn_limit:
            return grade
    return Grade.A


def _registry_facts(
    observation: Observation, devices: int, starts: dict[str, int], unborn: int
) -> Iterator[Fact]:
    undated = observation.spells.filter(
        pl.col("retired_reason").is_not_null()
        & pl.col("retired_on").is_null()
        & pl.col("removed_day").is_null()
    )
    wrong = contradictory(observation.spells.lazy()).collect().height
    unit = N_("台")
    yield Fact("devices", N_("対象の機器"), devices, unit)
    yield Fact(
        "start_unknown", N_("設置日が不明の機器"), starts.get(StartCertainty.UNKNOWN, 0), unit
    )
    yield Fact(
        "start_partial",
        N_("設置日が年・月までの機器"),
        starts.get(StartCertainty.PARTIAL, 0),
        unit,
    )
    yield Fact("age_unknown", N_("経過年数が分からない機器（年数別では除外）"), unborn, unit)
    yield Fact("undated_removal", N_("撤去日の記入がない撤去済み機器"), undated.height, unit)
    yield Fact("contradictory", N_("撤去日が設置日より前の設置（除外）"), wrong, N_("件"))


def _years(frame: pl.DataFrame) -> float:
    return int(frame["days"].sum()) / DAYS_PER_YEAR


def _exposure_facts(observation: Observation) -> Iterator[Fact]:
    spells = observation.observed
    unknown = spells.filter(pl.col("start_certainty") == StartCertainty.UNKNOWN)
    born = pl.col("born_day").clip(upper_bound=pl.col("entry_day"))
    before = pl.min_horizontal("entry_day", pl.lit(observation.records_start)) - born
    per_device = spells.group_by("device").agg(before.min().clip(lower_bound=0).alias("days"))
    in_service = spells.filter(
        pl.col("removed_day").is_null() | (pl.col("removed_day") > observation.window_end)
    )["device"].n_unique()
    unit = N_("台・年")
    yield Fact("device_years", N_("延べ年数の合計"), _years(spells), unit, 1)
    yield Fact("unknown_years", N_("うち設置日が不明の機器"), _years(unknown), unit, 1)
    yield Fact(
        "left_truncated",
        N_("記録が始まる前に過ぎた機器の年数（故障の記録なし）"),
        _years(per_device),
        unit,
        1,
    )
    share = _percent(in_service, spells["device"].n_unique())
    yield Fact("in_service", N_("期間の終わりに使用中の機器"), share, "%", 1)


def _counted(observation: Observation) -> dict[str, dict[str, int]]:
    """Numbers of cases by fate."""
    table = observation.cases.group_by("fate").agg(
        cases=pl.len(),
        open=pl.col("is_open").sum(),
        estimated_day=(pl.col("occurred_precision") == "estimated").sum(),
        stops=pl.col("is_stop").sum(),
    )
    return {row.pop("fate"): row for row in table.collect(engine="streaming").to_dicts()}


def _case_facts(counted: dict[str, dict[str, int]]) -> Iterator[Fact]:
    nothing: dict[str, int] = {}
    for fate in (Fate.COUNTED, *(fate for fate in Fate if fate is not Fate.COUNTED)):
        count = counted.get(fate, nothing).get("cases", 0)
        yield Fact(f"cases_{fate.value}", FATE_LABELS[fate], count, N_("件"))
    for key, label in OF_FAILURES.items():
        yield Fact(key, label, counted.get(Fate.COUNTED, nothing).get(key, 0), N_("件"))


def _undated_halts(observation: Observation) -> Iterator[Fact]:
    """How many places nobody knows the last day of use of, and which."""
    places = observation.halts.filter("is_undated").select("position").unique()
    named = places.join(observation.spells, on="position").select("position_code")
    codes = named["position_code"].unique().sort().to_list()
    yield Fact(
        "halts_undated",
        N_("休止・廃止の日が分からない設置箇所（延べ年数にも故障にも入れない）"),
        len(codes),
        N_("か所"),
    )
    if codes:
        more = f" … (+{len(codes) - MOST_NAMED})" if len(codes) > MOST_NAMED else ""
        yield Fact("halts_undated_codes", N_("その設置箇所"), ", ".join(codes[:MOST_NAMED]) + more)


def _unborn_failures(observation: Observation) -> Iterator[Fact]:
    born = observation.spells.select("spell", "born_day")
    failed = observation.of_spells.join(born, on="spell")
    count = int(failed.filter(pl.col("born_day").is_null())["failures"].sum())
    yield Fact("unborn", N_("うち経過年数が分からず表に入らないもの"), count, N_("件"))


def _recorded_rain(observation: Observation, snapshot: Snapshot) -> tuple[pl.DataFrame, int]:
    """Days of the window whose rain is on record, and the days of the window."""
    start = max(observation.window_start, observation.records_start)
    first, until = (EPOCH + timedelta(days=day) for day in (start, observation.window_end))
    return recorded_rain(snapshot, first, until).collect(), max(0, observation.window_end - start)


def _rain_facts(observation: Observation, snapshot: Snapshot) -> Iterator[Fact]:
    days, every = _recorded_rain(observation, snapshot)
    yield Fact("rain_recorded", N_("雨量の記録がある日"), _percent(days.height, every), "%", 1)
    heavy = days.filter("is_heavy").select("occurred_on")
    yield Fact(
        "rain_days", N_("強い雨の日（日雨量30mm以上または1時間20mm以上）"), heavy.height, N_("日")
    )
    failed = int(observation.of_days.join(heavy, on="occurred_on")["failures"].sum())
    yield Fact("rain_failures", N_("計上した故障のうち強い雨の日のもの"), failed, N_("件"))


def _bounds(observation: Observation, counted: int, lost: int) -> Iterator[Fact]:
    """The rate if none, and if all, of the cases without device belonged to these devices."""
    years = _years(observation.observed)
    if not years:
        return
    unit = N_("件／100台・年")
    least, most = counted / years * PER_DEVICES, (counted + lost) / years * PER_DEVICES
    yield Fact("rate_least", N_("全体の故障率（少なくとも）"), least, unit, 2)
    yield Fact("rate_most", N_("全体の故障率（結び付かない故障をすべて含めると）"), most, unit, 2)


def _warnings(
    observation: Observation, snapshot: Snapshot, grade: Grade, partial_share: float
) -> Iterator[str]:
    if snapshot.is_behind:
        yield BEHIND
    if observation.is_by_rain:
        days, every = _recorded_rain(observation, snapshot)
        if days.height < every:
            yield RAIN_UNKNOWN
    if observation.window_end > day_number(snapshot.day.replace(day=1)):
        yield INCOMPLETE_MONTH
    if partial_share > PARTIAL_LIMIT:
        yield MANY_PARTIAL
    if grade is Grade.C:
        yield GRADED_C
