from collections.abc import Iterator
from datetime import datetime

import polars as pl

from service.analytics.methods import availability
from service.analytics.procedures.case import Case, Check, compare


def check_availability(case: Case) -> Iterator[Check]:
    start, end = (datetime.fromisoformat(text) for text in case.inputs["window"])
    moment = pl.Datetime("us")
    devices = case.table("devices").lazy().with_columns(pl.col("installed", "removed").cast(moment))
    downs = case.table("downs").lazy().with_columns(pl.col("down_from", "restored_at").cast(moment))
    per_device = availability.per_device(devices, downs, (start, end)).collect()
    found = {row["device"]: row for row in per_device.iter_rows(named=True)}
    for row in case.rows("per_device"):
        for name in ("required_h", "up_h", "down_h", "failures"):
            obtained = found[row["device"]][name]
            yield case.check(f"{row['device']}: {name}", row[name], obtained)
    total = availability.availability(devices, downs, (start, end))
    limits = total.mtbf_limits_h(0.95)
    nothing = float("nan")
    yield from compare(
        case,
        {
            "required_h": total.required_h,
            "up_h": total.up_h,
            "down_h": total.down_h,
            "failures": total.failures,
            "restorations": total.restorations,
            "open_downs": total.open_downs,
            "availability": total.availability or nothing,
            "mtbf_operating_h": total.mtbf_operating_h or nothing,
            "mtbf_ci95_h": (limits.lower, limits.upper),
            "mttr_h": total.mttr_h or nothing,
            "median_ttr_h": total.median_ttr_h or nothing,
            "failure_rate_per_device_year": total.failures_per_device_year or nothing,
        },
    )
