"""When to replace: cheapest age, and the order of replacement by risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, gamma

from service.analytics.methods.distributions import minimum
from service.analytics.methods.weibull import Weibull, chance_within

_PANELS = 64


@dataclass(frozen=True)
class ReplacementAge:
    """``age`` None: run to failure, no planned age is cheaper.

    ``cheap_ages`` are those within 5 % of the least cost per unit of time: how flat it is.
    """

    age: float | None
    cost_rate: float
    run_to_failure_cost_rate: float
    cheap_ages: tuple[float, float] | None

    @property
    def saving(self) -> float:
        """Share of the run-to-failure cost that is saved."""
        return 1 - self.cost_rate / self.run_to_failure_cost_rate


def cost_rate(age: float, law: tuple[float, float], costs: tuple[float, float]) -> float:
    """C(T) = [c_p·S(T) + c_f·F(T)] / ∫₀ᵀ S: cost per unit of time when replaced at age T.

    Args:
        age: T.
        law: Weibull (β, η).
        costs: (planned, after failure).
    """
    from scipy.special import gammainc  # noqa: PLC0415  # 0.1 s at first use

    beta, eta = law
    grown = (age / eta) ** beta
    service = eta * gamma(1 + 1 / beta) * float(gammainc(1 / beta, grown))
    return (costs[0] * exp(-grown) + costs[1] * (1 - exp(-grown))) / service


def age_replacement(beta: float, eta: float, planned: float, failure: float) -> ReplacementAge:
    """Age T that minimises `cost_rate`; none when β ≤ 1 or a failure costs no more.

    Source: Barlow & Hunter (1960), Oper. Res. 8, 90–100.
    """
    to_failure = failure / (eta * gamma(1 + 1 / beta))
    if beta <= 1 or failure <= planned:
        return ReplacementAge(None, to_failure, to_failure, None)
    law, costs = (beta, eta), (planned, failure)

    def cost(age: float) -> float:
        return cost_rate(age, law, costs)

    rough = min((eta * 3 * k / _PANELS for k in range(1, _PANELS)), key=cost)
    best = minimum(cost, rough - eta * 3 / _PANELS + 1e-9 * eta, rough + eta * 3 / _PANELS)
    least = cost(best)
    if least >= to_failure * (1 - 1e-9):
        return ReplacementAge(None, to_failure, to_failure, None)
    grid = [eta * 3 * k / 600 for k in range(1, 601)]
    cheap = [age for age in grid if cost(age) <= 1.05 * least] or [best]
    return ReplacementAge(best, least, to_failure, (min(cheap), max(cheap)))


def overhaul_age(beta: float, scale: float, repair: float, overhaul: float) -> float | None:
    """Age of overhaul when failures between are only mended: T* = [c_o/(λ(β−1)c_r)]^{1/β}.

    Power law λβt^{β−1}; None when β ≤ 1. Source: Barlow & Hunter (1960), policy II.
    """
    if beta <= 1:
        return None
    return float((overhaul / (scale * (beta - 1) * repair)) ** (1 / beta))


@dataclass(frozen=True)
class Candidate:
    """A device to rank; ``consequence`` in yen or points of the authority."""

    device: str
    age: float
    consequence: float


@dataclass(frozen=True)
class Ranked:
    rank: int
    candidate: Candidate
    chance: float
    risk: float


def risk_ranking(
    candidates: Sequence[Candidate], life: Weibull | tuple[float, float], *, span: float = 1.0
) -> list[Ranked]:
    """Risk = P(fails within ``span`` | in service at its age) × consequence, largest first.

    Ties: the older first, then by id. P = 1 − S(a + span)/S(a).

    Source: 国土交通省「下水道事業のストックマネジメント実施に関するガイドライン」(2015).
    """
    beta, eta = (life.beta, life.eta) if isinstance(life, Weibull) else life
    chances = [chance_within(beta, eta, candidate.age, span) for candidate in candidates]
    return ranked_by(candidates, chances)


def ranked_by(candidates: Sequence[Candidate], chances: Sequence[float]) -> list[Ranked]:
    """The same from chances known otherwise. Risks that differ by rounding only are equal."""
    order = sorted(
        zip(chances, candidates, strict=True),
        key=lambda pair: (
            -float(f"{pair[0] * pair[1].consequence:.12g}"), -pair[1].age, pair[1].device
        ),
    )  # fmt: skip
    return [
        Ranked(rank, candidate, chance, chance * candidate.consequence)
        for rank, (chance, candidate) in enumerate(order, 1)
    ]
