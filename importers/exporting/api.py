"""Ledgers as files, by HTTP."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from importers.exporting.files import MEDIA_TYPES, LedgerFormat, written_csv, written_xlsx
from importers.exporting.ledgers import lines_of
from importers.exporting.table_schema import table_schema
from importers.sources.catalogue import SOURCES
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep

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
]
_PART_BYTES = 1 << 18


@router.get(
    "/{ledger}.{form}",
    response_class=StreamingResponse,
    responses={200: {"content": {media: {} for media in MEDIA_TYPES.values()}}},
)
def export(
    session: SessionDep, _by: Reader, ledger: LedgerName, form: LedgerFormat
) -> StreamingResponse:
    """A ledger with the columns that imports read: sent back unchanged it changes nothing.

    An empty registry gives the template.
    """
    lines = lines_of(session, ledger)
    if form is LedgerFormat.CSV:
        file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `_parts`
        file.writelines(written_csv(lines))
        file.seek(0)
    else:
        file = written_xlsx(lines, SOURCES[ledger].title)
    headers = {"Content-Disposition": f'attachment; filename="{ledger}.{form.value}"'}
    return StreamingResponse(_parts(file), media_type=MEDIA_TYPES[form], headers=headers)


@router.get("/schemas/{ledger}.json")
def read_schema(_by: Reader, ledger: LedgerName) -> dict[str, Any]:
    """The columns of a ledger as a Frictionless Table Schema."""
    return table_schema(ledger)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART_BYTES):
            yield part
