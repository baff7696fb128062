"""Pages: the Jinja environment, the words every page knows, and fragments for htmx.

A page knows the signed-in person as ``current`` (None for a visitor);
it is read from ``request.state``, where whoever authenticates the request puts it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from service.core.http.context import request_id_of
from service.core.http.static import asset
from service.core.i18n import catalogue, dates
from service.core.i18n.locales import Locale
from service.core.i18n.request import locale_of
from service.core.partial_date import PartialDate
from service.core.settings import get_settings
from service.web.navigation import NAVIGATION

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


class Viewer(Protocol):
    """What pages ask of the signed-in person."""

    @property
    def display_name(self) -> str: ...

    def can(self, permission: str) -> bool: ...


@pass_context
def _gettext(context: Context, text: str, **params: object) -> Markup:
    known = catalogue.lookup(text, context["locale"])
    return _fill(known, params)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, count: int, **params: object) -> Markup:
    gaps = {"num": "%(num)s", **{name: f"%({name})s" for name in params}}
    known = catalogue.ngettext(singular, plural, count, context["locale"], **gaps)
    return _fill(known, {"num": count, **params})


def _fill(text: str, params: Mapping[str, object]) -> Markup:
    """Texts and values are both escaped; a value that is Markup (a link) is kept."""
    safe = Markup(escape(text))  # noqa: S704  # just escaped
    return safe % params if params else safe


@pass_context
def _here(context: Context, **changes: object) -> str:
    """This page's address with some query values changed; None takes one away."""
    request: Request = context["request"]
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in changes]
    fresh = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode(kept + fresh)
    return f"{request.url.path}?{query}" if query else request.url.path


def _localised(speak: Callable[..., str]) -> Callable[..., str]:
    """Turns `speak(value, locale)` into a filter that shows nothing as an en dash."""

    @pass_context
    def shown(context: Context, value: object, **options: object) -> str:
        return "–" if value is None else speak(value, context["locale"], **options)

    return shown


def _wareki(value: date | PartialDate, locale: Locale) -> str:
    if isinstance(value, PartialDate):
        return dates.partial_date_label(value, locale)
    return dates.wareki(dates.tokyo_day(value) if isinstance(value, datetime) else value, locale)


def _nendo(value: int | date, locale: Locale) -> str:
    return dates.nendo(value if isinstance(value, int) else dates.fiscal_year(value), locale)


def _number(value: float, _locale: Locale, digits: int | None = None) -> str:
    return f"{value:,}" if digits is None else f"{value:,.{digits}f}"


def _short(value: date) -> str:
    return dates.wareki_short(dates.tokyo_day(value) if isinstance(value, datetime) else value)


def make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=_gettext, ngettext=_ngettext, here=_here, asset=asset, navigation=NAVIGATION
    )
    environment.filters.update(
        wareki=_localised(_wareki),
        jst=_localised(dates.jst),
        civil_date=_localised(dates.civil_date),
        nendo=_localised(_nendo),
        number=_localised(_number),
        wareki_short=_short,
    )
    return environment


environment = make_environment()


def render(
    request: Request,
    template: str,
    /,
    *,
    fragment: str | None = None,
    status_code: int = 200,
    **context: Any,
) -> HTMLResponse:
    """The whole page; only the block ``fragment`` when htmx asks for a part of it."""
    words = _common(request) | context
    if fragment and wants_fragment(request):
        html = _block(template, fragment, words)
    else:
        html = environment.get_template(template).render(words)
    return HTMLResponse(html, status_code, headers=_headers(words["locale"]))


def render_block(
    request: Request, template: str, block: str, /, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """One block of a page, for answers that only htmx asks for.

    The template's first words must be ``{% extends %}`` and its imports: they are run, the rest of
    the page is not.
    """
    words = _common(request) | context
    return HTMLResponse(
        _block(template, block, words), status_code, headers=_headers(words["locale"])
    )


def wants_fragment(request: Request) -> bool:
    """True for an htmx request that swaps a part; htmx names a whole-body swap ``full``."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"


def _block(template: str, block: str, words: Mapping[str, Any]) -> str:
    page = environment.get_template(template)
    context = page.new_context(dict(words))
    # The page's own imports run before its first output, and only there.
    next(page.root_render_func(context), None)
    return "".join(page.blocks[block](context))


def _common(request: Request) -> dict[str, Any]:
    state = request.state
    settings = get_settings()
    return {
        "request": request,
        "locale": locale_of(request),
        "current": getattr(state, "current", None),
        "request_id": request_id_of(request),
        "city_name": settings.city_name,
        "emergency_phone": settings.emergency_phone,
        "photo_originals": settings.photo_originals,
        "citizen_door": settings.citizen_door,
    }


def _headers(locale: Locale) -> dict[str, str]:
    # Pages carry names and states: shared machines and proxies keep no copy.
    return {
        "cache-control": "private, no-store",
        "content-language": locale.value,
        "vary": "Cookie, Accept-Language, HX-Request",
    }
