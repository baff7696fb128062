"""What renewing devices under a yearly budget does to failures, by the order they are taken in.

Expected figures, no draws: each device fails at λ(t) = λ₀·(age(t)/age₀)^(β−1), β of its class. A
renewed device starts at the class's mean rate scaled to its own young age in the same way.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from service.analytics.methods.distributions import Floats, Ints

# Younger than this, the power law would let a new device fail never (or always).
YOUNGEST_YEARS = 1.0


class Policy(StrEnum):
    NONE = "none"
    OLDEST = "oldest"
    RISK = "risk"
    COST = "cost"


@dataclass(frozen=True)
class Fleet:
    """One entry per device. Ages in years, rates in failures per year, money in yen.

    ``class_rate`` belongs to ``class_age``; NaN ages: never renewed and ageing unseen.
    ``candidate``: may be renewed; ``rank``: the order of the list, smallest first.
    """

    age: Floats
    rate: Floats
    growth: Floats
    class_rate: Floats
    class_age: Floats
    failure_cost: Floats
    renewal_cost: Floats
    life: Floats
    rank: Floats
    candidate: "np.typing.NDArray[np.bool_]"


@dataclass(frozen=True)
class Course:
    """One policy, year by year; ``renewed_in`` is the first such year of each device, −1 never."""

    failures: Floats
    failure_cost: Floats
    renewed: Ints
    spent: Floats
    renewed_in: Ints


def course(fleet: Fleet, policy: Policy, *, years: int, budget: float) -> Course:
    """Renews at the start of each year, in the policy's order, whatever still fits the budget.

    What is left of a year's budget is not carried over. A renewed device may be taken again when
    it is past its life. Oldest: by age; risk: by the list's rank; cost: by the failure cost of the
    coming year that renewal saves per yen.
    """
    state = _State(fleet)
    failures, cost = np.zeros(years), np.zeros(years)
    renewed, spent = np.zeros(years, dtype=np.int64), np.zeros(years)
    for year in range(years):
        if policy is not Policy.NONE:
            taken = state.affordable(policy, budget)
            state.renew(taken, year)
            renewed[year] = len(taken)
            spent[year] = float(fleet.renewal_cost[taken].sum())
        rates = state.rates()
        failures[year] = float(rates.sum())
        cost[year] = float((rates * fleet.failure_cost).sum())
        state.age += 1
    return Course(failures, cost, renewed, spent, state.renewed_in)


class _State:
    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.age = fleet.age.copy()
        self.is_new = np.zeros(len(fleet.age), dtype=bool)
        self.renewed_in = np.full(len(fleet.age), -1, dtype=np.int64)

    def rates(self) -> Floats:
        """Of the middle of the coming year."""
        fleet = self.fleet
        rate = np.where(self.is_new, fleet.class_rate, fleet.rate)
        at = np.where(self.is_new, fleet.class_age, fleet.age)
        return np.asarray(rate * self._grown(self.age + 0.5, at))

    def _grown(self, age: Floats, since: Floats) -> Floats:
        ratio = np.maximum(age, YOUNGEST_YEARS) / np.maximum(since, YOUNGEST_YEARS)
        return np.where(np.isnan(ratio), 1.0, ratio) ** (self.fleet.growth - 1)

    def renew(self, taken: Ints, year: int) -> None:
        self.age[taken] = 0.0
        self.is_new[taken] = True
        first = taken[self.renewed_in[taken] < 0]
        self.renewed_in[first] = year

    def affordable(self, policy: Policy, budget: float) -> Ints:
        fleet = self.fleet
        may = fleet.candidate & (~self.is_new | (self.age >= fleet.life)) & (self.age > 0)
        order = [int(index) for index in np.argsort(self._order(policy), kind="stable")]
        left, taken = budget, []
        for index in order:
            if may[index] and fleet.renewal_cost[index] <= left:
                left -= fleet.renewal_cost[index]
                taken.append(index)
        return np.array(taken, dtype=np.int64)

    def _order(self, policy: Policy) -> Floats:
        """Smallest first."""
        if policy is Policy.OLDEST:
            return -np.nan_to_num(self.age, nan=-1.0)
        if policy is Policy.RISK:
            return np.asarray(self.fleet.rank + np.where(self.is_new, 1e9, 0))
        fleet = self.fleet
        young = np.full(len(self.age), YOUNGEST_YEARS)
        fresh = fleet.class_rate * self._grown(young, fleet.class_age)
        saved = (self.rates() - fresh) * fleet.failure_cost
        costs = fleet.renewal_cost > 0
        for_nothing = np.where(saved > 0, -np.inf, 0.0)
        return np.divide(-saved, fleet.renewal_cost, out=for_nothing, where=costs)
