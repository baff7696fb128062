"""How a file that comes back tells of which import it is the error workbook."""

import re
import zipfile
from io import BytesIO
from uuid import UUID

from importers.reading.header import RESULT_COLUMN

PROPERTY = "GesuiboImport"
RESULT = RESULT_COLUMN
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IN_PROPERTIES = re.compile(rf'name="{PROPERTY}".*?({_UUID})'.encode(), re.DOTALL)
_IN_HEADER = re.compile(rf"{RESULT}\[({_UUID})\]")
_HEAD_BYTES = 64 * 1024


def marked_header(job_id: UUID) -> str:
    return f"{RESULT}[{job_id}]"


def continued_job(content: bytes, encoding: str | None = None) -> UUID | None:
    """The import that this file continues; None for a file that is nobody's error workbook."""
    if content.startswith(b"PK"):
        found = _IN_PROPERTIES.search(_properties(content))
        return UUID(found[1].decode()) if found else None
    for candidate in (encoding,) if encoding else ("utf-8", "cp932", "utf-16"):
        head = content[:_HEAD_BYTES].decode(candidate, "ignore")
        if match := _IN_HEADER.search(head):
            return UUID(match[1])
    return None


def _properties(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.read("docProps/custom.xml")
    except (KeyError, zipfile.BadZipFile):
        return b""
