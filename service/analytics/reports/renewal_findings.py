"""What the comparison of plans (改築計画の比較) says in words."""

from collections.abc import Iterator, Mapping

from service.analytics.methods.renewal_scenarios import Course, Policy
from service.analytics.plan_terms import PlanTerms
from service.analytics.report import Finding
from service.analytics.reports.renewal_fleet import PlannedFleet
from service.core.i18n.marker import N_

MILLION = 1_000_000
POLICY_LABELS = {
    Policy.NONE: N_("更新しない"),
    Policy.OLDEST: N_("古い順"),
    Policy.RISK: N_("リスク順"),
    Policy.COST: N_("費用順"),
}
RENEWING = (Policy.OLDEST, Policy.RISK, Policy.COST)
TOLD = N_(
    "%(years)s年間の故障は、更新しない場合%(none)s件、古い順%(oldest)s件、"
    "リスク順%(risk)s件、費用順%(cost)s件の見込みです。"
)
TOLD_BEST = N_("故障が最も少ないのは%(policy)sで、更新しない場合より%(less)s％少なくなります。")
TOLD_LEFT_OUT = N_(
    "候補%(top)s台のうち、設置年の分からない%(age)s台と"
    "更新費の分からない%(cost)s台は計画に入れていません。"
)
TOLD_SAME = N_("どの順でも故障の数は変わりません。更新しない場合より%(less)s％少なくなります。")
TOLD_TOO_DEAR = N_(
    "1年の予算より更新費の高い候補が%(count)s台あり、更新されません。"
    "予算を増やすか、その機器は別に計画してください。"
)
TOLD_NOT_PAID = N_(
    "減る故障費だけでは更新費をまかなえません。"
    "止まったときの影響と耐用年数もあわせて、更新する機器を決めてください。"
)
TOLD_UNKNOWN = N_("選んだ機器のうち、この条件に合う使用中の機器にない番号: %(numbers)s")
TOLD_SAVED = N_(
    "減る故障費の合計は最大%(saved)s百万円で、そのときの更新費の合計は%(spent)s百万円です。"
)


def findings(
    courses: Mapping[Policy, Course], planned: PlannedFleet, terms: PlanTerms
) -> Iterator[Finding]:
    """Which order leaves the fewest failures, what it costs, and what the plan leaves out."""
    sums = {policy: float(one.failures.sum()) for policy, one in courses.items()}
    told = {policy.value: f"{value:,.0f}" for policy, value in sums.items()}
    yield Finding(TOLD, {"years": str(terms.years), **told})
    if sums[Policy.NONE] > 0:
        yield _fewest(sums, told)
    yield from _costs_told(courses)
    yield from _left_out(planned, terms)


def _fewest(sums: Mapping[Policy, float], told: Mapping[str, str]) -> Finding:
    """Orders whose figures read the same are not told apart."""
    best = min(RENEWING, key=lambda policy: sums[policy])
    less = 100 * (1 - sums[best] / sums[Policy.NONE])
    values = {"less": f"{less:.0f}" if less >= 1 else f"{less:.1f}"}
    if len({told[policy.value] for policy in RENEWING}) == 1:
        return Finding(TOLD_SAME, values)
    return Finding(TOLD_BEST, values | {"policy": POLICY_LABELS[best]})


def _costs_told(courses: Mapping[Policy, Course]) -> Iterator[Finding]:
    costs = {policy: float(one.failure_cost.sum()) for policy, one in courses.items()}
    cheapest = min(RENEWING, key=lambda policy: costs[policy])
    saved = (costs[Policy.NONE] - costs[cheapest]) / MILLION
    spent = float(courses[cheapest].spent.sum()) / MILLION
    yield Finding(TOLD_SAVED, {"saved": f"{saved:,.0f}", "spent": f"{spent:,.0f}"})
    if saved < spent:
        yield Finding(TOLD_NOT_PAID)


def _left_out(planned: PlannedFleet, terms: PlanTerms) -> Iterator[Finding]:
    fleet = planned.fleet
    if planned.unknown:
        yield Finding(TOLD_UNKNOWN, {"numbers": ", ".join(planned.unknown)})
    if planned.without_age or planned.without_cost:
        values = {
            "top": f"{planned.asked:,}",
            "age": f"{planned.without_age:,}",
            "cost": f"{planned.without_cost:,}",
        }
        yield Finding(TOLD_LEFT_OUT, values)
    dear = int((fleet.candidate & (fleet.renewal_cost > terms.budget * MILLION)).sum())
    if dear:
        yield Finding(TOLD_TOO_DEAR, {"count": f"{dear:,}"})
