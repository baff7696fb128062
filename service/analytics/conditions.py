"""What a reader asked for: grouping, window and filters, as they stand in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

import polars as pl

from service.analytics.grouping import GroupBy
from service.analytics.periods import Period
from service.analytics.plan_terms import PlanTerms
from service.core.i18n.marker import N_


@dataclass(frozen=True)
class Filters:
    """None lets everything through; the names are those of the address."""

    facility: str | None = None
    facility_type: str | None = None
    district: str | None = None
    major: str | None = None
    middle: str | None = None
    minor: str | None = None
    maker: str | None = None
    model: str | None = None
    urgency: str | None = None
    storms: str | None = None
    rain: str | None = None

    def given(self) -> dict[str, str]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value}

    def of_places(self) -> pl.Expr:
        """What a case without a device can still be asked for: where it was."""
        return self._all(PLACE_COLUMNS)

    def of_spells(self) -> pl.Expr:
        return self._all(PLACE_COLUMNS | DEVICE_COLUMNS)

    @property
    def leave_cases_out(self) -> bool:
        """Not every case of a device in scope may be looked at."""
        return any(name in self.given() for name in (*CASE_COLUMNS, "storms", "rain"))

    def of_cases(self, storm_days: Sequence[date], rain_days: Sequence[date] = ()) -> pl.Expr:
        """Which cases are looked at; devices without any stay in scope."""
        wanted = self._all(CASE_COLUMNS)
        if self.storms == STORMS_OUT:
            wanted &= ~pl.col("occurred_on").is_in(list(storm_days))
        if self.rain is not None:
            is_rain = pl.col("occurred_on").is_in(list(rain_days))
            wanted &= is_rain if self.rain == RAIN_ONLY else ~is_rain
        return wanted

    def _all(self, columns: dict[str, str]) -> pl.Expr:
        wanted = [
            pl.col(columns[name]).fill_null("") == value
            for name, value in self.given().items()
            if name in columns
        ]
        return pl.all_horizontal(wanted) if wanted else pl.lit(value=True)


PLACE_COLUMNS = {
    "facility": "facility_code",
    "facility_type": "facility_type",
    "district": "treatment_district",
}
DEVICE_COLUMNS = {
    "major": "major",
    "middle": "middle",
    "minor": "minor",
    "maker": "maker",
    "model": "model_no",
}
CASE_COLUMNS = {"urgency": "urgency"}
STORMS_OUT = "out"
RAIN_OUT, RAIN_ONLY = "out", "only"
FILTER_LABELS = {
    "facility": N_("施設"),
    "facility_type": N_("施設種別"),
    "district": N_("処理区"),
    "major": N_("大分類"),
    "middle": N_("中分類"),
    "minor": N_("小分類"),
    "maker": N_("メーカー"),
    "model": N_("型式"),
    "urgency": N_("緊急度"),
    "storms": N_("荒天などで故障が集中した日"),
    "rain": N_("強い雨の日の故障"),
}


@dataclass(frozen=True)
class Conditions:
    """``records_from`` overrides the first month of which cases are on record.

    ``group`` is the key of one group of the table, to see the devices behind its figures;
    ``is_sorted`` says that the reader has chosen the order. ``terms`` matter only to renewal,
    ``against`` only where two periods are compared, ``sides`` (keys) only where two groups are.
    """

    period: Period
    by: GroupBy = GroupBy.MINOR
    filters: Filters = Filters()
    records_from: date | None = None
    sort: str = "-rate"
    group: str | None = None
    is_sorted: bool = False
    terms: PlanTerms = field(default_factory=PlanTerms)
    against: Period | None = None
    sides: tuple[str, ...] = ()

    def report_query(self) -> str:
        """The conditions that hold for every report: no order, no group."""
        return urlencode(self._shared(), doseq=True)

    def fields(self) -> list[tuple[str, str]]:
        """The same as fields of a form, one by one."""
        return parse_qsl(self.report_query())

    def without_choice(self) -> "Conditions":
        return replace(self, terms=replace(self.terms, pick=(), skip=()))

    def _shared(self) -> dict[str, str | tuple[str, ...]]:
        first, last = self.period.months
        values = {"by": self.by.value, "from": first, "to": last, **self.filters.given()}
        if self.records_from:
            values["records_from"] = f"{self.records_from:%Y-%m}"
        sides = {"side": self.sides} if self.sides else {}
        return {**values, **sides, **self._compared(), **self.terms.given()}

    def _compared(self) -> dict[str, str]:
        if self.against is None:
            return {}
        first, last = self.against.months
        return {"against_from": first, "against_to": last}

    def query(self, **more: str) -> str:
        """The address of this very report, for links and exports."""
        group = {} if self.group is None else {"group": self.group}
        return urlencode({**self._shared(), **group, "sort": self.sort, **more}, doseq=True)
