from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.rates import Limits
from service.analytics.methods.shrinkage import (
    BadActor,
    GammaPrior,
    MultiSample,
    bad_actors,
    gamma_prior,
    multi_sample,
)
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import EXPOSURE, FAILURES
from service.analytics.procedures.figures import compare, compare_row, confidence_of
from service.analytics.procedures.naming import Estimate, Member, Naming

_TIMES: given.Names = ("expected", "e", "kh", *EXPOSURE)
_ALIASES = {
    "shape_a": ("a", "alpha", "shape", "gamma_shape", "nu", "prior_shape"),
    "rate_b": ("b", "beta", "rate", "gamma_rate", "prior_rate"),
    "posterior_mean": ("eb_rate", "shrunken", "posterior_means", "eb", "eb_rates", "theta_eb",
                       "posterior", "shrunk", "shrunken_rates", "eb_estimates",
                       "eb_mean", "eb_means"),
    "raw_rate": ("raw_rates", "raw", "crude", "crude_rates", "smr", "observed_rate"),
    "rank_by_eb": ("eb_rank_order", "order_by_eb", "eb_order", "ranking_eb", "ranking"),
    "rank_by_raw": ("order_by_raw", "raw_order", "ranking_raw"),
    "ranks_eb": ("eb_rank", "eb_ranks", "rank_eb"),
    "ranks_raw": ("raw_rank", "raw_ranks", "rank_raw"),
    "prior_mean": ("mean", "pooled_eb", "class_mean"),
    "pooled": ("pooled_rate", "overall_rate", "theta1", "total_rate"),
    "p_above_twice": ("p_above_2x", "prob_above_twice", "p_gt_2x", "chance_above_twice", "p_gt2",
                      "prob_gt_2x_mean", "prob_gt_2x", "p_above_2x_mean", "p_gt_2x_mean",
                      "prob_above_2x"),
    "loglik": ("log_likelihood",),
    "alike": ("no_heterogeneity", "homogeneous"),
    "devices": ("devices_used", "n_devices", "k", "n", "n_used"),
    "oreda": ("oreda_multi_sample", "multi_sample", "moments"),
    "V": ("spread", "v_sum"),
    "sigma2": ("sigma_squared", "between_variance", "sigma_2"),
    "theta_star": ("mean_rate", "oreda_mean"),
    "sd": ("sigma", "oreda_sd"),
}  # fmt: skip


@dataclass(frozen=True)
class _Given:
    failures: Floats
    exposure: Floats
    labels: tuple[str, ...]


def check_shrinkage(case: Case) -> Iterator[Check]:
    devices = _given(case)
    prior = gamma_prior(devices.failures, devices.exposure)
    if not isinstance(prior, GammaPrior):
        raise CaseIncomplete("at least 3 devices with exposure and 1 failure")
    actors = bad_actors(devices.failures, devices.exposure, prior)
    in_order = sorted(actors, key=lambda actor: actor.index)
    estimates = [_posterior(prior, devices, actor.index) for actor in in_order]
    yield from _each_actor(case, in_order, estimates)
    figures = _of_prior(prior, devices) | _of_actors(devices, in_order, estimates)
    moments = multi_sample(devices.failures, devices.exposure)
    if isinstance(moments, MultiSample):
        figures["oreda"] = _moments(moments)
        figures = figures["oreda"] | figures
    labels = [devices.labels[actor.index] for actor in in_order]
    yield from compare(case, figures, aliases=_ALIASES, labels=labels)


def _given(case: Case) -> _Given:
    for _, rows in given.tables_with(case, FAILURES, _TIMES):
        return _Given(
            np.array([float(given.read(row, FAILURES)) for row in rows]),
            np.array([float(given.read(row, _TIMES)) for row in rows]),
            tuple(_label(row, number) for number, row in enumerate(rows, 1)),
        )
    failures = np.array(given.needed(case, FAILURES), dtype=float)
    exposure = np.array(given.needed(case, _TIMES), dtype=float)
    return _Given(failures, exposure, tuple(str(number + 1) for number in range(len(failures))))


