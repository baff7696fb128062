"""The reports that there are, under the names of their addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from service.analytics.conditions import Conditions
from service.analytics.report import Report
from service.analytics.reports import (
    ageing_tests,
    availability_by_group,
    bad_actors,
    compared_groups,
    compared_periods,
    failure_rate,
    forecast_of_failures,
    mean_cumulative_ages,
    monthly_trend,
    operating_rates,
    pareto_of_faults,
    renewal_plan,
    renewal_priority,
    replacement_life,
)
from service.analytics.reports.pareto_of_faults import Item
from service.analytics.snapshot_store import Snapshot
from service.core.errors import NotFound
from service.core.i18n.marker import N_


class ReportUnknown(NotFound):
    code = "report-unknown"
    message = N_("集計「%(name)s」はありません。")


class Terms(StrEnum):
    """Which of the planner's terms a report pays heed to."""

    NONE = "none"
    WEIGHTS = "weights"
    PLAN = "plan"


class Choice(StrEnum):
    """What can be done with single devices of the table: renew only them, or not them."""

    PICK = "pick"
    SKIP = "skip"


@dataclass(frozen=True)
class Kind:
    """``answers``: the question that the report answers, for the list of reports.

    ``has_groups``: its rows are groups of devices; ``is_monthly``: they are months.
    """

    name: str
    title: str
    answers: str
    make: Callable[[Snapshot, Conditions], Report]
    has_groups: bool = True
    terms: Terms = Terms.NONE
    compares: bool = False
    pairs: bool = False
    chooses: Choice | None = None
    is_monthly: bool = False


def _pareto(item: Item) -> Callable[[Snapshot, Conditions], Report]:
    return partial(pareto_of_faults.pareto_of_faults, item=item)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            failure_rate.NAME,
            failure_rate.TITLE,
            N_("どの分類・施設・メーカーの機器が故障しやすいか"),
            failure_rate.failure_rate,
        ),
        Kind(
            monthly_trend.NAME,
            monthly_trend.TITLE,
            N_("故障は増えているか、いつから変わったか、季節によるか"),
            monthly_trend.monthly_trend,
            has_groups=False,
            is_monthly=True,
        ),
        Kind(
            availability_by_group.NAME,
            availability_by_group.TITLE,
            N_("どれだけ止まり、直るまでにどれだけかかるか"),
            availability_by_group.availability_by_group,
        ),
        Kind(
            operating_rates.NAME,
            operating_rates.TITLE,
            N_("よく動く機器とあまり動かない機器を、運転時間で比べるとどうか"),
            operating_rates.operating_rates,
        ),
        Kind(
            Item.GROUP.value,
            pareto_of_faults.TITLES[Item.GROUP.value],
            N_("どの区分を直せば故障の大半が減るか"),
            _pareto(Item.GROUP),
        ),
        Kind(
            Item.SYMPTOM.value,
            pareto_of_faults.TITLES[Item.SYMPTOM.value],
            N_("どの現象が多いか"),
            _pareto(Item.SYMPTOM),
            has_groups=False,
        ),
        Kind(
            Item.CAUSE.value,
            pareto_of_faults.TITLES[Item.CAUSE.value],
            N_("どの原因が多いか"),
            _pareto(Item.CAUSE),
            has_groups=False,
        ),
        Kind(
            mean_cumulative_ages.NAME,
            mean_cumulative_ages.TITLE,
            N_("古くなるとどれだけ故障がたまるか"),
            mean_cumulative_ages.mean_cumulative_ages,
        ),
        Kind(
            ageing_tests.NAME,
            ageing_tests.TITLE,
            N_("経年で故障が増えているといえるか"),
            ageing_tests.ageing_tests,
        ),
        Kind(
            replacement_life.NAME,
            replacement_life.TITLE,
            N_("何年で更新されてきたか、標準耐用年数と比べてどうか"),
            replacement_life.replacement_life,
        ),
        Kind(
            bad_actors.NAME,
            bad_actors.TITLE,
            N_("どの機器が同じ分類の平均より故障しやすいか"),
            bad_actors.bad_actors,
            has_groups=False,
        ),
        Kind(
            compared_periods.NAME,
            compared_periods.TITLE,
            N_("前の期間と比べて故障率は変わったか"),
            compared_periods.compared_periods,
            compares=True,
        ),
        Kind(
            compared_groups.NAME,
            compared_groups.TITLE,
            N_("二つの分類やメーカーを同じ経過年数で比べると、どちらが故障しやすいか"),
            compared_groups.compared_groups,
            pairs=True,
        ),
        Kind(
            forecast_of_failures.NAME,
            forecast_of_failures.TITLE,
            N_("来年度は何件壊れ、いくらかかるか、予測は当たるのか"),
            forecast_of_failures.forecast,
        ),
        Kind(
            renewal_priority.NAME,
            renewal_priority.TITLE,
            N_("どの機器から更新すべきか"),
            renewal_priority.renewal_priority,
            has_groups=False,
            terms=Terms.WEIGHTS,
            chooses=Choice.PICK,
        ),
        Kind(
            renewal_plan.NAME,
            renewal_plan.TITLE,
            N_("予算の中でどの順に更新すると故障がどれだけ減るか"),
            renewal_plan.renewal_plan,
            has_groups=False,
            terms=Terms.PLAN,
        ),
        Kind(
            renewal_plan.DEVICES_NAME,
            renewal_plan.DEVICES_TITLE,
            N_("計画ではどの機器を何年度に更新するか"),
            renewal_plan.renewal_plan_devices,
            has_groups=False,
            terms=Terms.PLAN,
            chooses=Choice.SKIP,
        ),
    )
}


def kind_of(name: str) -> Kind:
    """One report by the name of its address.

    Raises:
        ReportUnknown: when there is no such report.
    """
    if name not in KINDS:
        raise ReportUnknown(name=name)
    return KINDS[name]
