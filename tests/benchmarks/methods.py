"""Seconds of the reliability methods against lifelines, surpyval and pandas, in one run.

    uv run python -m tests.benchmarks.methods [ROWS]

Seeded. The results of both sides are compared before their times are printed.
"""

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import lifelines
import numpy as np
import pandas as pd
import polars as pl
import surpyval

from service.analytics.methods.histories import Histories
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.mean_cumulative import mean_cumulative
from service.analytics.methods.rates import device_sums
from service.analytics.methods.survival import kaplan_meier
from service.analytics.methods.weibull import weibull

DEVICES = 8_000
_CLOSE = 1e-3


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result


def lives(rows: int) -> Lifetimes:
    """Whole days; records of 20 years started when devices were up to 40 years old."""
    generator = np.random.default_rng(7)
    life = np.ceil(generator.weibull(2.2, rows) * 14_000)
    age = np.floor(generator.uniform(-7_000, 14_000, rows))
    entry, end = np.maximum(age, 0), age + 7_300
    seen = (life > entry) & (end > 0)
    return Lifetimes.of(np.minimum(life, end)[seen], (life <= end)[seen] * 1.0, entry[seen])


def curves(rows: int) -> tuple[tuple[float, Any], tuple[float, Any]]:
    given = lives(rows)
    own = timed(lambda: kaplan_meier(given).survival[-1])
    fitter = lifelines.KaplanMeierFitter()
    other = timed(
        lambda: fitter.fit(given.exit, given.ended, entry=given.entry).survival_function_.iloc[
            -1, 0
        ]
    )
    return own, other


def shapes(rows: int) -> tuple[tuple[float, Any], tuple[float, Any]]:
    given = lives(rows)
    own = timed(lambda: weibull(given).beta)
    fitter = lifelines.WeibullFitter()
    other = timed(lambda: fitter.fit(given.exit, given.ended, entry=given.entry).rho_)
    return own, other


def shapes_by_surpyval(rows: int) -> tuple[tuple[float, Any], tuple[float, Any]]:
    given = lives(rows)
    own = timed(lambda: weibull(given).beta)
    censored = (given.ended == 0).astype(int)
    other = timed(lambda: surpyval.Weibull.fit(given.exit, c=censored, tl=given.entry).params[1])
    return own, other


def recurrences(rows: int) -> tuple[tuple[float, Any], tuple[float, Any]]:
    generator = np.random.default_rng(9)
    starts = np.floor(generator.uniform(0, 3_000, DEVICES))
    ends = starts + 5_000
    device = generator.integers(0, DEVICES, rows)
    at = starts[device] + np.ceil(generator.uniform(0, 5_000, rows))
    numbers = np.arange(DEVICES)

    def mine() -> float:
        histories = Histories.from_arrays(numbers, (starts, ends), device, at)
        return mean_cumulative(histories, points=400).standard_error[-1]

    def theirs() -> float:
        # Rows in the other's form: an event has c = 0, the end of a device c = 1.
        times = np.concatenate([at, ends])
        items = np.concatenate([device, numbers])
        kinds = np.concatenate([np.zeros(rows, int), np.ones(DEVICES, int)])
        model = surpyval.NonParametricCounting.fit(times, items, c=kinds, tl=starts[items])
        return float(np.sqrt(model.var[-1]))

    return timed(mine), timed(theirs)


def grouped(rows: int) -> tuple[tuple[float, Any], tuple[float, Any]]:
    generator = np.random.default_rng(5)
    device = generator.integers(0, DEVICES, rows)
    years = generator.uniform(1, 10, DEVICES)
    kind = generator.integers(0, 12, DEVICES)
    frames = (
        pl.DataFrame({"device": device}),
        pl.DataFrame({"device": np.arange(DEVICES), "years": years, "kind": kind}),
    )
    pandas = tuple(pd.DataFrame(frame.to_dict(as_series=False)) for frame in frames)

    def mine() -> float:
        counts = frames[0].lazy().group_by("device").len("x")
        sums = device_sums(pl.col("x"), pl.col("years"))
        joined = frames[1].lazy().join(counts, on="device", how="left").fill_null(0)
        table = joined.group_by("kind").agg(**sums).sort("kind").collect()
        return table["failures_squared"][0]

    def theirs() -> float:
        counts = pandas[0].groupby("device").size().rename("x").reset_index()
        joined = pandas[1].merge(counts, on="device", how="left").fillna({"x": 0})
        joined["xx"] = joined.x**2
        return joined.groupby("kind").xx.sum().iloc[0]

    return timed(mine), timed(theirs)


TASKS = (
    ("Kaplan-Meier with entry", "lifelines", curves),
    ("Weibull with entry", "lifelines", shapes),
    ("Weibull with entry", "surpyval", shapes_by_surpyval),
    ("Mean cumulative function, robust error", "surpyval", recurrences),
    ("Failures by device and kind", "pandas", grouped),
)


def main(rows: int) -> None:
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    kaplan_meier(lives(1_000)), weibull(lives(1_000))  # loads scipy before anything is timed
    print("| task | rows | seconds | other | seconds | ratio |\n|---|---|---|---|---|---|")
    for label, name, task in TASKS:
        task(1_000)  # both sides have started their threads before anything is timed
        (own, mine), (other, theirs) = task(rows)
        if abs(mine - theirs) > _CLOSE * abs(theirs):
            raise SystemExit(f"{label}: {mine} is not {theirs} of {name}")
        print(f"| {label} | {rows:,} | {own:.3f} | {name} | {other:.2f} | {other / own:.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
