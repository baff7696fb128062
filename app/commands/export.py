"""`./gesuibo export`: ledgers as files that can be imported again."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def command(
    ledger: Annotated[
        str,
        typer.Argument(
            help="classes, companies, facilities, contracts, equipment or replaced_devices."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; its ending says csv or xlsx.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Write a ledger with the columns that `import` reads; to standard output without --out.

    Example: ./gesuibo export equipment --out equipment.xlsx
    """
    from app.terminal import emit, opened
    from importers.exporting.files import written_csv, written_xlsx
    from importers.exporting.ledgers import LEDGERS, lines_of

    if ledger not in LEDGERS:
        raise typer.BadParameter(f"{ledger}: {', '.join(LEDGERS)}", param_hint="LEDGER")
    count = -1
    with opened() as (session, _by):
        lines = list(lines_of(session, ledger))
        count += len(lines)
        if out is not None and out.suffix == ".xlsx":
            with written_xlsx(lines, ledger) as file:
                out.write_bytes(file.read())
        elif out is not None:
            out.write_bytes(b"".join(written_csv(lines)))
        else:
            sys.stdout.buffer.writelines(written_csv(lines))
    if out is not None:
        emit(as_json, {"ledger": ledger, "rows": count, "file": str(out)})
