"""Sample pages of every building block, served with the service's own policy and assets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from service.core.http import templating
from service.core.http.context import RequestId
from service.core.http.security_headers import SecurityHeaders
from service.core.http.static import StaticAssets
from service.core.i18n.request import LanguageChoice
from service.core.partial_date import PartialDate, Precision
from service.faults.domain import CASE_STATE_LABELS, CaseState

NOON = datetime(2026, 11, 23, 3, 5, tzinfo=UTC)
PREVIEWS = Path(__file__).parent / "previews"
PAGES = ("list", "detail", "form", "field", "problem")


class Everyone:
    display_name = "下水 花子"

    def can(self, permission: str) -> bool:
        return bool(permission)


@dataclass(frozen=True)
class Row:
    number: str
    position: str
    facility: str
    symptom: str
    state: CaseState
    at: datetime
    urgent: bool = False


@dataclass(frozen=True)
class Entry:
    at: datetime
    title: str
    by: str
    body: str | None = None


@dataclass(frozen=True)
class File:
    name: str
    href: str
    size_bytes: int
    thumbnail_href: str | None = None


PLACES = (
    ("No.2汚水ポンプ", "見本浄化センター", "異常振動・軸受温度上昇"),
    ("No.1自動除塵機", "東町ポンプ場", "チェーン外れにより停止"),
    ("マンホールポンプ No.14", "港南マンホールポンプ", "槽内水位高、ポンプ起動せず"),
    ("曝気ブロワ2号", "見本浄化センター", "吐出圧力低下"),
    ("汚泥供給ポンプ", "見本浄化センター", "グランド部より漏れ"),
)
WORDS = {
    "rows": [
        Row(
            f"R8-{1043 - i:04}",
            *PLACES[i % len(PLACES)],
            state=list(CaseState)[i % len(CaseState)],
            at=NOON - timedelta(hours=7 * i),
            urgent=i in {0, 3},
        )
        for i in range(11)
    ],
    "labels": CASE_STATE_LABELS,
    "history": [
        Entry(NOON, "応急処置済", "見本設備サービス 佐藤", "予備機に切替え。軸受に給油。"),
        Entry(NOON - timedelta(hours=2), "受付", "下水 花子"),
        Entry(NOON - timedelta(hours=3), "報告", "見本設備サービス 佐藤", "巡回点検で異音を確認。"),
    ],
    "files": [
        File("ポンプ全景.jpg", "#photo", 268_000, "/static/logo.svg"),
        File("点検記録表.pdf", "#record", 91_200),
    ],
    "installed": PartialDate(date(1983, 3, 1), date(1983, 3, 31), Precision.MONTH, "S58.3"),
    "today": date(2026, 11, 23),
    "status": 409,
    "title": "ほかの記録と矛盾しています",
    "detail": "同じ期間に別の設置があります。",
    "errors": [],
}

environment = templating.environment.overlay(
    loader=ChoiceLoader(
        [FileSystemLoader(PREVIEWS), FileSystemLoader(templating.TEMPLATES)],
    )
)


def show(request: Request) -> Response:
    request.state.current = Everyone()
    name = request.path_params["page"]
    template = "errors/problem.html" if name == "problem" else f"{name}.html"
    if not any((folder / template).is_file() for folder in (PREVIEWS, templating.TEMPLATES)):
        return Response(status_code=404)
    words = templating._common(request) | WORDS
    return HTMLResponse(environment.get_template(template).render(words))


def make_app(routes: Sequence[Route] = ()) -> Starlette:
    return Starlette(
        routes=[Mount("/static", StaticAssets()), *routes, Route("/{page}", show)],
        middleware=[
            Middleware(RequestId),
            Middleware(LanguageChoice),
            Middleware(SecurityHeaders),
        ],
    )
