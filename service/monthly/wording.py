"""How the report's values are written, on the page and in its files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.core.i18n.catalogue import translate
from service.core.i18n.dates import era_year_label, fiscal_year, nendo, tokyo_day, wareki
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.settings import get_settings
from service.faults.domain import CASE_STATE_LABELS, CaseState
from service.faults.symptoms import SYMPTOMS
from service.monthly.domain import ADDED, ALL_FIGURES, REMOVED, CaseLine, Difference, Month
from service.monthly.service import Issue

Cell = str | int | float | datetime | None
ALL_OF_THEM = N_("全施設・全事業者")
YES, NO = N_("計上"), N_("計上しない")
FIRST_ISSUE = N_("初版")
REVISION = N_("改訂%(revision)s")


def month_label(month: Month, locale: Locale) -> str:
    """令和8年10月分 · October, Reiwa 8."""
    year = era_year_label(month.first_day, locale)
    if locale is Locale.JA:
        return f"{year}{month.number}月分"
    return f"{month.first_day:%B} {month.year} ({year})"


def fiscal_label(month: Month, locale: Locale) -> str:
    return nendo(fiscal_year(month.first_day), locale)


def revision_label(revision: int, locale: Locale) -> str:
    """The second issue is 改訂2, as offices count them."""
    if revision == 1:
        return translate(FIRST_ISSUE, locale)
    return translate(REVISION, locale, revision=revision)


def scope_label(issue: Issue, locale: Locale) -> str:
    names = [name for name in (issue.facility_name, issue.company_name) if name]
    return "・".join(names) or translate(ALL_OF_THEM, locale)


def state_label(state: str, locale: Locale) -> str:
    return translate(CASE_STATE_LABELS[CaseState(state)], locale)


def symptom_label(code: str, locale: Locale) -> str:
    return translate(SYMPTOMS[code].label, locale) if code in SYMPTOMS else code


def symptom_labels(case: CaseLine, locale: Locale) -> str:
    return translate(N_("、"), locale).join(symptom_label(code, locale) for code in case.symptoms)


def headings(issue: Issue, locale: Locale) -> dict[str, str]:
    """What a form's cells for the head of the page are filled with."""
    return {
        "市名": get_settings().city_name,
        "対象年月": month_label(issue.wanted.month, locale),
        "年度": fiscal_label(issue.wanted.month, locale),
        "対象範囲": scope_label(issue, locale),
        "改訂": revision_label(issue.revision, locale),
        "発行日": wareki(tokyo_day(issue.content.taken_at), locale),
        "発行者": issue.issued_by,
    }


def notes(issue: Issue, locale: Locale) -> list[tuple[str, str]]:
    """The footnotes: how each figure is counted, and as of when."""
    as_of = wareki(tokyo_day(issue.content.taken_at), locale)
    told = [(translate(one.label, locale), translate(one.note, locale)) for one in ALL_FIGURES]
    ends = issue.wanted.month.ends
    if issue.content.taken_at < ends:
        text = N_("対象月が終わる前の%(day)sの時点の数です。月末の数ではありません。")
    else:
        text = N_("%(day)sの時点の記録による数です。月の境は日本時間の発生日時によります。")
    return [*told, (translate(N_("時点"), locale), translate(text, locale, day=as_of))]


@dataclass(frozen=True)
class Column:
    """``width`` in characters of the default font."""

    label: str
    width: int
    value: Callable[[CaseLine, Locale], Cell]


def _moment(text: str) -> datetime:
    """Spreadsheets know no zones: the time on the clock in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


CASE_COLUMNS = (
    Column(N_("案件番号"), 19, lambda case, _: case.case_no),
    Column(N_("発生日時"), 16, lambda case, _: _moment(case.occurred_at)),
    Column(N_("受信日時"), 16, lambda case, _: _moment(case.reported_at)),
    Column(N_("施設"), 20, lambda case, _: case.facility_name),
    Column(N_("設備"), 20, lambda case, _: case.equipment),
    Column(N_("現象"), 24, symptom_labels),
    Column(N_("緊急度"), 8, lambda case, _: case.urgency),
    Column(N_("状態"), 10, lambda case, locale: state_label(case.state, locale)),
    Column(
        N_("故障計上"),
        10,
        lambda case, locale: translate(YES if case.is_failure else NO, locale),
    ),
    Column(N_("停止時間（分）"), 10, lambda case, _: case.stop_minutes),
    Column(N_("費用（円）"), 12, lambda case, _: case.cost_yen),
    Column(N_("事業者"), 20, lambda case, _: case.company_name or None),
)


def compared_value(difference: Difference, value: object, locale: Locale) -> Cell:
    """One side of a difference as the list of cases would write it."""
    if isinstance(value, bool):
        return translate(YES if value else NO, locale)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, tuple):
        return translate(N_("、"), locale).join(symptom_label(code, locale) for code in value)
    if difference.key in {"occurred_at", "added", "removed"}:
        return _moment(str(value))
    return state_label(str(value), locale) if difference.key == "state" else str(value)


def difference_cells(difference: Difference, locale: Locale) -> list[Cell]:
    change: Cell = None
    if isinstance(difference.before, int | float) and isinstance(difference.after, int | float):
        change = round(difference.after - difference.before, 1)
    is_whole_case = difference.field in {ADDED, REMOVED}
    return [
        translate(difference.subject, locale),
        translate(difference.field, locale),
        compared_value(difference, difference.before, locale),
        compared_value(difference, difference.after, locale),
        None if is_whole_case or isinstance(difference.before, bool) else change,
    ]
