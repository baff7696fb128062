"""What the planner sets for renewal: weights of the ranking, money and years of the scenarios."""

from dataclasses import dataclass, field, fields

from service.analytics.methods.renewal_risk import Weights
from service.core.i18n.marker import N_

WEIGHT_LABELS = {
    "age": N_("経過年数の重み"),
    "failures": N_("故障の重み"),
    "health": N_("健全度の重み"),
    "parts": N_("製造終了の重み"),
    "criticality": N_("重要度の重み"),
    "redundancy": N_("予備機の重み"),
}
TERM_LABELS = {
    "budget": N_("1年の予算"),
    "years": N_("見通す年数"),
    "price": N_("取得価格に対する更新費"),
    "top": N_("更新の候補（順位の上から）"),
}
# What each term may be, at least and at most.
TERM_BOUNDS = {
    "budget": (1, 100_000),
    "years": (1, 50),
    "price": (10, 1000),
    "top": (1, 20_000),
    **{f"w_{name}": (0, 100) for name in WEIGHT_LABELS},
}
CHOSEN_LABELS = {"pick": N_("選んだ機器"), "skip": N_("外した機器")}
TERM_UNITS = {"budget": N_("百万円"), "years": N_("年"), "price": "%", "top": N_("台")}


@dataclass(frozen=True)
class PlanTerms:
    """``budget`` in million yen a year; ``price``: renewal cost in per cent of what was paid.

    ``pick``: numbers of the only devices that may be renewed, instead of the ``top`` of the
    ranking; ``skip``: numbers of those that may not.
    """

    budget: int = 300
    years: int = 20
    price: int = 100
    top: int = 500
    weights: Weights = field(default_factory=Weights)
    pick: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def given(self) -> dict[str, str | tuple[str, ...]]:
        """As in the address: only what differs from the usual."""
        usual = PlanTerms()
        own = {
            name: str(getattr(self, name))
            for name in TERM_LABELS
            if getattr(self, name) != getattr(usual, name)
        }
        weights = {
            f"w_{one.name}": str(getattr(self.weights, one.name))
            for one in fields(Weights)
            if getattr(self.weights, one.name) != getattr(usual.weights, one.name)
        }
        chosen = {name: getattr(self, name) for name in CHOSEN_LABELS if getattr(self, name)}
        return own | weights | chosen
