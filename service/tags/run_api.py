"""Print runs over HTTP for programs: start one, watch it, fetch what it made."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import StoreDep
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.settings import get_settings
from service.tags import printing
from service.tags.domain import grouped
from service.tags.labels.printed import Label
from service.tags.labels.sheets import sheets
from service.tags.queries import runs as queries
from service.tags.schemas import (
    PrinterChange,
    PrinterList,
    PrinterRead,
    RunFile,
    RunList,
    RunRead,
    RunWanted,
    SheetList,
    SheetRead,
)
from service.tags.symbol import tag_address

router = APIRouter(prefix="/api/v1", tags=["tags"], dependencies=[ONLY_KNOWN_PARAMETERS])
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
MIME = {"pdf": "application/pdf", "list.pdf": "application/pdf", "zpl": "application/zpl"}
CSV_COLUMNS = (
    "tag_code",
    "printed_code",
    "url",
    "position_code",
    "position_name",
    "unit_no",
    "facility_code",
    "facility_name",
    "location",
    "copy_no",
)


@router.get("/label-sheets")
def list_sheets(_by: Manager) -> SheetList:
    """The label sheets and tapes that are known, in millimetres."""
    return SheetList(items=[SheetRead.model_validate(sheet) for sheet in sheets().values()])


@router.get("/label-printers")
def list_printers(session: SessionDep, _by: Manager) -> PrinterList:
    found = queries.printers(session)
    return PrinterList(items=[PrinterRead.model_validate(printer) for printer in found])


@router.put("/label-printers")
def save_printer(session: SessionDep, by: Manager, change: PrinterChange) -> PrinterRead:
    """How far the printer of that name misses; added to what is drawn for it."""
    return PrinterRead.model_validate(printing.save_printer(session, change, by=by))


@router.post("/label-runs", status_code=201)
def start_run(
    response: Response, session: SessionDep, store: StoreDep, by: Manager, wanted: RunWanted
) -> RunRead:
    """Chosen tags as labels. A large run is ``waiting`` and made by the worker."""
    run = printing.start_run(session, wanted, store, by=by)
    response.headers["location"] = f"/api/v1/label-runs/{run.id}"
    return RunRead.model_validate(run)


@router.get("/label-runs")
def list_runs(
    session: SessionDep, _by: Manager, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> RunList:
    """Newest first."""
    return RunList(
        items=[RunRead.model_validate(run) for run in queries.latest(session, limit=limit)]
    )


@router.get("/label-runs/{run_id}")
def read_run(session: SessionDep, _by: Manager, run_id: UUID) -> RunRead:
    return RunRead.model_validate(printing.run(session, run_id))


@router.get("/label-runs/{run_id}/labels.csv", response_class=StreamingResponse)
def run_csv(session: SessionDep, _by: Manager, run_id: UUID) -> Response:
    """For a print house: every label with its literal address, in the order of the run."""
    run = printing.run(session, run_id)
    headers = {"content-disposition": f'attachment; filename="labels-{run.run_no}.csv"'}
    lines = csv_lines(queries.labels(session, run.tag_ids), get_settings().public_url)
    return StreamingResponse(lines, headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/label-runs/{run_id}/{kind}", response_class=Response)
def run_file(
    session: SessionDep, store: StoreDep, _by: Manager, run_id: UUID, kind: RunFile
) -> Response:
    """What to print: the sheets, the list of them, or the commands for a thermal printer."""
    run, content = printing.file(session, run_id, kind.value, store)
    name = f"labels-{run.run_no}.{kind.value}"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, headers=headers, media_type=MIME[kind.value])


def csv_lines(labels: list[Label], public_url: str) -> Iterator[str]:
    """With the mark that tells Excel that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(CSV_COLUMNS)
    for label in labels:
        values = vars(label) | {
            "printed_code": grouped(label.tag_code),
            "url": tag_address(public_url, label.tag_code),
        }
        writer.writerow([values[name] for name in CSV_COLUMNS])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
