"""Each device's failure rate drawn towards its class: who is watched, who is renewed first."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from service.analytics.grouping import GroupBy, group_on
from service.analytics.methods.episodes import episodes
from service.analytics.methods.exposure import device_years
from service.analytics.methods.shrinkage import BadActor, GammaPrior, bad_actors, gamma_prior
from service.analytics.observation import Observation
from service.analytics.tallies import units_of


@dataclass(frozen=True)
class ClassRates:
    """One class (小分類): its devices with exposure, and what they are like as a whole.

    ``mean_rate`` is failures per year; ``actors`` is empty where the class is too small or never
    failed, so that all its devices are taken to be alike.
    """

    key: str
    mean_rate: float
    failures: int
    devices: tuple[int, ...]
    actors: tuple[tuple[int, BadActor], ...]


def class_rates(observation: Observation, *, together_days: int = 0) -> Iterator[ClassRates]:
    """Of every class (小分類).

    Args:
        observation: What was seen.
        together_days: Failures that come so soon after another one of the same device are one
            trouble with it (`methods.episodes`); 0 counts every failure.
    """
    units = _episodes_of(observation, together_days) if together_days else _all_of(observation)
    for (key,), part in units.group_by("group", maintain_order=True):
        failures = part["failures"].cast(pl.Float64).to_numpy()
        exposure = part["years"].to_numpy()
        devices = part["device"].to_list()
        prior = gamma_prior(failures, exposure)
        found = (
            [(devices[one.index], one) for one in bad_actors(failures, exposure, prior)]
            if isinstance(prior, GammaPrior)
            else []
        )
        total = float(failures.sum())
        yield ClassRates(
            str(key), total / float(exposure.sum()), int(total), tuple(devices), tuple(found)
        )


def _all_of(observation: Observation) -> pl.DataFrame:
    return units_of(observation, GroupBy.MINOR).filter(pl.col("years") > 0)


def _episodes_of(observation: Observation, together_days: int) -> pl.DataFrame:
    """As `units_of`: ``failures`` are episodes, ``years`` those in which one could begin."""
    spans = observation.observed.lazy()
    of_spells = spans.select("spell", "device", group=group_on(GroupBy.MINOR, pl.lit(0))).unique()
    days = observation.failures.select("spell", "day").unique().collect(engine="streaming").lazy()
    return (
        episodes(days, spans, within_days=together_days)
        .join(of_spells, on="spell")
        .group_by("group", "device")
        .agg(failures=pl.col("episodes").sum(), years=device_years(pl.col("live_days").sum()))
        .filter(pl.col("years") > 0)
        .sort("group", "device")
        .collect()
    )


def device_rates(classes: list[ClassRates]) -> dict[int, float]:
    """Failures per year by device; that of the class where devices cannot be told apart."""
    rates = {device: one.mean_rate for one in classes for device in one.devices}
    return rates | {device: actor.rate for one in classes for device, actor in one.actors}
