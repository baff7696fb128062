"""Labels straight into a file, for the terminal: no run and no store, but the same proof."""

from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from app.import_progress import ProgressBar
from app.terminal import opened
from service.core.settings import get_settings
from service.tags import press, printing
from service.tags.labels.drawing import Offset
from service.tags.labels.printed import Label
from service.tags.labels.sheets import Sheet, sheet
from service.tags.queries import runs
from service.tags.run_api import csv_lines
from service.tags.schemas import RunWanted


def printed(out: Path, wanted: dict[str, Any], printer: str | None) -> dict[str, Any]:
    """Draws, reads back, writes; the tags count as printed once the file is there."""
    stock = sheet(wanted["sheet"])
    _check_ending(out, stock)
    with opened() as (session, by):
        order = RunWanted.model_validate(wanted | {"printer_id": _printer_id(session, printer)})
        ids, offset = printing.ordered(session, order)
        labels = runs.labels(session, ids)
        if out.suffix == ".csv":
            out.write_text("".join(csv_lines(labels, get_settings().public_url)), "utf-8")
            told = {"labels": len(labels)}
        else:
            told = _drawn(out, labels, stock, order, offset)
        press.count_as_printed(session, ids, by=by)
    return told | {"file": str(out)}


def _drawn(
    out: Path, labels: list[Label], stock: Sheet, order: RunWanted, offset: Offset
) -> dict[str, Any]:
    with ProgressBar() as progress:
        made = press.make(
            labels,
            stock,
            press.imprint(get_settings(), outdoors=order.outdoors),
            first=order.first,
            offset=offset,
            progress=lambda done: progress("writing", done, len(labels)),
        )
    out.write_bytes(made.files[out.suffix.removeprefix(".")])
    return {
        "labels": len(labels),
        "pages": made.drawn.pages,
        "read_back": len(made.drawn.placed),
        "draw_seconds": round(made.draw_seconds, 2),
        "proof_seconds": round(made.proof_seconds, 2),
        "unknown_characters": "".join(sorted(made.drawn.unknown)),
    }


def _check_ending(out: Path, stock: Sheet) -> None:
    if out.suffix not in ({".pdf", ".csv", ".zpl"} if stock.is_zpl else {".pdf", ".csv"}):
        raise typer.BadParameter(f"{out}: .pdf, .csv, .zpl (--sheet zpl-…)", param_hint="OUT")


def _printer_id(session: Session, name: str | None) -> Any:
    if name is None:
        return None
    found = runs.printer_by_name(session, name)
    if found is None:
        raise typer.BadParameter(name, param_hint="--printer")
    return found.id
