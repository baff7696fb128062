"""劣化傾向: do failures come faster with age? Tests by group, false alarms held down."""

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.methods.power_law import (
    PowerLaw,
    beta_limits,
    power_law,
    robust_beta_limits,
    robust_beta_p,
)
from service.analytics.methods.rates import Limits
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.trend_tests import (
    TrendTest,
    anderson_darling,
    benjamini_hochberg,
    generalised_laplace,
    laplace,
    military_handbook,
)
from service.analytics.report import Column, Report, Value
from service.analytics.reports.ages import Group, groups_by_age
from service.analytics.reports.frame import UNDATED, Frame
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_

NAME = "trend-tests"
TITLE = N_("劣化傾向の検定")
ALPHA = 0.05
FEW = 3
DAYS_NEEDED = 5  # with failures; fewer are storms or the like, which hit many devices at once
SHAPE_NEEDS = 10  # failures; below, the clustered error is too small
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("devices", N_("機器数"), N_("台")),
    Column("failures", N_("故障"), N_("件")),
    Column("statistic", N_("一般化ラプラス"), "", 2),
    Column("p", "p", "", 3),
    Column("q", N_("q（誤検出率）"), "", 3),
    Column("laplace_p", N_("ラプラス p"), "", 3, is_detail=True),
    Column("military_p", N_("MIL-HDBK-189 p"), "", 3, is_detail=True),
    Column("darling_p", N_("アンダーソン・ダーリング p"), "", 3, is_detail=True),
    Column("beta", N_("べき乗則 β"), "", 2),
    Column("beta_lower", N_("95％下限"), "", 2),
    Column("beta_upper", N_("95％上限"), "", 2),
    Column("beta_q", N_("βのq（誤検出率）"), "", 3),
    Column("verdict", N_("判定"), is_text=True),
)
WORSE = N_("経年で故障が増えている")
BETTER = N_("経年で故障が減っている")
OLD_FAIL_MORE = N_("古い機器ほど故障が多い")
YOUNG_FAIL_MORE = N_("新しい機器ほど故障が多い")
STEADY = N_("増減があるとはいえない")
TOO_FEW_TO_SAY = N_("件数が少なく判断できない")
NOTES = (
    N_("機器ごとの故障しやすさが違っていても使える一般化ラプラス検定で判定しています。"),
    N_(
        "多くの区分を同時に調べるため、qが0.05以下のものだけを「増えている」「減っている」とします。"
    ),
    N_(
        "個々の機器の数年の増減では分からなくても、古い機器と新しい機器の差が確かなとき"
        "（故障10件以上、βのqが0.05以下）は「古い機器ほど故障が多い」とします。"
    ),
    N_("βが1より大きければ故障の間隔が短くなり、1より小さければ長くなっています。"),
    N_(
        "設置日の不明な機器は入れていません。"
        "故障のあった機器が5台、日が5日に満たない区分は判断しません。"
    ),
)


def ageing_tests(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    rows = [_row(group) for group in groups_by_age(frame) if group.histories.events]
    _judge_trends(rows)
    _judge_shapes(rows)
    return frame.report(
        NAME, TITLE, COLUMNS, rows, notes=NOTES, figure=_figure(rows), too_few=UNDATED
    )


def _row(group: Group) -> dict[str, Value]:
    seen = group.histories
    test = generalised_laplace(seen) if group.days >= DAYS_NEEDED else None
    fit = power_law(seen) if seen.events >= FEW else None
    limits = _limits(fit) if isinstance(fit, PowerLaw) else None
    has_enough = seen.events >= SHAPE_NEEDS and group.days >= DAYS_NEEDED
    p_shape = (
        robust_beta_p(fit, at_least_fisher=True)
        if has_enough and isinstance(fit, PowerLaw)
        else None
    )
    return {
        "key": group.key,
        "label": group.label,
        "devices": seen.devices,
        "failures": seen.events,
        "statistic": test.statistic if isinstance(test, TrendTest) else None,
        "p": test.p_value if isinstance(test, TrendTest) else None,
        "q": None,
        "laplace_p": _p(laplace(seen)),
        "military_p": _p(military_handbook(seen)),
        "darling_p": _p(anderson_darling(seen)),
        "beta": fit.beta if isinstance(fit, PowerLaw) else None,
        "beta_lower": limits.lower if limits else None,
        "beta_upper": limits.upper if limits else None,
        "beta_p": p_shape if isinstance(p_shape, float) else None,
        "beta_q": None,
        "verdict": TOO_FEW_TO_SAY,
    }


def _judge_trends(rows: list[dict[str, Value]]) -> None:
    known = [row for row in rows if isinstance(row["p"], float)]
    q_values = benjamini_hochberg([float(str(row["p"])) for row in known])
    for row, q in zip(known, q_values, strict=True):
        row["q"] = q
        row["verdict"] = verdict(1 if float(str(row["statistic"])) > 0 else -1, q)


def _judge_shapes(rows: list[dict[str, Value]]) -> None:
    """Old against young devices: the verdict where the trend within devices says nothing."""
    known = [row for row in rows if isinstance(row["beta_p"], float)]
    ps = [float(str(row["beta_p"])) for row in known]
    for row, q in zip(known, benjamini_hochberg(ps), strict=True):
        row["beta_q"] = q
        if q <= ALPHA and row["verdict"] in {STEADY, TOO_FEW_TO_SAY}:
            row["verdict"] = OLD_FAIL_MORE if float(str(row["beta"])) > 1 else YOUNG_FAIL_MORE


def _p(test: TrendTest | TooFew) -> float | None:
    return test.p_value if isinstance(test, TrendTest) else None


def _limits(fit: PowerLaw) -> Limits:
    """Robust where enough devices are seen, for unlike devices; else of the fit itself."""
    robust = robust_beta_limits(fit, at_least_fisher=True)
    return robust if isinstance(robust, Limits) else beta_limits(fit)


def verdict(direction: int, q: float) -> str:
    if q > ALPHA:
        return STEADY
    return WORSE if direction > 0 else BETTER


def _figure(rows: list[dict[str, Value]]) -> Rows | None:
    known = [row for row in rows if isinstance(row["beta_lower"], float)]
    if not known:
        return None
    bars = [
        Bar(
            str(row["label"]),
            float(str(row["beta"])),
            f"{float(str(row['beta'])):.2f}",
            float(str(row["beta_lower"])),
            float(str(row["beta_upper"])),
            is_filled=row["verdict"] not in {STEADY, TOO_FEW_TO_SAY},
            key=str(row["key"]),
        )
        for row in known
    ]
    return Rows(N_("べき乗則 β と95％の範囲。破線は1（増減なし）"), bars, 1.0)
