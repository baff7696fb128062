"""How the conditions of a report are written in an address."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import StringConstraints

from service.analytics.conditions import Conditions, Filters
from service.analytics.grouping import GroupBy
from service.analytics.methods.renewal_risk import Weights
from service.analytics.periods import Period, parse_month
from service.analytics.plan_terms import TERM_BOUNDS, PlanTerms
from service.core import clock
from service.faults.domain import Urgency

# For readers of the OpenAPI document; `parse_month` says what is wrong, and where.
MONTH = {"pattern": r"^(\d{4}-\d{2})?$"}
Month = Annotated[str | None, Query(json_schema_extra=MONTH)]
Word = Annotated[str | None, Query(max_length=200)]
SortKey = Literal[
    "rate",
    "-rate",
    "failures",
    "-failures",
    "device_years",
    "-device_years",
    "devices",
    "-devices",
    "ratio",
    "-ratio",
    "downtime_h",
    "-downtime_h",
    "open",
    "-open",
    "key_order",
]


def filters(  # noqa: PLR0913, PLR0917  # one parameter per filter of the address
    facility: Word = None,
    facility_type: Word = None,
    district: Word = None,
    major: Word = None,
    middle: Word = None,
    minor: Word = None,
    maker: Word = None,
    model: Word = None,
    urgency: Urgency | Literal[""] | None = None,
    storms: Literal["out", ""] | None = None,
    rain: Literal["out", "only", ""] | None = None,
) -> Filters:
    """An empty value is no filter: forms send their empty fields."""
    return Filters(
        facility=facility or None,
        facility_type=facility_type or None,
        district=district or None,
        major=major or None,
        middle=middle or None,
        minor=minor or None,
        maker=maker or None,
        model=model or None,
        urgency=urgency or None,
        storms=storms or None,
        rain=rain or None,
    )


def period_of(first: str | None, last: str | None) -> Period:
    """The months of the address; what is missing is taken from the default period."""
    default = Period.default(clock.today())
    default_first, default_last = default.months
    return Period.of_months(
        parse_month(first or default_first, "from"), parse_month(last or default_last, "to"), "to"
    )


def _within(name: str, description: str | None = None) -> Any:
    least, most = TERM_BOUNDS[name]
    return Query(ge=least, le=most, description=description)


Weight = Annotated[int, _within("w_age")]
Numbers = Annotated[
    Sequence[Annotated[str, StringConstraints(max_length=100)]],
    Query(max_length=500, description="Numbers of devices"),
]
_USUAL = PlanTerms()


def plan_terms(  # noqa: PLR0913, PLR0917  # one parameter per word of the address
    budget: Annotated[int, _within("budget", "Million yen a year")] = 300,
    years: Annotated[int, _within("years")] = 20,
    price: Annotated[int, _within("price", "Per cent of the price paid")] = 100,
    top: Annotated[int, _within("top", "Devices from the top")] = 500,
    pick: Numbers = (),
    skip: Numbers = (),
    w_age: Weight = _USUAL.weights.age,
    w_failures: Weight = _USUAL.weights.failures,
    w_health: Weight = _USUAL.weights.health,
    w_parts: Weight = _USUAL.weights.parts,
    w_criticality: Weight = _USUAL.weights.criticality,
    w_redundancy: Weight = _USUAL.weights.redundancy,
) -> PlanTerms:
    """What the renewal reports are computed with; the others pay no heed to it."""
    weights = Weights(w_age, w_failures, w_health, w_parts, w_criticality, w_redundancy)
    return PlanTerms(budget, years, price, top, weights, _distinct(pick), _distinct(skip))


def _distinct(numbers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))


def conditions(  # noqa: PLR0913, PLR0917  # one parameter per word of the address
    given: Annotated[Filters, Depends(filters)],
    terms: Annotated[PlanTerms, Depends(plan_terms)],
    by: GroupBy = GroupBy.MINOR,
    first: Annotated[str | None, Query(alias="from", json_schema_extra=MONTH)] = None,
    last: Annotated[str | None, Query(alias="to", json_schema_extra=MONTH)] = None,
    records_from: Month = None,
    against_from: Month = None,
    against_to: Month = None,
    sort: SortKey | None = None,
    group: Word = None,
    side: Annotated[
        Sequence[Annotated[str, StringConstraints(max_length=200)]],
        Query(max_length=2, description="Keys of the two groups to compare"),
    ] = (),
) -> Conditions:
    """Conditions of a report; the address of a page and of the API are the same."""
    in_order = "key_order" if by is GroupBy.AGE else "-rate"
    return Conditions(
        period=period_of(first, last),
        by=by,
        filters=given,
        records_from=parse_month(records_from, "records_from") if records_from else None,
        sort=sort or in_order,
        is_sorted=sort is not None,
        group=group,
        terms=terms,
        against=_against(against_from, against_to),
        sides=_distinct(side),
    )


def _against(first: str | None, last: str | None) -> Period | None:
    """Both months or none; one alone is a mistake that would compare something else."""
    if not first and not last:
        return None
    return Period.of_months(
        parse_month(first or "", "against_from"),
        parse_month(last or "", "against_to"),
        "against_to",
    )


ConditionsDep = Annotated[Conditions, Depends(conditions)]
