from dataclasses import replace
from functools import lru_cache
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.analytics import service
from service.analytics.api import Reader, SnapshotDep
from service.analytics.catalogue import KINDS, Terms, kind_of
from service.analytics.chosen import chosen
from service.analytics.drill_down import addresses
from service.analytics.exports import ExportFormat
from service.analytics.failure_map import failure_map
from service.analytics.figure import svg
from service.analytics.filter_choices import choices_of, groups_of
from service.analytics.interval_plot import interval_plot
from service.analytics.plan_terms import TERM_LABELS, TERM_UNITS, WEIGHT_LABELS, PlanTerms
from service.analytics.report import GRADE_LABELS, Report
from service.analytics.reports import (
    ageing_tests,
    bad_actors,
    compared_periods,
    monthly_trend,
    renewal_priority,
    replacement_life,
)
from service.analytics.reports.failure_rate import ALIKE, HIGHER, LOWER, TOO_FEW
from service.analytics.reports.failure_rate_devices import SORT, group_label_of
from service.analytics.schemas import ConditionsDep
from service.analytics.verification import CaseResult, verify
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n import locale_of

router = APIRouter(include_in_schema=False, dependencies=[ONLY_KNOWN_PARAMETERS])
DEVICES_PER_PAGE = 100
# Tone and icon of the badge that says a verdict.
VERDICT_LOOKS = {
    HIGHER: ("danger", "warning"),
    LOWER: ("success", "check"),
    ALIKE: ("neutral", "minus"),
    TOO_FEW: ("neutral", "dot"),
}
# Verdicts of the other reports that ask for action.
ALARMS = frozenset(
    {
        monthly_trend.ABOVE,
        ageing_tests.WORSE,
        ageing_tests.OLD_FAIL_MORE,
        bad_actors.WATCH,
        replacement_life.SHORTER,
        renewal_priority.FIRST,
        compared_periods.MORE,
    }
)


class TermField(NamedTuple):
    name: str
    label: str
    unit: str
    value: int


TABLES = tuple(form for form in ExportFormat if form is not ExportFormat.SVG)


@router.get("/analytics")
def analytics(request: Request, snapshot: SnapshotDep, _by: Reader) -> Response:
    """The reports, each with the question that it answers."""
    return render(request, "analytics/index.html", kinds=KINDS.values(), snapshot=snapshot)


@router.get("/analytics/failure-rate")
def failure_rate(request: Request, snapshot: SnapshotDep, conditions: ConditionsDep) -> Response:
    report = service.failure_rate(snapshot, conditions)
    choices = choices_of(snapshot)
    return render(
        request,
        "analytics/failure_rate.html",
        report=report,
        plot=interval_plot(report, (HIGHER, LOWER)),
        conditions=conditions,
        choices=choices,
        chosen=chosen(conditions, choices, locale_of(request), has_groups=True),
        grade_label=GRADE_LABELS[report.quality.grade],
        formats=TABLES,
        kinds=KINDS.values(),
        looks=VERDICT_LOOKS,
    )


@router.get("/analytics/failure-rate/devices")
def failure_rate_devices(
    request: Request,
    session: SessionDep,
    snapshot: SnapshotDep,
    conditions: ConditionsDep,
    cursor: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The devices behind one group of the table, those with most failures first."""
    listed = service.failure_rate_devices(snapshot, conditions)
    sort = request.query_params.get("sort") or SORT
    report = listed.report.ordered(sort)
    cursor = _within(cursor, report)
    until = cursor + DEVICES_PER_PAGE
    return render(
        request,
        "analytics/failure_rate_devices.html",
        report=report,
        rows=report.rows[cursor:until],
        cases=listed.cases,
        map=failure_map(session, report),
        conditions=conditions,
        sort=sort,
        group_label=group_label_of(report),
        table_query=replace(conditions, group=None, sort="-rate").query(),
        next_cursor=until if until < len(report.rows) else None,
        grade_label=GRADE_LABELS[report.quality.grade],
        formats=TABLES,
    )


def _within(cursor: int, report: Report) -> int:
    """A page beyond the last one, as an old link may ask for, is the first one."""
    return cursor if cursor < len(report.rows) else 0


@lru_cache(maxsize=1)
def _verified() -> list[CaseResult]:
    """Computed once: neither the cases nor the functions change while the service runs."""
    return verify()


@router.get("/analytics/verification")
def verification(request: Request, _by: Reader) -> Response:
    """How do we know these figures are right: published cases through the reports' functions."""
    results = _verified()
    return render(
        request,
        "analytics/verification.html",
        results=results,
        passed=sum(result.passed is True for result in results),
        checks=sum(len(result.checks or ()) for result in results),
    )


@router.get("/analytics/{name}")
def any_report(
    request: Request,
    snapshot: SnapshotDep,
    conditions: ConditionsDep,
    name: str,
    cursor: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The page of every report that has none of its own."""
    kind = kind_of(name)
    report = service.report(snapshot, conditions, name)
    cursor = _within(cursor, report)
    address = addresses(report, kind, conditions)
    locale, choices = locale_of(request), choices_of(snapshot)
    figure = report.figure and svg(report.figure, report.title, locale, address)
    return render(
        request,
        "analytics/report.html",
        report=report,
        rows=report.rows[cursor : cursor + DEVICES_PER_PAGE],
        next_cursor=cursor + DEVICES_PER_PAGE,
        kind=kind,
        terms=terms_asked_for(kind.terms, conditions.terms),
        kinds=KINDS.values(),
        figure=figure,
        address=address,
        findings=[finding.words(locale) for finding in report.findings],
        conditions=conditions,
        choices=choices,
        chosen=chosen(conditions, choices, locale, has_groups=kind.has_groups),
        grade_label=GRADE_LABELS[report.quality.grade],
        formats=tuple(form for form in ExportFormat if figure or form is not ExportFormat.SVG),
        alarms=ALARMS,
        pair_of=groups_of(snapshot, conditions.by) if kind.pairs else (),
        shown={row["key"] for row in report.rows[cursor : cursor + DEVICES_PER_PAGE]},
    )


def terms_asked_for(wanted: Terms, terms: PlanTerms) -> list[TermField]:
    """The planner's terms as fields of the form, with their present values."""
    weights = [
        TermField(f"w_{name}", WEIGHT_LABELS[name], "", value)
        for name, value in terms.weights.given().items()
    ]
    plan = [
        TermField(name, label, TERM_UNITS[name], getattr(terms, name))
        for name, label in TERM_LABELS.items()
    ]
    return {Terms.NONE: [], Terms.WEIGHTS: weights, Terms.PLAN: plan + weights}[wanted]
