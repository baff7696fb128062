"""Ledgers as files, by HTTP."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from importers.exporting.closing import LEDGERS_OF_A_YEAR
from importers.exporting.files import MEDIA_TYPES, LedgerFormat, written_csv, written_xlsx
from importers.exporting.ledgers import lines_of
from importers.exporting.parts import parts_of, spooled
from importers.exporting.table_schema import table_schema
from importers.sources.catalogue import SOURCES
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.cp932 import ENCODING, Folding
from service.core.errors import Invalid
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.registry.past import on_day

router = APIRouter(prefix="/api/v1/exports", tags=["exports"], dependencies=[ONLY_KNOWN_PARAMETERS])
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
LedgerName = Literal[
    "classes",
    "companies",
    "facilities",
    "contracts",
    "locations",
    "device_models",
    "equipment",
    "replaced_devices",
    "faults",
    "reports",
    "responses",
    "inspections",
    "part_replacements",
    "rainfall",
]
CsvEncoding = Literal["utf-8", "cp932"]
AsOf = Annotated[date | None, Query(description="As it was on that day in Japan")]


class NoPastLedger(Invalid):
    code = "no-past-ledger"
    message = N_("この台帳には、過去の日の内容がありません。")


class FoldedRead(BaseModel):
    """``line_no`` counts from 1, the header included."""

    line_no: int
    column: str
    old: str
    new: str


@router.get(
    "/{ledger}.{form}",
    response_class=StreamingResponse,
    responses={200: {"content": {media: {} for media in MEDIA_TYPES.values()}}},
)
def export(
    session: SessionDep,
    by: Reader,
    ledger: LedgerName,
    form: LedgerFormat,
    encoding: CsvEncoding = "utf-8",
    on: AsOf = None,
) -> StreamingResponse:
    """A ledger with the columns that imports read: sent back unchanged it changes nothing.

    An empty registry gives the template. A CSV in CP932 holds fewer characters: the header
    `X-Folded-Count` tells how many were written otherwise, `folded.json` which. ``on`` asks for
    the ledger of a past day.
    """
    if on is not None and ledger not in LEDGERS_OF_A_YEAR:
        raise NoPastLedger
    with on_day(session, on, by=by):
        return _written(lines_of(session, ledger), ledger, form, encoding, on)


def _written(
    lines: Iterator[list[str]],
    ledger: LedgerName,
    form: LedgerFormat,
    encoding: CsvEncoding,
    on: date | None,
) -> StreamingResponse:
    name = f"{ledger}_{on}" if on else ledger
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form.value}"'}
    media_type = MEDIA_TYPES[form]
    if form is LedgerFormat.XLSX:
        file = written_xlsx(lines, SOURCES[ledger].title)
    elif encoding == ENCODING:
        folding = Folding(lines)
        file = spooled(written_csv(folding, ENCODING))
        headers["X-Folded-Count"] = str(len(folding.found))
        media_type = "text/csv; charset=Shift_JIS"
    else:
        file = spooled(written_csv(lines))
    return StreamingResponse(parts_of(file), media_type=media_type, headers=headers)


@router.get("/{ledger}/folded.json")
def read_folded(session: SessionDep, _by: Reader, ledger: LedgerName) -> list[FoldedRead]:
    """Every character that the ledger's CSV in CP932 writes otherwise, and where."""
    folding = Folding(lines_of(session, ledger))
    for _line in folding:
        pass
    return [FoldedRead.model_validate(folded._asdict()) for folded in folding.found]


@router.get("/schemas/{ledger}.json")
def read_schema(_by: Reader, ledger: LedgerName) -> dict[str, Any]:
    """The columns of a ledger as a Frictionless Table Schema."""
    return table_schema(ledger)
