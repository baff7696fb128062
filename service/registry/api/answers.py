"""How the register answers: one row with its ETag, lists in pages, either cut down to fields."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import FieldError
from service.core.http.conditional import etag, is_unchanged
from service.core.http.parameters import UnknownParameter
from service.core.i18n.marker import N_
from service.core.paging import MAX_LIMIT, cut, decode_cursor, encode_cursor

Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
AsOf = Annotated[date | None, Query(description="As it was on that day in Japan")]
Cursor = Annotated[str | None, Query(description="Taken from `next` of the page before")]
Fields = Annotated[
    str | None,
    Query(description="Names of the wanted fields, separated by commas", max_length=1000),
]


class UnknownField(UnknownParameter):
    code = "unknown-field"
    message = N_("この一覧にない項目です: %(names)s")


def after(cursor: str | None) -> str:
    return decode_cursor(cursor, 1)[0] if cursor else ""


def one(
    request: Request,
    item: BaseModel,
    version: int,
    fields: str | None = None,
    *,
    status_code: int = 200,
    location: str | None = None,
) -> Response:
    """The row, or 304 when the reader already holds it as it is."""
    wanted = chosen(type(item), fields)
    content = item.model_dump_json(include=wanted).encode()
    headers = {"etag": etag(version, content), "cache-control": "private, no-cache"}
    if status_code == 200 and is_unchanged(request, headers["etag"]):  # noqa: PLR2004
        return Response(status_code=304, headers=headers)
    if location:
        headers["location"] = location
    return Response(content, status_code, headers, media_type="application/json")


def page(
    request: Request,
    model: type[BaseModel],
    rows: Sequence[Any],
    *,
    limit: int,
    key: str,
    fields: str | None,
) -> Response:
    """``limit + 1`` fetched rows as a page; ``next`` leads on from the last one shown.

    The rows have the shape of ``model`` and are written out as PostgreSQL gave them.
    """
    wanted = chosen(model, fields) or set(model.model_fields)
    shown, more = cut(rows, limit)
    following = None
    if more:
        cursor = encode_cursor(str(shown[-1][key]))
        following = str(request.url.include_query_params(cursor=cursor))
    items = [{name: row[name] for name in model.model_fields if name in wanted} for row in shown]
    body = json.dumps({"items": items, "next": following}, ensure_ascii=False, default=str)
    return Response(body.encode(), media_type="application/json")


def chosen(model: type[BaseModel], fields: str | None) -> set[str] | None:
    """None for all of them.

    Raises:
        UnknownField: when the model has no field of that name.
    """
    if fields is None:
        return None
    wanted = {name.strip() for name in fields.split(",")}
    unknown = sorted(wanted - model.model_fields.keys())
    if unknown:
        raise UnknownField(
            names=", ".join(unknown), errors=[FieldError("/fields", UnknownField.message)]
        )
    return wanted
