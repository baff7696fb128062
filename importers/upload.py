"""A ledger on its way in: read only for those who may import, and never beyond the limit."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from importers.decisions import Decisions
from importers.errors import AnswerUnusable, FileMissing
from importers.filing import Upload
from service.accounts.access import admit
from service.accounts.permissions import Permission
from service.attachments.arrival import arrived_from
from service.core.errors import TooLarge, UnsupportedContent
from service.core.settings import get_settings

_FORM_OVERHEAD_BYTES = 64 * 1024


async def arriving_file(request: Request) -> AsyncGenerator[Upload]:
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
        upload = await run_in_threadpool(_upload, form)
    finally:
        await form.close()
    with upload.arrival:
        yield upload


async def _limited(request: Request) -> AsyncGenerator[bytes]:
    limit = get_settings().import_max_bytes
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit + _FORM_OVERHEAD_BYTES:
            raise TooLarge(limit_mb=limit // 1024 // 1024)
        yield part


def _upload(form: FormData) -> Upload:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise FileMissing
    limit = get_settings().import_max_bytes
    decisions, continues_id = _decisions(form), _continued(form)
    return Upload(
        file.filename, arrived_from(file.file, limit_bytes=limit), decisions, continues_id
    )


def _decisions(form: FormData) -> Decisions:
    """``decisions`` is a JSON document of `Decisions`; ``source`` alone is the short way."""
    try:
        decisions = Decisions.model_validate_json(_word(form, "decisions") or "{}")
    except ValidationError as error:
        raise AnswerUnusable from error
    source = _word(form, "source")
    return decisions.model_copy(update={"source": source}) if source else decisions


def _continued(form: FormData) -> UUID | None:
    written = _word(form, "continues")
    try:
        return UUID(written) if written else None
    except ValueError as error:
        raise AnswerUnusable from error


def _word(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


ArrivingFile = Annotated[Upload, Depends(arriving_file)]
