"""A ledger on its way in: read only for those who may import, and never beyond the limit."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from importers.errors import FileMissing
from service.accounts.access import admit
from service.accounts.permissions import Permission
from service.core.errors import TooLarge, UnsupportedContent
from service.core.settings import get_settings

_FORM_OVERHEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes
    source: str | None


async def arriving_file(request: Request) -> Upload:
    """The form's file and source. Name it before the session: a slow sender holds none."""
    await run_in_threadpool(admit, request, Permission.IMPORTS_MANAGE)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise UnsupportedContent
    parser = MultiPartParser(request.headers, _limited(request), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise FileMissing from error
    try:
        return await _upload(form)
    finally:
        await form.close()


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    limit = get_settings().import_max_bytes
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit + _FORM_OVERHEAD_BYTES:
            raise TooLarge(limit_mb=limit // 1024 // 1024)
        yield part


async def _upload(form: FormData) -> Upload:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise FileMissing
    source = form.get("source")
    return Upload(
        file.filename, await file.read(), source if isinstance(source, str) and source else None
    )


ArrivingFile = Annotated[Upload, Depends(arriving_file)]
