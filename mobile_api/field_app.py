"""The field app under `/f`: pages that say nothing about anybody, so that a phone may keep them.

What they show comes from the phone itself or from the phones' API. The service worker keeps the
pages and everything they need for places without signal.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mobile_api import field_words
from service.accounts.access import PUBLIC
from service.core.http.security_headers import allow
from service.core.http.static import asset, own_assets
from service.core.http.templating import render
from service.core.i18n import locale_of, translate
from service.core.settings import get_settings
from service.faults.domain import CASE_STATE_LABELS
from service.faults.symptoms import SYMPTOMS
from service.tags import report_form
from service.tags.report_form import Typed
from service.work_requests.domain import REQUEST_STATE_LABELS

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])
PAGES = (
    "/f",
    "/f/scan",
    "/f/equipment",
    "/f/unregistered",
    "/f/more",
    "/f/outbox",
    "/f/reports",
    "/f/work",
    "/f/facilities",
    "/f/help",
)
SCRIPTS = "js/field/"
SCANNER = "vendor/zxing-wasm@3.1.4/"
SCANNER_PARTS = ("zxing_reader.js", "zxing_reader.wasm")
LOOKS = (
    "vendor/@digital-go-jp/design-tokens@1.1.9/tokens.css",
    "css/field.css",
    "icons.svg",
    "favicon.svg",
    "app-192.png",
    "js/tag_page.js",
)


def _page(
    request: Request, name: str, words: Mapping[str, str] | None = None, **context: Any
) -> Response:
    locale = locale_of(request)
    spoken = {f"data-{key}": translate(said, locale) for key, said in (words or {}).items()}
    answer = render(request, f"field/{name}.html", page_words=spoken, **context)
    answer.headers["cache-control"] = "no-cache"
    return answer


@router.get("/f")
def home(request: Request) -> Response:
    return _page(request, "home", field_words.HOME)


@router.get("/f/scan")
def scan(request: Request) -> Response:
    """The only page whose policy lets WebAssembly be compiled."""
    allow(request, script_src="'wasm-unsafe-eval'")
    script, wasm = (asset(f"{SCANNER}{name}") for name in SCANNER_PARTS)
    return _page(request, "scan", field_words.SCAN, script=script, wasm=wasm)


@router.get("/f/equipment")
def equipment(request: Request) -> Response:
    """The report form for any position that the phone keeps."""
    every = [(code, symptom.label) for code, symptom in SYMPTOMS.items()]
    common = " ".join(code for code, _ in report_form.symptom_tiles([]))
    form = _form(request, every)
    return _page(request, "equipment", field_words.EQUIPMENT, default_set=common, **form)


@router.get("/f/unregistered")
def unregistered(request: Request) -> Response:
    """The report form for what no ledger knows."""
    return _page(request, "unregistered", **_form(request, report_form.symptom_tiles([])))


@router.get("/f/more")
def more(request: Request) -> Response:
    """More about a report, its correction, or work for a request; the address says which."""
    locale = locale_of(request)
    done = [(said, translate(said, locale)) for said in field_words.DONE]
    form = _form(request, report_form.symptom_tiles([]))
    return _page(request, "more", field_words.MORE, done=done, **form)


def _form(request: Request, symptoms: list[tuple[str, str]]) -> dict[str, Any]:
    """What the empty report form offers, in the reader's language."""
    locale = locale_of(request)

    def words(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(value, translate(label, locale)) for value, label in choices]

    return {
        "symptoms": words(symptoms),
        "effects": words(report_form.effect_tiles()),
        "surroundings": report_form.surroundings_tiles(),
        "detections": words(report_form.detection_choices()),
        "typed": Typed(),
    }


@router.get("/f/outbox")
def outbox(request: Request) -> Response:
    return _page(request, "outbox", field_words.OUTBOX)


@router.get("/f/reports")
def reports(request: Request) -> Response:
    states = {f"state_{state.value}": label for state, label in CASE_STATE_LABELS.items()}
    return _page(request, "reports", field_words.REPORTS | states)


@router.get("/f/work")
def work(request: Request) -> Response:
    states = {f"state_{state.value}": label for state, label in REQUEST_STATE_LABELS.items()}
    return _page(request, "work", field_words.WORK | states)


@router.get("/f/facilities")
def facilities(request: Request) -> Response:
    return _page(request, "facilities", field_words.FACILITIES)


@router.get("/f/help")
def help_page(request: Request) -> Response:
    return _page(request, "help")


@router.get("/f/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """What makes the app installable."""
    locale = locale_of(request)
    name = translate("下水簿", locale)
    content = {
        "id": "/f",
        "name": f"{name} {get_settings().city_name}",
        "short_name": name,
        "lang": locale.value,
        "start_url": "/f",
        "scope": "/",
        "display": "standalone",
        "launch_handler": {"client_mode": "navigate-existing"},
        "background_color": "#ffffff",
        "theme_color": "#00118f",
        "icons": [
            {"src": asset(f"app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ]
        + [{"src": asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(
        json.dumps(content, ensure_ascii=False),
        headers={"cache-control": "no-cache"},
        media_type="application/manifest+json",
    )


@router.get("/sw.js")
def service_worker() -> Response:
    """Its first line lists what to keep; with any of it another byte, it is a new version."""
    kept = own_assets()
    assets = [asset(path) for path in (*LOOKS, *(p for p in kept if p.startswith(SCRIPTS)))]
    later = [asset(path) for path in (f"{SCANNER}{name}" for name in SCANNER_PARTS)]
    worker = kept.find("js/service_worker.js")
    assert worker is not None  # noqa: S101  # it is part of the product
    pages = hashlib.sha256("".join(PAGES).encode()).hexdigest()[:6]
    lists = {"assets": assets, "later": later, "pages": PAGES, "version": f"{worker.digest}{pages}"}
    body = f"const KEPT = {json.dumps(lists)};\n".encode() + worker.body
    return Response(
        body,
        headers={"cache-control": "no-cache"},
        media_type="text/javascript; charset=utf-8",
    )
