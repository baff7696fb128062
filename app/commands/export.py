"""`./gesuibo export`: ledgers as files that can be imported again."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.core.cp932 import Folded

_SHOWN = 20


def command(
    ledger: Annotated[
        str,
        typer.Argument(
            help="classes, companies, facilities, contracts, locations, device_models, equipment,"
            " replaced_devices, faults, reports, responses, inspections, part_replacements"
            " or rainfall."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; its ending says csv or xlsx.")
    ] = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="Of a CSV: utf-8, or cp932 for older programs.")
    ] = "utf-8",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Write a ledger with the columns that `import` reads; to standard output without --out.

    What CP932 cannot hold is written in the nearest way and listed.

    Example: ./gesuibo export equipment --out equipment.xlsx
    """
    from app.terminal import emit, opened
    from importers.exporting.files import written_csv, written_xlsx
    from importers.exporting.ledgers import LEDGERS, lines_of
    from service.core.cp932 import ENCODING, Folding

    _check("LEDGER", ledger, LEDGERS)
    _check("--encoding", encoding, ("utf-8", ENCODING))
    folded: list[Folded] = []
    with opened() as (session, _by):
        lines = _Counted(lines_of(session, ledger))
        if out is not None and out.suffix == ".xlsx":
            with written_xlsx(lines, ledger) as book:
                out.write_bytes(book.read())
        else:
            folding = Folding(lines)
            parts = written_csv(folding, ENCODING) if encoding == ENCODING else written_csv(lines)
            _write(parts, out)
            folded = folding.found
    _tell_folded(folded)
    if out is not None:
        told = {"ledger": ledger, "rows": lines.count - 1, "file": str(out)}
        emit(as_json, told | ({"folded": len(folded)} if encoding == ENCODING else {}))


def _check(option: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise typer.BadParameter(f"{value}: {', '.join(known)}", param_hint=option)


class _Counted:
    """Lines as they pass, so that any number of them fits."""

    def __init__(self, lines: Iterator[list[str]]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for line in self._lines:
            self.count += 1
            yield line


def _write(parts: Iterator[bytes], out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.writelines(parts)
        return
    with out.open("wb") as file:
        file.writelines(parts)


def _tell_folded(folded: "list[Folded]") -> None:
    for line_no, column, old, new in folded[:_SHOWN]:
        print(f"line {line_no}, {column}: {old} (U+{ord(old):04X}) -> {new}", file=sys.stderr)
    if len(folded) > _SHOWN:
        print(f"... and {len(folded) - _SHOWN} more", file=sys.stderr)
