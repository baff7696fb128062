"""更新優先度: devices in the order of risk, with the weights that made the order."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from service.analytics.conditions import Conditions
from service.analytics.figure_matrix import Matrix
from service.analytics.methods.renewal_risk import GRADES, grade
from service.analytics.periods import EPOCH
from service.analytics.plan_terms import WEIGHT_LABELS, PlanTerms
from service.analytics.report import Column, Fact, Finding, Report, Value
from service.analytics.reports.frame import NONE_IN_SERVICE, Frame
from service.analytics.reports.renewal_candidates import Candidates, candidates
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_
from service.registry.domain import REDUNDANCY_LABELS, Redundancy

NAME = "priority"
TITLE = N_("更新の優先度")
PER_DEVICES = 100
FIRST_RISK, NEXT_RISK = 40.0, 25.0
COLUMNS = (
    Column("rank", N_("順位")),
    Column("label", N_("機器番号"), is_text=True),
    Column("position_name", N_("設置箇所"), is_text=True),
    Column("facility_name", N_("施設"), is_text=True),
    Column("minor", N_("小分類"), is_text=True),
    Column("risk", N_("リスク"), "", 1),
    Column("likelihood", N_("発生しやすさ"), "", 1),
    Column("consequence", N_("影響の大きさ"), "", 1),
    Column("age", N_("経過年数"), N_("年"), 1),
    Column("life", N_("耐用年数"), N_("年")),
    Column("over", N_("超過"), N_("年"), 1),
    Column("health", N_("健全度")),
    Column("failures", N_("故障"), N_("件")),
    Column("rate", N_("補正した故障率"), N_("件／100台・年"), 1),
    Column("chance", N_("1年以内に故障する確率"), "%", 0),
    Column("criticality", N_("重要度"), is_text=True),
    Column("redundancy", N_("予備機"), is_text=True),
    Column("parts", N_("部品"), is_text=True),
    Column("disposal_until", N_("処分制限の期限"), is_text=True),
    Column("acquired_cost_yen", N_("取得価格"), N_("円")),
    Column("class_note", N_("耐用年数の確認"), is_text=True),
    Column("verdict", N_("判定"), is_text=True),
)
FIRST = N_("更新を優先")
NEXT = N_("更新を検討")
GO_ON = N_("継続して使用")
UNDATED = N_("設置年を調べる")
DISCONTINUED = N_("製造終了")
UNVERIFIED = N_("要確認")
NOTES = (
    N_("リスク＝発生しやすさ×影響の大きさ÷100です。どちらも0～100点で、重みは条件で変えられます。"),
    N_(
        "発生しやすさは、経過年数（耐用年数で50点、その2倍で100点）、1年以内に故障する確率、"
        "健全度（5が0点、1が100点）、製造終了（100点）の重み付き平均です。"
    ),
    N_(
        "影響の大きさは、重要度（A 100点、B 60点、C 20点。影響度の記入があればその5分の1刻み）と"
        "予備機（なし100点、交互運転60点、あり30点）の重み付き平均です。"
    ),
    N_(
        "分からない項目は除いて平均しています。設置年の分からない機器は順位を付けず、最後に載せます。"
    ),
    N_("耐用年数は、機器ごとの設定、目標耐用年数、標準耐用年数の順に使います。"),
    N_("リスク40以上を「更新を優先」、25以上を「更新を検討」としています。"),
)
TOLD_FIRST = N_(
    "リスク40以上は%(count)s台、耐用年数を超えたものは%(over)s台です（対象%(all)s台）。"
)
TOLD_UNDATED = N_("設置年の分からない%(count)s台は順位の外です。")
TOLD_UNVERIFIED = N_("耐用年数が要確認のままの分類の機器が%(count)s台あります。")
TOLD_DISPOSAL = N_("順位の上から100台のうち%(count)s台は処分制限期間が残っています。")
TOP = 100


def renewal_priority(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions)
    found = candidates(frame, conditions.terms.weights)
    today = (snapshot.day - EPOCH).days
    rows = [_row(row, today) for row in found.rows.iter_rows(named=True)]
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        needs_failures=False,
        notes=NOTES,
        findings=_findings(rows),
        figure=_figure(found),
        facts=weight_facts(conditions.terms),
        too_few=NONE_IN_SERVICE,
    )


def weight_facts(terms: PlanTerms) -> tuple[Fact, ...]:
    return tuple(
        Fact(f"w_{name}", WEIGHT_LABELS[name], value)
        for name, value in terms.weights.given().items()
    )


def _row(row: Mapping[str, Any], today: int) -> dict[str, Value]:
    age, life, risk = row["age"], row["life"], row["risk"]
    redundancy = row["redundancy"]
    left = row["disposal_day"]
    return {
        "key": row["asset_code"],
        "rank": row["rank"],
        "label": row["asset_code"],
        "position_id": row["position_id"],
        "position_name": row["position_name"],
        "facility_name": row["facility_name"],
        "minor": row["minor"],
        "risk": risk,
        "likelihood": row["likelihood"],
        "consequence": row["consequence"],
        "age": age,
        "life": None if life is None else int(life),
        "over": age - life if age is not None and life is not None and age > life else None,
        "health": row["health"],
        "failures": row["failures"],
        "rate": None if row["rate"] is None else row["rate"] * PER_DEVICES,
        "chance": row["chance"],
        "criticality": row["criticality"],
        "redundancy": REDUNDANCY_LABELS[Redundancy(redundancy)] if redundancy else None,
        "parts": DISCONTINUED if row["is_discontinued"] else None,
        "disposal_until": _day(left) if left is not None and left > today else None,
        "acquired_cost_yen": row["acquired_cost_yen"],
        "class_note": None if row["class_verified"] else UNVERIFIED,
        "verdict": UNDATED if age is None else verdict(risk),
    }


def _day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


def verdict(risk: float | None) -> str:
    if risk is None or risk < NEXT_RISK:
        return GO_ON
    return FIRST if risk >= FIRST_RISK else NEXT


def _findings(rows: list[dict[str, Value]]) -> list[Finding]:
    def count(text: str, column: str, of: list[dict[str, Value]]) -> list[Finding]:
        number = sum(row[column] is not None for row in of)
        return [Finding(text, {"count": f"{number:,}"})] if number else []

    first = sum(row["verdict"] == FIRST for row in rows)
    over = sum(row["over"] is not None for row in rows)
    undated = sum(row["verdict"] == UNDATED for row in rows)
    told = {"count": f"{first:,}", "over": f"{over:,}", "all": f"{len(rows):,}"}
    return [
        Finding(TOLD_FIRST, told),
        *([Finding(TOLD_UNDATED, {"count": f"{undated:,}"})] if undated else []),
        *count(TOLD_UNVERIFIED, "class_note", rows),
        *count(TOLD_DISPOSAL, "disposal_until", rows[:TOP]),
    ]


def _figure(found: Candidates) -> Matrix:
    counts = np.zeros((GRADES, GRADES), dtype=int)
    known = found.rows.filter(found.rows["risk"].is_not_null())
    for likelihood, consequence in known.select("likelihood", "consequence").iter_rows():
        counts[grade(likelihood) - 1, grade(consequence) - 1] += 1
    return Matrix(
        N_("影響の大きさ（点）"), N_("発生しやすさ（点）"), tuple(map(tuple, counts.tolist()))
    )
