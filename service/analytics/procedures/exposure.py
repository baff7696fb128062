from collections.abc import Iterator

import polars as pl

from service.analytics.methods import exposure
from service.analytics.procedures.case import Case, Check, compare


def check_exposure(case: Case) -> Iterator[Check]:
    calendar = [(year - 1970) * exposure.DAYS_PER_YEAR for year in case.inputs["calendar_breaks"]]
    ages = case.inputs["age_breaks"]
    day = pl.Int32
    cohort = case.table("cohort").lazy()
    spells = cohort.with_columns(
        born_day=pl.col("birth").cast(day),
        installed_day=pl.col("entry").cast(day),
        removed_day=pl.col("exit").cast(day),
    )
    span = exposure.observed(
        spells, window_start=int(calendar[0]), window_end=int(calendar[-1]) + 1
    )
    cells = exposure.lexis(span, calendar_breaks=calendar, age_breaks_years=ages)
    # The event closes its span, so it belongs to the span's last cell.
    is_last = pl.col("exit_day") == pl.col("removed_day")
    found = (
        cells.group_by("age_from_years", "period_from")
        .agg(
            years=exposure.device_years(pl.col("days").sum()),
            events=pl.col("fail").filter(is_last).sum(),
        )
        .collect()
    )
    by_cell = {(row[0], row[1]): (row[2], row[3]) for row in found.rows()}
    for row in case.rows("cells"):
        start = (row["cal_from"] - 1970) * exposure.DAYS_PER_YEAR
        years, events = by_cell.get((float(row["age_from"]), start), (0.0, 0))
        name = f"age {row['age_from']}, {row['cal_from']}"
        yield case.check(f"{name}: years", row["years"], years)
        yield case.check(f"{name}: events", row["events"], events)
    totals = {name: float(found[name].sum()) for name in ("years", "events")}
    totals["total_years"] = totals.pop("years")
    yield from compare(case, totals)
