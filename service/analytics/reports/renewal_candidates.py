"""Devices in service with all that speaks for or against their renewal."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from service.analytics.methods.distributions import Floats
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.renewal_risk import (
    CRITICALITIES,
    GRADES,
    REDUNDANCIES,
    Risk,
    Scores,
    Weights,
    age_score,
    failure_score,
    health_score,
    risk_of,
)
from service.analytics.observation import Observation
from service.analytics.periods import day_number
from service.analytics.reports.device_rates import ClassRates, class_rates, device_rates
from service.analytics.reports.frame import Frame
from service.analytics.tallies import placed
from service.registry.domain import Lifecycle


@dataclass(frozen=True)
class Candidates:
    """``rows``: one device each, the greatest risk first, those of unknown age after all others.

    Beside what the ledger says: ``age``, ``life``, ``rate`` (failures per year), ``failures``,
    ``chance``, ``likelihood``, ``consequence``, ``risk`` and ``rank`` (null: age unknown).
    """

    rows: pl.DataFrame
    classes: tuple[ClassRates, ...]


def candidates(frame: Frame, weights: Weights) -> Candidates:
    classes = tuple(class_rates(frame.observation))
    seen = _in_service(frame)
    rates = device_rates(list(classes))
    rate = _column([rates.get(device) for device in seen["device"]])
    scores = _scores(seen, rate)
    risk = risk_of(scores, weights)
    rows = seen.with_columns(
        pl.Series("rate", rate, nan_to_null=True),
        pl.Series("chance", 100 * scores.failures, nan_to_null=True),
        *_of_risk(risk),
    ).join(_failures(frame.observation), on="device", how="left")
    ordered = rows.with_columns(pl.col("failures", "cost_yen").fill_null(0)).sort(
        pl.col("age").is_null(),
        -pl.col("risk").fill_null(0.0),
        -pl.col("age").fill_null(0.0),
        "asset_code",
    )
    is_dated = pl.col("age").is_not_null()
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return Candidates(ordered.with_columns(rank=pl.when(is_dated).then(number)), classes)


def _of_risk(risk: Risk) -> list[pl.Series]:
    named = {"likelihood": risk.likelihood, "consequence": risk.consequence, "risk": risk.risk}
    return [pl.Series(name, values, nan_to_null=True) for name, values in named.items()]


def _in_service(frame: Frame) -> pl.DataFrame:
    today = day_number(frame.snapshot.day)
    begun = pl.max_horizontal("born_day", pl.col("overhauled_on").cast(pl.Int32))
    life = pl.coalesce("life_override_years", "target_life_years", "standard_life_years")
    status = pl.col("position_status").fill_null(Lifecycle.IN_USE.value)
    return (
        frame.observation.spells.lazy()
        .filter(
            pl.col("removed_day").is_null()
            & pl.col("retired_on").is_null()
            & (status == Lifecycle.IN_USE.value)
            & (pl.col("match_from") <= today)
        )
        .sort("match_from")
        .group_by("device", maintain_order=True)
        .last()
        .with_columns(
            age=(today - begun).clip(lower_bound=0) / DAYS_PER_YEAR,
            life=life.cast(pl.Float64),
            disposal_day=pl.when(pl.col("subsidised").fill_null(value=False)).then(
                begun + (pl.col("disposal_limit_years") * DAYS_PER_YEAR).cast(pl.Int32)
            ),
            is_discontinued=(pl.col("discontinued_on").cast(pl.Int32) <= today).fill_null(
                value=False
            ),
        )
        .sort("device")
        .collect()
    )


def _failures(observation: Observation) -> pl.DataFrame:
    return (
        placed(observation.of_spells.lazy(), observation)
        .group_by("device")
        .agg(pl.col("failures", "cost_yen").sum())
        .collect()
    )


def _column(values: object) -> Floats:
    return np.array(values, dtype=np.float64)


def _scores(seen: pl.DataFrame, rate: Floats) -> Scores:
    def floats(expression: pl.Expr) -> Floats:
        return seen.select(expression.cast(pl.Float64)).to_series().fill_null(np.nan).to_numpy()

    grave = pl.coalesce(
        pl.col("impact_score") / GRADES,
        pl.col("criticality").replace_strict(CRITICALITIES, default=None),
    )
    return Scores(
        age=age_score(floats(pl.col("age")), floats(pl.col("life"))),
        failures=failure_score(rate),
        health=health_score(floats(pl.col("health"))),
        parts=floats(pl.when(pl.col("model_no").is_not_null()).then("is_discontinued")),
        criticality=floats(grave),
        redundancy=floats(pl.col("redundancy").replace_strict(REDUNDANCIES, default=None)),
    )
