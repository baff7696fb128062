"""When to replace: cheapest age, and the order of replacement by risk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, expm1, gamma, inf, log

from service.analytics.methods.distributions import root
from service.analytics.methods.weibull import Weibull, chance_within

_NEVER_OLDER = 600.0  # (T/η)^β beyond which nothing is left in service


@dataclass(frozen=True)
class ReplacementAge:
    """``age`` None: run to failure, no planned age is cheaper.

    ``cheap_ages`` are those within 5 % of the least cost per unit of time: how flat it is; the last
    is infinite where running to failure costs hardly more.
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
    grown = (age / law[1]) ** law[0]
    return (costs[0] * exp(-grown) - costs[1] * expm1(-grown)) / _service(age, law)


def _service(age: float, law: tuple[float, float]) -> float:
    """Mean time in service until failure or this age: ∫₀ᵀ S."""
    from scipy.special import gammainc  # noqa: PLC0415  # 0.1 s at first use

    beta, eta = law
    return float(eta * gamma(1 + 1 / beta) * gammainc(1 / beta, (age / eta) ** beta))


def age_replacement(beta: float, eta: float, planned: float, failure: float) -> ReplacementAge:
    """Age T that minimises `cost_rate`; none when β ≤ 1 or a failure costs no more.

    Source: Barlow & Hunter (1960), Oper. Res. 8, 90–100.
    """
    to_failure = failure / (eta * gamma(1 + 1 / beta))
    if beta <= 1 or failure <= planned:
        return ReplacementAge(None, to_failure, to_failure, None)
    law, costs = (beta, eta), (planned, failure)

    def gain(logs: float) -> float:
        """Rises with age: h(T)·∫S − F(T) against c_p/(c_f − c_p)."""
        age = eta * exp(logs)
        hazard = beta / eta * (age / eta) ** (beta - 1)
        failed = -expm1(-((age / eta) ** beta))
        return float(hazard * _service(age, law) - failed - planned / (failure - planned))

    oldest = log(_NEVER_OLDER) / beta
    top = root(gain, -40.0, oldest)
    if top is None:
        return ReplacementAge(None, to_failure, to_failure, None)
    best = eta * exp(top)
    least = cost_rate(best, law, costs)
    if least >= to_failure * (1 - 1e-9):
        return ReplacementAge(None, to_failure, to_failure, None)
    cheap = _cheap(lambda age: cost_rate(age, law, costs), best, to_failure)
    return ReplacementAge(best, least, to_failure, cheap)


def _cheap(cost: Callable[[float], float], best: float, to_failure: float) -> tuple[float, float]:
    """From where to where the cost is within 5 % of its least; no end where failing is, too."""
    most = 1.05 * cost(best)
    first = root(lambda age: cost(age) - most, best * 1e-6, best)
    if to_failure <= most:
        return first or best, inf
    last = best
    while cost(last) <= most:
        last *= 2
    return first or best, root(lambda age: cost(age) - most, best, last) or best


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
