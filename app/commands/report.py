"""Reports of the analysis on the terminal and into files."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.language import either, prefers_english

if TYPE_CHECKING:
    from service.analytics.grouping import GroupBy
    from service.analytics.report import Column, Report, Value
    from service.core.i18n.locales import Locale


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    SVG = "svg"
    PDF = "pdf"


By = Annotated[
    str,
    typer.Option(
        help="class, middle, major, facility, facility_type, district, age, maker or model."
    ),
]
First = Annotated[str, typer.Option("--from", help="First month, as 2022-04.")]
Last = Annotated[str, typer.Option("--to", help="Last month, as 2026-10.")]
RecordsFrom = Annotated[str, typer.Option(help="First month with fault records.")]
Where = Annotated[list[str] | None, typer.Option(help="Filter, as facility=P03; may be repeated.")]
Against = Annotated[str, typer.Option(help="Months to compare with, as 2018-04:2021-03.")]
Plan = Annotated[
    list[str] | None,
    typer.Option("--set", help="Term of renewal, as budget=200; may be repeated."),
]
Pick = Annotated[
    list[str] | None, typer.Option(help="Number of a device to renew; may be repeated.")
]
Skip = Annotated[
    list[str] | None, typer.Option(help="Number of a device not to renew; may be repeated.")
]
Side = Annotated[list[str] | None, typer.Option(help="Key of a group to compare; give two.")]
OfSnapshot = Annotated[str, typer.Option(help="Repeat from this snapshot.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="File.")]
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def reports() -> None:
    """Reports on the recorded faults, computed on a snapshot of the data.

    Example: ./gesuibo report failure-rate --by facility
    """


def _answering(name: str) -> Callable[..., None]:
    def command(  # noqa: PLR0913  # one option each
        by: By = "class",
        first: First = "",
        last: Last = "",
        records_from: RecordsFrom = "",
        where: Where = None,
        against: Against = "",
        plan: Plan = None,
        pick: Pick = None,
        skip: Skip = None,
        side: Side = None,
        snapshot: OfSnapshot = "",
        form: Form = Format.TABLE,
        as_json: AsJson = False,
        output: Output = None,
    ) -> None:
        from app.terminal import opened
        from service.analytics import service
        from service.analytics.conditions import Filters
        from service.analytics.schemas import conditions, plan_terms
        from service.core.settings import get_settings

        with _refusing_wrong_months():
            asked = conditions(
                Filters(**_filters(where or [])),
                plan_terms(**_terms(plan or []), pick=pick or (), skip=skip or ()),
                _group(by),
                first or None,
                last or None,
                records_from or None,
                *_months(against),
                side=side or (),
            )
        with opened() as (session, actor):
            source = service.snapshot_for(session, get_settings(), snapshot or None, by=actor)
        report = service.report(source, asked, name)
        _deliver(report, Format.JSON if as_json else form, output)

    return command


# Named here and not taken from the catalogue: listing the words must not load the analysis.
ANSWERS = {
    "failure-rate": "Failures per 100 device-years by group, with 95 % limits.",
    "trend": "Failures by month with control limits, changes of the rate and season.",
    "run-hours": "Failures per 1,000 hours run, from the meters read at inspections.",
    "availability": "Availability, MTBF and times to restore by group.",
    "pareto": "Groups by their share of the failures.",
    "pareto-symptoms": "Symptoms by their share of the failures.",
    "pareto-causes": "Causes by their share of the failures.",
    "mcf": "Mean number of failures per device up to each age.",
    "trend-tests": "Whether failures come faster with age.",
    "life": "Years until replacement, with a Weibull life.",
    "bad-actors": "Devices that fail more often than their class.",
    "priority": "Devices in the order of risk, for renewal.",
    "plan": "Failures and costs of 20 years by the order of renewal under a budget.",
    "plan-devices": "The devices of the plan with the year of their renewal.",
    "compare": "Failure rates of two periods, group by group.",
    "groups": "Two groups of devices at the same age.",
    "forecast": "Failures, costs and replacements of the next fiscal year, with a backtest.",
}
for _name, _answer in ANSWERS.items():
    _command = _answering(_name)
    _example = f"Example: ./gesuibo report {_name} --by class --format xlsx -o {_name}.xlsx"
    _command.__doc__ = f"{_answer}\n\n{_example}"
    app.command(_name)(_command)


@contextmanager
def _refusing_wrong_months() -> Iterator[None]:
    """A word that cannot be read ends with 2 and names its option, as every other one does."""
    from service.core.errors import Invalid
    from service.core.i18n.catalogue import translate
    from service.core.i18n.locales import Locale

    try:
        yield
    except Invalid as error:
        locale = Locale.EN if prefers_english() else Locale.JA
        hints = {"/against_from": "--against", "/against_to": "--against"}
        pointers = [field.pointer for field in error.errors]
        hint = [hints.get(one, one.replace("/", "--").replace("_", "-")) for one in pointers]
        told = translate(error.message, locale)
        raise typer.BadParameter(told, param_hint=", ".join(hint) or None) from error


def _group(text: str) -> "GroupBy":
    from service.analytics.grouping import GroupBy

    if text not in list(GroupBy):
        raise typer.BadParameter(", ".join(GroupBy), param_hint="--by")
    return GroupBy(text)


# Filters that know only these words.
CLOSED = {"urgency": ("S", "A", "B", "C"), "storms": ("out",), "rain": ("out", "only")}


def _filters(given: list[str]) -> dict[str, str]:
    from service.analytics.conditions import FILTER_LABELS

    pairs = [text.partition("=") for text in given]
    for name, equals, value in pairs:
        if not equals or name not in FILTER_LABELS:
            known = ", ".join(f"{name}=…" for name in FILTER_LABELS)
            raise typer.BadParameter(known, param_hint="--where")
        if value not in CLOSED.get(name, (value,)):
            raise typer.BadParameter(f"{name}={'|'.join(CLOSED[name])}", param_hint="--where")
    return {name: value for name, _, value in pairs}


def _months(text: str) -> tuple[str | None, str | None]:
    first, colon, last = text.partition(":")
    if text and not (first and colon and last):
        raise typer.BadParameter("2018-04:2021-03", param_hint="--against")
    return first or None, last or None


def _terms(given: list[str]) -> dict[str, int]:
    from service.analytics.plan_terms import TERM_BOUNDS

    pairs = [text.partition("=") for text in given]
    for name, _, value in pairs:
        least, most = TERM_BOUNDS.get(name, (1, 0))
        if not value.isdecimal() or not least <= int(value) <= most:
            told = [f"{name}={low}…{high}" for name, (low, high) in TERM_BOUNDS.items()]
            raise typer.BadParameter(", ".join(told), param_hint="--set")
    return {name: int(value) for name, _, value in pairs}


def _deliver(report: "Report", form: Format, output: Path | None) -> None:
    from service.analytics.exports import ExportFormat, export
    from service.core.i18n.locales import Locale

    locale = Locale.EN if prefers_english() else Locale.JA
    if form is Format.TABLE:
        body = table(report, locale).encode()
    else:
        body = export(report, ExportFormat(form.value), locale)
    if output:
        try:
            output.write_bytes(body)
        except OSError as error:
            told = f"{output}: {error.strerror}"
            raise typer.BadParameter(told, param_hint="--output") from error
        told = either("書き出しました", "Written")
        typer.echo(f"{told}: {output} ({len(body):,} bytes)", err=True)
    elif form in {Format.XLSX, Format.PDF} and sys.stdout.isatty():
        raise typer.BadParameter("-o FILE", param_hint="--output")
    else:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()


def table(report: "Report", locale: "Locale") -> str:
    """The report as aligned text, with its conditions above and its data quality below."""
    from rich.console import Console, JustifyMethod
    from rich.table import Table
    from rich.text import Text

    from service.analytics.exports import all_rows, boxes, shown

    (conditions_title, conditions), (quality_title, quality) = boxes(report, locale)
    grid = Table(show_lines=False)
    columns = [column for column in report.columns if not column.is_detail]
    for column in columns:
        side: JustifyMethod = "left" if column.is_text else "right"
        grid.add_column(Text(column.heading(locale)), justify=side, overflow="fold")
    for row in all_rows(report):
        grid.add_row(*(Text(_text(column, shown(column, row, locale))) for column in columns))
    console = Console(width=None if sys.stdout.isatty() else 200, color_system=None)
    with console.capture() as capture:
        for title, lines in ((conditions_title, conditions), (quality_title, quality)):
            console.print(f"■ {title}", highlight=False)
            for label, value, unit in lines:
                console.print(f"  {label}: {value} {unit}".rstrip(), highlight=False, markup=False)
            if title == conditions_title and report.rows:
                console.print(grid)
    return capture.get()


def _text(column: "Column", value: "Value") -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and column.digits is not None:
        return f"{value:,.{column.digits}f}"
    return f"{value:,}" if isinstance(value, int | float) else value
