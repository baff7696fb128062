"""`./gesuibo tags …`: mint what is missing, list what there is."""

import csv
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

app = typer.Typer(help="QR tags: mint, export.", no_args_is_help=True)
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


@app.command("mint")
def mint(
    facility: FacilityOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Give every position in use that has no tag in use a new one.

    Example: ./gesuibo tags mint --facility TJ --json
    """
    from app.terminal import emit, opened
    from service.tags import service

    with opened() as (session, by):
        facility_id = service.facility_id_of(session, facility) if facility else None
        count = service.mint_for_positions(session, by=by, facility_id=facility_id)
    emit(as_json, {"minted": count, "facility": facility or "all"})


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
