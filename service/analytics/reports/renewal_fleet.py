"""The devices of the ranking as the scenarios need them: how they age, what they cost."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from service.analytics.grouping import GroupBy, group_on
from service.analytics.methods.distributions import Floats
from service.analytics.methods.power_law import PowerLaw, power_law
from service.analytics.methods.renewal_scenarios import Fleet
from service.analytics.plan_terms import PlanTerms
from service.analytics.reports.ages import groups_by_age
from service.analytics.reports.frame import Frame
from service.analytics.reports.renewal_candidates import Candidates, candidates
from service.analytics.tallies import placed

# Below so many failures the growth of a class with age is not told from chance.
FAILURES_NEEDED = 20
# Growth within which a scenario of decades stays believable.
GROWTHS = (1.0, 3.0)


@dataclass(frozen=True)
class PlannedFleet:
    """``rows`` of the ranking and their ``fleet``, entry by entry.

    ``asked`` counts the devices that were asked for, ``without_cost`` and ``without_age`` those
    among them that cannot be planned; ``assumed_growth`` devices of classes whose growth was taken
    from all classes together; ``unknown`` are picked numbers that no device here has.
    """

    rows: pl.DataFrame
    fleet: Fleet
    asked: int
    without_cost: int
    without_age: int
    assumed_growth: int
    unknown: tuple[str, ...]


def planned_fleet(frame: Frame, terms: PlanTerms) -> PlannedFleet:
    found = candidates(frame, terms.weights)
    rows = found.rows.with_columns(group=group_on(GroupBy.MINOR, pl.lit(0)).fill_null(""))
    rows = rows.join(
        _class_figures(frame, rows, found), on="group", how="left", maintain_order="left"
    ).with_columns(renewal_base_yen=pl.coalesce("acquired_cost_yen", "usual_yen"))
    is_asked = _bools(rows.select(_is_asked(terms)))
    cost = _floats(rows, "renewal_base_yen") * terms.price / 100
    age = _floats(rows, "age")
    can_be_planned = is_asked & ~np.isnan(cost) & ~np.isnan(age)
    fleet = Fleet(
        age=age,
        rate=np.nan_to_num(_floats(rows, "rate"), nan=0.0),
        growth=_floats(rows, "growth"),
        class_rate=np.nan_to_num(_floats(rows, "class_rate"), nan=0.0),
        class_age=_floats(rows, "class_age"),
        failure_cost=np.nan_to_num(_floats(rows, "failure_cost"), nan=0.0),
        renewal_cost=np.nan_to_num(cost, nan=np.inf),
        life=np.nan_to_num(_floats(rows, "life"), nan=np.inf),
        rank=np.nan_to_num(_floats(rows, "rank"), nan=np.inf),
        candidate=can_be_planned,
    )
    return PlannedFleet(
        rows,
        fleet,
        asked=int(is_asked.sum()),
        without_cost=int((is_asked & np.isnan(cost)).sum()),
        without_age=int((is_asked & np.isnan(age)).sum()),
        assumed_growth=int(_bools(rows.select("is_growth_assumed")).sum()),
        unknown=tuple(sorted(set(terms.pick) - set(rows["asset_code"]))),
    )


def _is_asked(terms: PlanTerms) -> pl.Expr:
    code = pl.col("asset_code")
    first = code.is_in(terms.pick) if terms.pick else pl.int_range(pl.len()) < terms.top
    return first & ~code.is_in(terms.skip)


def _floats(rows: pl.DataFrame, column: str) -> Floats:
    return np.asarray(rows[column].cast(pl.Float64).fill_null(np.nan).to_numpy(), float)


def _bools(rows: pl.DataFrame) -> "np.typing.NDArray[np.bool_]":
    return np.asarray(rows.to_series().fill_null(value=False).to_numpy(), dtype=bool)


def _class_figures(frame: Frame, rows: pl.DataFrame, found: Candidates) -> pl.DataFrame:
    """By class: mean rate and age, growth β, cost of one failure, usual price of a device."""
    seen = frame.observation
    known, common = _growths(frame)
    rates = pl.DataFrame(
        {
            "group": [one.key for one in found.classes],
            "class_rate": [one.mean_rate for one in found.classes],
        },
        schema={"group": pl.String, "class_rate": pl.Float64},
    )
    costs = (
        placed(seen.of_spells.lazy(), seen)
        .group_by(group=group_on(GroupBy.MINOR, pl.lit(0)).fill_null(""))
        .agg(failure_cost=pl.col("cost_yen").sum() / pl.col("failures").sum())
        .collect()
    )
    classes = rows.group_by("group").agg(
        class_age=pl.col("age").mean(), usual_yen=pl.col("acquired_cost_yen").median()
    )
    return (
        classes.join(rates, on="group", how="left")
        .join(costs, on="group", how="left")
        .join(known, on="group", how="left")
        .with_columns(
            is_growth_assumed=pl.col("growth").is_null(), growth=pl.col("growth").fill_null(common)
        )
    )


def _growths(frame: Frame) -> tuple[pl.DataFrame, float]:
    """β of every class with enough failures, and their mean by failures for the others."""
    by_class = Frame(frame.snapshot, replace(frame.conditions, by=GroupBy.MINOR))
    known, weights = {}, []
    for group in groups_by_age(by_class):
        fit = power_law(group.histories) if group.histories.events >= FAILURES_NEEDED else None
        if isinstance(fit, PowerLaw):
            known[group.key] = float(np.clip(fit.beta, *GROWTHS))
            weights.append(fit.failures)
    common = float(np.average(list(known.values()), weights=weights)) if known else 1.0
    table = pl.DataFrame(
        {"group": list(known), "growth": list(known.values())},
        schema={"group": pl.String, "growth": pl.Float64},
    )
    return table, common
