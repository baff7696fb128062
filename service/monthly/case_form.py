"""故障報告書兼対応記録 in the city's own Excel: what its cells may ask for, and what goes there.

Every text is that of the PDF, from the same place.
"""

from collections.abc import Iterator
from typing import Any

from service.core.i18n.catalogue import translate
from service.core.i18n.dates import jst, tokyo_day
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.faults.dossier import EntryKind
from service.faults.marks import MARK_LABELS
from service.faults.paper_content import Paper, seals, told
from service.faults.wording import DECISION_LABELS, LABELS
from service.monthly.form_file import Vocabulary

FACTS = (
    N_("案件番号"),
    N_("状態"),
    N_("施設"),
    N_("設置箇所"),
    N_("発生日時"),
    N_("受信日時"),
    N_("現象"),
    N_("発見の契機"),
    N_("運転への影響"),
    N_("周辺への影響"),
    N_("緊急度"),
    N_("影響度"),
    N_("担当事業者"),
    N_("原因区分"),
    *MARK_LABELS.values(),
)
HEAD = (N_("市名"), N_("印刷日時"), N_("費用の合計"), N_("決裁の状況"))
REPORTS = (N_("報告番号"), N_("受信日時"), N_("報告者"), N_("報告の内容"), N_("応急処置"))
RESPONSES = (
    N_("区分"),
    N_("処置区分"),
    N_("日時"),
    N_("実施者"),
    N_("内容"),
    N_("費用（円）"),
    N_("支出区分"),
    N_("契約番号"),
    N_("再発防止策"),
    N_("水平展開"),
)
REPORT_LIST, RESPONSE_LIST = N_("報告一覧"), N_("対応一覧")
SEALS = tuple(APPROVAL_ROLE_LABELS.values())
CASE = Vocabulary(
    (*HEAD, *FACTS, *SEALS), {REPORT_LIST: len(REPORTS), RESPONSE_LIST: len(RESPONSES)}
)
Row = list[Any]


def single(paper: Paper, locale: Locale) -> dict[str, Any]:
    """The text of each cell that stands alone."""
    costs = [row.cost_yen for row in _responses(paper) if row.cost_yen is not None]
    return {
        "市名": paper.city,
        "印刷日時": jst(paper.printed_at, locale),
        "費用の合計": sum(costs) if costs else None,
        "決裁の状況": _round(paper, locale),
        **dict(told(paper, locale)),
        **_seals(paper, locale),
    }


def _round(paper: Paper, locale: Locale) -> str:
    if paper.round is None:
        return ""
    if not paper.round.is_intact:
        return translate(N_("（決裁のあとで内容が変わっています）"), locale)
    return paper.round.request.content_hash.hex()[:16]


def _seals(paper: Paper, locale: Locale) -> dict[str, str]:
    stamps = seals(paper.round)
    return {
        label: _seal(stamps[role.value], locale) if role.value in stamps else ""
        for role, label in APPROVAL_ROLE_LABELS.items()
    }


def _seal(stamp: Any, locale: Locale) -> str:
    day = tokyo_day(stamp["decided_at"])
    decision = translate(DECISION_LABELS[stamp["decision"]], locale)
    return f"{stamp['name']}\n{decision}\n{day.month}/{day.day}"


def lists(paper: Paper, locale: Locale) -> dict[str, list[Row]]:
    """Reports and responses, the oldest first."""
    return {
        REPORT_LIST: list(_report_rows(paper, locale)),
        RESPONSE_LIST: [_response(row, locale) for row in _responses(paper)],
    }


def _report_rows(paper: Paper, locale: Locale) -> Iterator[Row]:
    for entry in reversed(paper.dossier.entries):
        if entry.kind is EntryKind.REPORT:
            row = entry.row
            who = " ".join(filter(None, (row.company_name, row.reporter_name)))
            received = jst(row.received_at, locale)
            yield [row.report_no, received, who, row.body or "", row.temporary_action or ""]


def _responses(paper: Paper) -> list[Any]:
    return [row for row in reversed(paper.dossier.responses) if not row.corrected_by_seq]


def _response(row: Any, locale: Locale) -> Row:
    spent = row.expenditure_class
    return [
        translate(LABELS["response_kind"][row.kind], locale),
        translate(LABELS["action_code"][row.action_code], locale),
        jst(row.started_at or row.created_at, locale),
        row.actor_name,
        row.description,
        row.cost_yen,
        translate(LABELS["expenditure_class"][spent], locale) if spent else "",
        row.contract_ref or "",
        row.prevention or "",
        row.rollout or "",
    ]
