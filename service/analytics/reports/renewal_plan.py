"""改築計画の比較: failures and costs of the coming years, by the order of renewal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series
from service.analytics.methods.renewal_scenarios import Course, Policy, course
from service.analytics.plan_terms import CHOSEN_LABELS, TERM_LABELS, TERM_UNITS, PlanTerms
from service.analytics.report import Column, Fact, Finding, Report, Value
from service.analytics.reports.frame import Frame
from service.analytics.reports.renewal_findings import MILLION, POLICY_LABELS, RENEWING, findings
from service.analytics.reports.renewal_fleet import PlannedFleet, planned_fleet
from service.analytics.reports.renewal_priority import weight_facts
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.dates import fiscal_year, wareki_short
from service.core.i18n.marker import N_

NAME, DEVICES_NAME = "plan", "plan-devices"
TITLE = N_("改築計画の比較")
DEVICES_TITLE = N_("改築計画の機器")
COLUMNS = (
    Column("label", N_("年度"), is_text=True),
    Column("failures_none", N_("故障：更新しない"), N_("件"), 1),
    Column("failures_oldest", N_("故障：古い順"), N_("件"), 1),
    Column("failures_risk", N_("故障：リスク順"), N_("件"), 1),
    Column("failures_cost", N_("故障：費用順"), N_("件"), 1),
    Column("cost_none", N_("故障費：更新しない"), N_("百万円"), 1),
    Column("cost_oldest", N_("故障費：古い順"), N_("百万円"), 1),
    Column("cost_risk", N_("故障費：リスク順"), N_("百万円"), 1),
    Column("cost_cost", N_("故障費：費用順"), N_("百万円"), 1),
    Column("renewed_oldest", N_("更新：古い順"), N_("台")),
    Column("renewed_risk", N_("更新：リスク順"), N_("台")),
    Column("renewed_cost", N_("更新：費用順"), N_("台")),
    Column("spent_oldest", N_("更新費：古い順"), N_("百万円"), 1),
    Column("spent_risk", N_("更新費：リスク順"), N_("百万円"), 1),
    Column("spent_cost", N_("更新費：費用順"), N_("百万円"), 1),
)
DEVICE_COLUMNS = (
    Column("rank", N_("順位")),
    Column("label", N_("機器番号"), is_text=True),
    Column("position_name", N_("設置箇所"), is_text=True),
    Column("facility_name", N_("施設"), is_text=True),
    Column("minor", N_("小分類"), is_text=True),
    Column("risk", N_("リスク"), "", 1),
    Column("age", N_("経過年数"), N_("年"), 1),
    Column("life", N_("耐用年数"), N_("年")),
    Column("health", N_("健全度")),
    Column("rate", N_("補正した故障率"), N_("件／100台・年"), 1),
    Column("growth", N_("べき乗則 β"), "", 2),
    Column("renewal_yen", N_("更新費"), N_("円")),
    Column("year_oldest", N_("古い順での更新年度"), is_text=True),
    Column("year_risk", N_("リスク順での更新年度"), is_text=True),
    Column("year_cost", N_("費用順での更新年度"), is_text=True),
)
NOTES = (
    N_(
        "故障は期待値です。機器ごとの補正した故障率が、"
        "分類のべき乗則 β に従って年とともに増えるとします。"
    ),
    N_("更新した機器は、分類の平均の故障率を若い年数に直した値から始まり、また年をとります。"),
    N_(
        "更新費は取得価格に条件の割合を掛けたものです。取得価格のない機器は小分類の中央値を使います。"
        "物価の変動と割引は見込んでいません。"
    ),
    N_(
        "予算の残りは翌年度へ繰り越しません。残った予算に収まらない機器は、次に収まる機器を先にします。"
    ),
    N_("費用順は、次の1年に減る故障費を更新費で割った値の大きい順です。"),
    N_("故障の少ない分類のβは、ほかの分類の平均を使います。βは1～3に限っています。"),
)
NO_CANDIDATE = N_(
    "設置年と更新費の分かる候補がありません。絞り込みを確かめるか、台帳に取得価格を入れてください。"
)


@dataclass(frozen=True)
class Plan:
    frame: Frame
    planned: PlannedFleet
    courses: Mapping[Policy, Course]
    terms: PlanTerms

    @property
    def findings(self) -> list[Finding]:
        return list(findings(self.courses, self.planned, self.terms)) if self.can_renew else []

    @property
    def first_year(self) -> int:
        """The fiscal year after that of the snapshot."""
        return fiscal_year(self.frame.snapshot.day) + 1

    @property
    def can_renew(self) -> bool:
        return bool(self.planned.fleet.candidate.any())


def _plan(snapshot: Snapshot, conditions: Conditions) -> Plan:
    frame = Frame(snapshot, conditions)
    terms = conditions.terms
    planned = planned_fleet(frame, terms)
    budget = float(terms.budget) * MILLION
    courses = {
        policy: course(planned.fleet, policy, years=terms.years, budget=budget) for policy in Policy
    }
    return Plan(frame, planned, courses, terms)


def renewal_plan(snapshot: Snapshot, conditions: Conditions) -> Report:
    """Year by year, the three orders beside doing nothing."""
    plan = _plan(snapshot, conditions)
    rows = list(_years(plan)) if plan.can_renew else []
    total = _total(rows) if rows else None
    return plan.frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        empty=NO_CANDIDATE,
        notes=NOTES,
        findings=plan.findings,
        figure=_figure(plan),
        facts=(*term_facts(plan.terms), *weight_facts(plan.terms)),
        total=total,
    )


def renewal_plan_devices(snapshot: Snapshot, conditions: Conditions) -> Report:
    """The candidates, each with the fiscal year in which every order would renew it."""
    plan = _plan(snapshot, conditions)
    return plan.frame.report(
        DEVICES_NAME,
        DEVICES_TITLE,
        DEVICE_COLUMNS,
        list(_devices(plan)),
        empty=NO_CANDIDATE,
        notes=NOTES,
        findings=plan.findings,
        facts=(*term_facts(plan.terms), *weight_facts(plan.terms)),
    )


def term_facts(terms: PlanTerms) -> tuple[Fact, ...]:
    usual = (
        Fact(name, label, getattr(terms, name), TERM_UNITS[name])
        for name, label in TERM_LABELS.items()
        if name != "top" or not terms.pick
    )
    chosen = (
        Fact(name, label, ", ".join(getattr(terms, name)))
        for name, label in CHOSEN_LABELS.items()
        if getattr(terms, name)
    )
    return (*usual, *chosen)


def _years(plan: Plan) -> Iterator[dict[str, Value]]:
    for number in range(plan.terms.years):
        year = plan.first_year + number
        row: dict[str, Value] = {"key": str(year), "label": _year_label(year)}
        for policy, one in plan.courses.items():
            row[f"failures_{policy}"] = float(one.failures[number])
            row[f"cost_{policy}"] = float(one.failure_cost[number]) / MILLION
            row[f"renewed_{policy}"] = int(one.renewed[number])
            row[f"spent_{policy}"] = float(one.spent[number]) / MILLION
        yield row


def _year_label(year: int) -> str:
    """R9 (2027)."""
    return f"{wareki_short(date(year, 5, 1)).partition('.')[0]} ({year})"


def _total(rows: list[dict[str, Value]]) -> dict[str, Value]:
    sums: dict[str, Value] = {"key": "total", "label": N_("合計")}
    for column in COLUMNS[1:]:
        whole = sum(float(str(row[column.key])) for row in rows)
        sums[column.key] = whole if column.digits else int(whole)
    return sums


def _devices(plan: Plan) -> Iterator[dict[str, Value]]:
    fleet = plan.planned.fleet
    for index, row in enumerate(plan.planned.rows.iter_rows(named=True)):
        if not fleet.candidate[index]:
            continue
        life = row["life"]
        years = {
            f"year_{policy}": _year(plan, int(plan.courses[policy].renewed_in[index]))
            for policy in RENEWING
        }
        yield {
            "key": row["asset_code"],
            "rank": row["rank"],
            "label": row["asset_code"],
            "position_id": row["position_id"],
            "position_name": row["position_name"],
            "facility_name": row["facility_name"],
            "minor": row["minor"],
            "risk": row["risk"],
            "age": row["age"],
            "life": None if life is None else int(life),
            "health": row["health"],
            "rate": None if row["rate"] is None else row["rate"] * 100,
            "growth": row["growth"],
            "renewal_yen": round(fleet.renewal_cost[index]),
            **years,
        }


def _year(plan: Plan, number: int) -> str | None:
    return None if number < 0 else _year_label(plan.first_year + number)


def _figure(plan: Plan) -> Curves | None:
    if not plan.can_renew:
        return None
    series = [
        Series(
            POLICY_LABELS[policy],
            [(float(plan.first_year + n), float(count)) for n, count in enumerate(one.failures)],
        )
        for policy, one in plan.courses.items()
    ]
    step = max(1, plan.terms.years // 10)
    years = range(plan.first_year, plan.first_year + plan.terms.years, step)
    ticks = [(float(year), str(year)) for year in years]
    return Curves(N_("1年度の故障の期待値（件）"), N_("年度（始まりの西暦年）"), series, ticks)
