"""What the failures of a city change with from outside: contracts that begin, days of storm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from service.analytics.methods.exposure import lexis
from service.analytics.methods.rates import Limits, rate_ratio
from service.analytics.periods import EPOCH, day_number
from service.analytics.report import Finding
from service.analytics.reports.frame import Frame
from service.analytics.storm_days import storm_days
from service.core.i18n.marker import N_

CONTRACT = N_("委託の変わり目")
FEW_FAILURES = 5
FEW_DAYS = 90
MONTHS = 12
TOLD_STEP = N_(
    "荒天などで集中した日を除くと、%(month)sの委託の変わり目の後の故障率は%(ratio)s倍です"
    "（95％の範囲 %(lower)s～%(upper)s倍）。%(verdict)s"
)
CHANGED = N_("報告のしかたが変わった可能性もあります。")
UNCHANGED = N_("変わったとはいえません。")
TOLD_STORMS = N_(
    "故障が集中した日が%(days)s日あり、故障の%(share)s％を占めます（最も多い日は%(worst)sの%(count)s件）。"
)


@dataclass(frozen=True)
class ContractStep:
    """The rate after a contract began ÷ the rate before, inside the window, without storm days."""

    on: date
    ratio: float
    limits: Limits


def contract_steps(frame: Frame) -> list[ContractStep]:
    seen = frame.observation
    start, end = max(seen.window_start, seen.records_start), seen.window_end
    begun = frame.snapshot.table("contracts").select("starts_on").unique().sort("starts_on")
    steps = []
    for (on,) in begun.collect().iter_rows():
        day = day_number(on)
        if start + FEW_DAYS <= day <= end - FEW_DAYS:
            step = _step(frame, on, (start, day, end))
            steps += [step] if step else []
    return steps


def _step(frame: Frame, on: date, breaks: tuple[int, int, int]) -> ContractStep | None:
    seen = frame.observation
    spans = lexis(seen.observed.lazy(), calendar_breaks=breaks)
    days = dict(spans.group_by("period_from").agg(pl.col("days").sum()).collect().iter_rows())
    failures = calm_failures(frame)
    is_later = failures["day"] >= breaks[1]
    after = int(failures.filter(is_later)["failures"].sum())
    before = int(failures.filter(~is_later)["failures"].sum())
    before_days, after_days = (float(days.get(float(day), 0)) for day in breaks[:2])
    if before < FEW_FAILURES or after < FEW_FAILURES or not before_days or not after_days:
        return None
    phi = _dispersion_of_months(failures)
    limits = rate_ratio((after / phi, after_days), (before / phi, before_days))
    return ContractStep(on, after / after_days / (before / before_days), limits)


def calm_failures(frame: Frame) -> pl.DataFrame:
    """The counts of the days without storm."""
    days = [one.on for one in storm_days(frame.snapshot)]
    return frame.observation.of_days.filter(~pl.col("occurred_on").is_in(days))


def _dispersion_of_months(failures: pl.DataFrame) -> float:
    """φ of the monthly counts beside their season.

    Σ(n − e)²/e ÷ (months − 12), e the mean of the same month of all years; from 24 months.
    """
    counts = (
        failures.group_by(month=pl.col("occurred_on").dt.truncate("1mo"))
        .agg(count=pl.col("failures").sum().cast(pl.Float64))
        .with_columns(usual=pl.col("count").mean().over(pl.col("month").dt.month()))
    )
    if counts.height < 2 * MONTHS:
        return 1.0
    squares = ((counts["count"] - counts["usual"]) ** 2 / counts["usual"]).sum()
    return max(1.0, float(squares) / (counts.height - MONTHS))


def steps_told(steps: list[ContractStep]) -> Iterator[Finding]:
    for step in steps:
        is_change = step.limits.lower > 1 or step.limits.upper < 1
        yield Finding(
            TOLD_STEP,
            {
                "month": f"{step.on:%Y-%m}",
                "ratio": f"{step.ratio:.2f}",
                "lower": f"{step.limits.lower:.2f}",
                "upper": f"{step.limits.upper:.2f}",
                "verdict": CHANGED if is_change else UNCHANGED,
            },
        )


def storms_told(frame: Frame) -> Iterator[Finding]:
    seen = frame.observation
    first, last = (EPOCH + timedelta(days=day) for day in (seen.window_start, seen.window_end))
    days = [one.on for one in storm_days(frame.snapshot) if first <= one.on < last]
    counts = (
        seen.of_days.filter(pl.col("occurred_on").is_in(days))
        .select("occurred_on", "failures")
        .sort("failures", "occurred_on", descending=[True, False])
    )
    if counts.is_empty():
        return
    worst, count = counts.row(0)
    share = 100 * float(counts["failures"].sum()) / float(seen.of_days["failures"].sum())
    values = {
        "days": str(counts.height),
        "share": f"{share:.0f}",
        "worst": f"{worst:%Y-%m-%d}",
        "count": f"{count:,}",
    }
    yield Finding(TOLD_STORMS, values)
