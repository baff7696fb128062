"""A report as data: the screen, the exports and the API all show this one object."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from service.analytics.figure import Figure
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.catalogue import translate
from service.core.i18n.dates import nendo
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_

Value = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """``digits`` None is text or a whole number; ``unit`` and ``label`` are catalogue texts.

    A detail is left out where there is little room.
    """

    key: str
    label: str
    unit: str = ""
    digits: int | None = None
    is_text: bool = False
    is_detail: bool = False

    def heading(self, locale: Locale) -> str:
        label = translate(self.label, locale)
        return f"{label} [{translate(self.unit, locale)}]" if self.unit else label


@dataclass(frozen=True)
class Fact:
    """One line of the conditions or of the data-quality box."""

    key: str
    label: str
    value: Value
    unit: str = ""
    digits: int | None = None

    def value_in(self, locale: Locale) -> Value:
        """Words of the catalogue are translated; names and figures stay as they are."""
        return translate(self.value, locale) if isinstance(self.value, str) else self.value


class Grade(StrEnum):
    """How far the data behind a report can be trusted, from fixed thresholds."""

    A = "A"
    B = "B"
    C = "C"


GRADE_LABELS = {
    Grade.A: N_("A　そのまま使える"),
    Grade.B: N_("B　注意して使う"),
    Grade.C: N_("C　参考値"),
}


@dataclass(frozen=True)
class Quality:
    grade: Grade
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class FiscalYear:
    """A fiscal year by the year in which it began: 令和6年度, FY2024."""

    year: int

    def words(self, locale: Locale) -> str:
        return nendo(self.year, locale)


@dataclass(frozen=True)
class Finding:
    """What the report says in words; gaps of ``text`` are filled from ``values``."""

    text: str
    values: Mapping[str, str | FiscalYear] = field(default_factory=dict)

    def words(self, locale: Locale) -> str:
        filled = {
            name: value.words(locale) if isinstance(value, FiscalYear) else translate(value, locale)
            for name, value in self.values.items()
        }
        return translate(self.text, locale) % filled if filled else translate(self.text, locale)


@dataclass(frozen=True)
class Report:
    """``rows`` and ``total`` hold figures as they are shown: rounded once, here and nowhere else.

    ``labels`` are texts of the catalogue in the rows; ``empty`` says why there is nothing to show.
    """

    name: str
    title: str
    snapshot: Snapshot
    conditions: tuple[Fact, ...]
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Value], ...]
    total: dict[str, Value] | None
    quality: Quality
    notes: tuple[str, ...] = ()
    empty: str | None = None
    findings: tuple[Finding, ...] = ()
    figure: Figure | None = None

    def ordered(self, key: str) -> "Report":
        """By a column, falling with a leading minus; rows without a value come last."""
        name = key.removeprefix("-")
        known = [row for row in self.rows if row.get(name) is not None]
        unknown = [row for row in self.rows if row.get(name) is None]
        known.sort(key=lambda row: row[name], reverse=key.startswith("-"))  # type: ignore[arg-type,return-value]  # one column holds one type
        return replace(self, rows=(*known, *unknown))


def p_said(value: float) -> str:
    """A p value as a sentence has it, with its sign."""
    return "p<0.001" if value < 0.001 else f"p={value:.3f}"  # noqa: PLR2004  # three digits


def rounded(columns: tuple[Column, ...], row: Mapping[str, Value]) -> dict[str, Value]:
    """The row as it is shown: figures with the digits of their column."""
    digits = {column.key: column.digits for column in columns}
    return {
        key: round(value, digits[key]) if isinstance(value, float) and key in digits else value
        for key, value in row.items()
    }