def _label(row: given.Row, number: int) -> str:
    """The first cell that is no measure, or the row's number."""
    taken = {given.named(row, FAILURES), given.named(row, _TIMES)}
    name = given.named(row, given.DEVICE) or next((name for name in row if name not in taken), None)
    return str(number if name is None else row[name])


def _posterior(prior: GammaPrior, devices: _Given, index: int) -> Estimate:
    counted, seen = float(devices.failures[index]), float(devices.exposure[index])

    def limits(level: float) -> Limits:
        found = prior.limits(counted, seen, confidence=level)
        return Limits(prior.mean, prior.mean) if found is None else found

    deviation = 0.0 if prior.alike else float(np.sqrt(prior.shape + counted))
    error = deviation / (prior.exposure + seen) if deviation else 0.0
    return Estimate(prior.posterior_mean(counted, seen), error, limits)


def _of_prior(prior: GammaPrior, devices: _Given) -> dict[str, Any]:
    return {
        "shape_a": prior.shape,
        "rate_b": prior.exposure,
        "prior_mean": prior.mean,
        "loglik": prior.loglik,
        "alike": prior.alike,
        "heterogeneous": not prior.alike,
        "pooled": float(devices.failures.sum() / devices.exposure.sum()),
        "devices": prior.devices,
    }


def _of_actors(
    devices: _Given, in_order: Sequence[BadActor], estimates: list[Estimate]
) -> dict[str, Any]:
    def order(ranks: Sequence[int]) -> list[Member]:
        ranked = sorted(zip(ranks, in_order, strict=True), key=lambda pair: pair[0])
        return [Member(actor.index + 1, devices.labels[actor.index]) for _, actor in ranked]

    by_eb = order([actor.rank for actor in in_order])
    return {
        "posterior_mean": estimates,
        "posterior_sd": [estimate.error for estimate in estimates],
        "raw_rate": [actor.raw_rate for actor in in_order],
        "p_above_twice": [actor.chance_above_twice for actor in in_order],
        "rank_by_raw": order([actor.raw_rank for actor in in_order]),
        "rank_by_eb": by_eb,
        "top": lambda size: by_eb[: int(size)],
        "worst": by_eb[0],
        "ranks_eb": [actor.rank for actor in in_order],
        "ranks_raw": [actor.raw_rank for actor in in_order],
    }


def _moments(moments: MultiSample) -> dict[str, Any]:
    limits = moments.limits
    return {
        "theta1": moments.pooled,
        "V": moments.spread_sum,
        "sigma2": moments.variance,
        "theta_star": Estimate(moments.mean, None, lambda level: limits(confidence=level)),
        "sd": moments.deviation,
        "lower90": limits(confidence=0.9).lower,
        "upper90": limits(confidence=0.9).upper,
    }


def _each_actor(
    case: Case, actors: Sequence[BadActor], estimates: Sequence[Estimate]
) -> Iterator[Check]:
    """Tables with a row per device and its figures beside its counts."""
    aliases = {
        "eb_rate": ("posterior_mean", "shrunken", "eb_mean", "posterior"),
        "lo95": ("lower",), "hi95": ("upper",),
        "p_above_twice": _ALIASES["p_above_twice"],
    }  # fmt: skip
    for _, rows in given.tables_with(case, FAILURES):
        for number, (row, actor, estimate) in enumerate(
            zip(rows, actors, estimates, strict=False), 1
        ):
            ends = estimate.limits(confidence_of(case)) if estimate.limits else None
            naming = Naming(
                {
                    "raw_rate": actor.raw_rate,
                    "eb_rate": estimate,
                    "raw_rank": actor.raw_rank,
                    "eb_rank": actor.rank,
                    "p_above_twice": actor.chance_above_twice,
                    "lo95": None if ends is None else ends.lower,
                    "hi95": None if ends is None else ends.upper,
                },
                aliases,
            )
            yield from compare_row(case, number, row, naming)
