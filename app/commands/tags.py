"""`./gesuibo tags …`: mint, keep a stock, print labels, list what there is."""

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Select(StrEnum):
    UNPRINTED = "unprinted"
    REPRINT = "reprint"
    ALL = "all"
    STOCK = "stock"


app = typer.Typer(help="QR tags: mint, stock, print, printers, export.", no_args_is_help=True)
COLUMNS = (
    "tag_code",
    "url",
    "position_code",
    "position_name",
    "unit_no",
    "facility_code",
    "facility_name",
    "location",
)
_PART = 2000
FacilityOption = Annotated[
    str | None, typer.Option("--facility", metavar="CODE", help="Only this facility.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Result as JSON.")]


@app.command("mint")
def mint(
    facility: FacilityOption = None,
    per_position: Annotated[
        int, typer.Option("--per-position", min=1, max=4, help="How many each shall have.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Give every position in use that has fewer tags in use a new one.

    Example: ./gesuibo tags mint --facility TJ --json
    """
    from app.terminal import emit, opened
    from service.tags import service

    with opened() as (session, by):
        facility_id = service.facility_id_of(session, facility) if facility else None
        count = service.mint_for_positions(
            session, by=by, facility_id=facility_id, wanted=per_position
        )
    emit(as_json, {"minted": count, "facility": facility or "all"})


@app.command("stock")
def stock(
    count: Annotated[int, typer.Argument(min=1, max=10_000, help="How many tags.")],
    as_json: AsJson = False,
) -> None:
    """Make tags without a position, to be printed beforehand and bound on site.

    Example: ./gesuibo tags stock 240 && ./gesuibo tags print stock.pdf --select stock
    """
    from app.terminal import emit, opened
    from service.tags import life

    with opened() as (session, by):
        minted = life.mint_stock(session, count, by=by)
    emit(as_json, {"minted": len(minted)})


@app.command("print")
def print_labels(  # one for each word of the command line
    out: Annotated[Path, typer.Argument(help="The file; its ending says pdf, zpl or csv.")],
    facility: FacilityOption = None,
    select: Annotated[Select, typer.Option("--select", help="Which of them.")] = Select.UNPRINTED,
    sheet: Annotated[
        str, typer.Option("--sheet", help="`tags sheets` lists them.")
    ] = "a4-24-70x33.9",
    first: Annotated[
        int, typer.Option("--first", min=1, help="First free label of a part-used sheet.")
    ] = 1,
    printer: Annotated[
        str | None, typer.Option("--printer", metavar="NAME", help="Its offset is applied.")
    ] = None,
    outdoors: Annotated[
        bool, typer.Option("--outdoors", help="Error correction H, for dirt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Draw labels in the order of the route and read every symbol back; then they count as printed.

    Exit code 1 when a label does not read as it should: nothing is written then.

    Example: ./gesuibo tags print labels.pdf --facility TJ --sheet a4-12-86.4x42.3 --first 5
    """
    from app.label_file import printed
    from app.terminal import emit

    wanted = {
        "selection": select.value,
        "facility_code": facility,
        "sheet": sheet,
        "first": first,
        "outdoors": outdoors,
    }
    emit(as_json, printed(out, wanted, printer))


@app.command("sheets")
def list_sheets(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
) -> None:
    """List the label sheets and tapes that are known.

    Example: ./gesuibo tags sheets
    """
    from dataclasses import asdict

    from service.tags.labels.sheets import sheets

    if as_json:
        print(json.dumps([asdict(one) for one in sheets().values()], ensure_ascii=False))
        return
    for one in sheets().values():
        print(f"{one.id}\t{one.name}")


@app.command("printer")
def printer(
    name: Annotated[str, typer.Argument(help="As people call it.")],
    dx: Annotated[float, typer.Option("--dx", min=-10, max=10, help="To the right, mm.")] = 0.0,
    dy: Annotated[float, typer.Option("--dy", min=-10, max=10, help="Down, mm.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Save how far a printer misses; `print --printer NAME` makes it good.

    Example: ./gesuibo tags printer "3階複合機" --dx 1.5 --dy -0.5
    """
    from app.terminal import emit, opened
    from service.tags import printing
    from service.tags.schemas import PrinterChange

    change = PrinterChange(name=name, offset_x_mm=dx, offset_y_mm=dy)
    with opened() as (session, by):
        saved = printing.save_printer(session, change, by=by)
        told = {"name": saved.name, "dx_mm": saved.offset_x_mm, "dy_mm": saved.offset_y_mm}
    emit(as_json, told)


@app.command("counts")
def counts(as_json: AsJson = False) -> None:
    """How many tags there are of each sort, and what waits for somebody.

    Example: ./gesuibo tags counts --json
    """
    from app.terminal import emit, opened
    from service.tags.queries import life

    with opened() as (session, _by):
        emit(as_json, dict(life.counts(session)._mapping))  # noqa: SLF001  # public in SQLAlchemy


@app.command("export")
def export(
    facility: FacilityOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
) -> None:
    """Write the tags in use to standard output, as CSV (with a mark that Excel understands).

    Example: ./gesuibo tags export --facility TJ > tags.csv
    """
    from app.terminal import opened
    from service.core.settings import get_settings
    from service.tags.symbol import tag_address

    public_url = get_settings().public_url
    with opened() as (session, _by):
        rows = (
            {"url": tag_address(public_url, row.tag_code)}
            | {name: getattr(row, name) for name in COLUMNS if name != "url"}
            for row in _tags(session, facility)
        )
        if as_json:
            print(json.dumps(list(rows), ensure_ascii=False))
            return
        sys.stdout.write("\ufeff")
        writer = csv.DictWriter(sys.stdout, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _tags(session: Any, facility: str | None) -> Iterator[Any]:
    from service.tags.queries import tags as queries

    after = ("", "")
    while part := queries.sheet(session, facility_code=facility, after=after, limit=_PART):
        yield from part
        after = (part[-1].position_code, part[-1].tag_code)
