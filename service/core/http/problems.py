"""RFC 9457: one table from error families to statuses, one shape, in the reader's language."""

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from psycopg.errors import Error as PostgresError
from psycopg.errors import OperationalError as PostgresOperationalError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as StarletteHTTPException

from service.core import errors
from service.core.http.context import request_id_of
from service.core.http.misread import sentence
from service.core.http.parameters import UnknownParameter
from service.core.http.templating import render
from service.core.i18n import locale_of, translate
from service.core.i18n.marker import N_

log = logging.getLogger("gesuibo.http")

STATUS: tuple[tuple[type[errors.DomainError], int], ...] = (
    (UnknownParameter, 400),
    (errors.NotFound, 404),
    (errors.NotSignedIn, 401),
    (errors.Forbidden, 403),
    (errors.Stale, 412),
    (errors.PreconditionMissing, 428),
    (errors.TooLarge, 413),
    (errors.UnsupportedContent, 415),
    (errors.TooManyRequests, 429),
    (errors.Unavailable, 503),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
)
TITLES = {
    400: N_("リクエストの形式に誤りがあります"),
    401: N_("ログインが必要です"),
    403: N_("権限がありません"),
    404: N_("見つかりません"),
    405: N_("この操作はできません"),
    409: N_("ほかの記録と矛盾しています"),
    412: N_("ほかの人が先に変更しました"),
    413: N_("ファイルが大きすぎます"),
    415: N_("扱えない形式です"),
    422: N_("入力内容に誤りがあります"),
    428: N_("If-Match が必要です"),
    429: N_("操作が続きすぎています"),
    500: N_("サーバーで問題が起きました"),
    503: N_("ただいま利用できません"),
}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
# For every operation of an OpenAPI document: whatever goes wrong, it looks like this.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "RFC 9457 problem",
        "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
    }
}
INTERNAL = N_(
    "サーバーで問題が起きました。何も保存されていません。問い合わせ番号を添えて管理者に知らせてください。"
)
MALFORMED = N_("送られた内容を読み取れませんでした。下の項目を直してください。")
UNKNOWN_ADDRESS = N_("このアドレスのページはありません。")


def status_of(error: errors.DomainError) -> int:
    for family, status in STATUS:
        if isinstance(error, family):
            return status
    return 500


def wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def problem(request: Request, status: int, code: str, detail: str, **more: Any) -> Response:
    """The same problem as a page for a person or as JSON for a program."""
    locale = locale_of(request)
    title = translate(TITLES.get(status, TITLES[500]), locale)
    headers: dict[str, str] = more.pop("headers", {}) | {"Cache-Control": "no-store"}
    if wants_html(request):
        response = render(
            request,
            "errors/problem.html",
            status=status,
            code=code,
            title=title,
            detail=detail,
            errors=more.get("errors", []),
            request_id=request_id_of(request),
        )
        response.status_code = status
        response.headers.update(headers)
        return response
    body = {
        "type": f"urn:gesuibo:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id_of(request),
        **more,
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def explain(request: Request, error: errors.DomainError) -> str:
    """The error's sentence in the reader's language, with translated words in its gaps."""
    locale = locale_of(request)
    params = {
        key: translate(value, locale) if isinstance(value, str) else value
        for key, value in error.params.items()
    }
    return translate(error.message, locale, **params)


def _to_sign_in(request: Request) -> Response:
    """A person who opens a page without being signed in comes back to it afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", 303)


def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.DomainError)  # noqa: S101  # registered for this type only
    if isinstance(error, errors.NotSignedIn) and wants_html(request) and request.method == "GET":
        return _to_sign_in(request)
    locale = locale_of(request)
    more: dict[str, Any] = {}
    if error.errors:
        more["errors"] = [
            {
                "pointer": field.pointer,
                "code": field.code,
                "detail": translate(field.message, locale),
            }
            for field in error.errors
        ]
    if "retry_after_s" in error.params:
        more["headers"] = {"Retry-After": str(error.params["retry_after_s"])}
    return problem(
        request,
        status_of(error),
        error.code,
        explain(request, error),
        **more,
    )


def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    locale = locale_of(request)
    items = _once_per_parameter(
        {
            "pointer": "/" + "/".join(str(part) for part in item["loc"][1:]),
            "in": str(item["loc"][0]) if item["loc"] else "body",
            "code": item["type"],
            "detail": sentence(item["type"], item.get("ctx", {}), locale),
        }
        for item in error.errors()
    )
    in_url = any(item["in"] in {"query", "header"} for item in items)
    return problem(
        request,
        400 if in_url else 422,
        "malformed-request",
        translate(MALFORMED, locale),
        errors=items,
    )


def _once_per_parameter(items: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """A parameter that may be of several kinds fails as each of them; one sentence is enough."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for item in items:
        if item["in"] != "body":
            item["pointer"] = "/" + item["pointer"].split("/")[1]
        found.setdefault((item["in"], item["pointer"]), item)
    return list(found.values())


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101
    locale = locale_of(request)
    if error.status_code == 404:  # noqa: PLR2004
        return problem(request, 404, "not-found", translate(UNKNOWN_ADDRESS, locale))
    title = TITLES.get(error.status_code, TITLES[400])
    return problem(
        request,
        error.status_code,
        "http-error",
        translate(title, locale),
        headers=dict(error.headers or {}),
    )


def _is_away(error: BaseException) -> bool:
    """Whether PostgreSQL is gone, restarting or out of connections, not merely displeased."""
    if isinstance(error, PoolTimeout | OperationalError | PostgresOperationalError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        cause = error.orig
        state = cause.sqlstate if isinstance(cause, PostgresError) else None
        return state is not None and state[:2] in {"08", "57", "53"}
    return False


def _on_any_error(request: Request, error: Exception) -> Response:
    locale = locale_of(request)
    if _is_away(error):
        log.error("database_away", extra={"request_id": request_id_of(request)}, exc_info=error)
        away = errors.Unavailable()
        return problem(
            request,
            503,
            away.code,
            translate(away.message, locale),
            headers={"Retry-After": "5"},
        )
    log.error("unhandled_error", extra={"request_id": request_id_of(request)}, exc_info=error)
    return problem(request, 500, "internal-error", translate(INTERNAL, locale))


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(StarletteHTTPException, _on_http_error)
    app.add_exception_handler(DBAPIError, _on_any_error)
    app.add_exception_handler(PostgresError, _on_any_error)
    app.add_exception_handler(PoolTimeout, _on_any_error)
    app.add_exception_handler(Exception, _on_any_error)
