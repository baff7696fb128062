"""The one ASGI application: office pages and API, phones' API, tag pages, operations."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import Route

from mobile_api.app import create_app as create_mobile_app
from service.audit.viewing import ViewLog
from service.core.database import libpq_conninfo, make_engine
from service.core.http import problems
from service.core.http.context import RequestId
from service.core.http.security_headers import SecurityHeaders
from service.core.http.static import StaticAssets
from service.core.i18n.request import LanguageChoice
from service.core.reading import ReadConnections
from service.core.settings import Settings, get_settings

ROUTERS = (
    "service.accounts.pages",
    "service.accounts.view_pages",
    "service.accounts.api",
    "service.audit.api",
    "service.registry.api",
    "service.registry.pages",
    "service.registry.facility_pages",
    "service.registry.life_pages",
    "service.registry.alias_pages",
    "service.registry.merge_pages",
    "service.registry.custom_pages",
    "service.registry.quality_pages",
    "service.registry.edit_pages",
    "service.registry.model_pages",
    "service.registry.place_pages",
    "service.attachments.mask_pages",
    "service.attachments.api",
    "service.attachments.registry_files",
    "service.faults.api",
    "service.faults.events",
    "service.faults.case_map_pages",
    "service.faults.overview_pages",
    "service.faults.pages",
    "service.faults.approval_api",
    "service.faults.approval_pages",
    "service.faults.marks_pages",
    "service.faults.figures_pages",
    "service.faults.watch_pages",
    "service.faults.splitting_pages",
    "service.faults.incident_pages",
    "service.faults.incident_api",
    "service.faults.unregistered_pages",
    "service.faults.notice_pages",
    "service.faults.similar_pages",
    "service.faults.paper_pages",
    "service.monthly.case_form_pages",
    "service.maintenance.api",
    "service.maintenance.pages",
    "service.maintenance.case_pages",
    "service.maintenance.desk",
    "service.tags.api",
    "service.tags.run_api",
    "service.tags.papers",
    "service.tags.desk",
    "service.tags.pages",
    "service.notifications.api",
    "service.notifications.pages",
    "service.notifications.duty_pages",
    "service.notifications.webhook_pages",
    "service.monthly.api",
    "service.monthly.pages",
    "service.work_requests.api",
    "service.work_requests.pages",
    "service.citizens.pages",
    "service.analytics.api",
    "service.analytics.pages",
    "service.search.api",
    "service.search.pages",
    "importers.api",
    "importers.exporting.api",
    "importers.exporting.year_pages",
    "importers.exporting.viewing_pages",
    "importers.exporting.lists",
    "importers.exporting.work_lists",
    "importers.exporting.detail_lists",
    "importers.provenance_pages",
    "importers.pages",
    "importers.bulk_pages",
    "mobile_api.field_app",
    "mobile_api.enrolment_pages",
    "mobile_api.rescue_pages",
    "app.operations",
)
# A phone at 400 kbit/s waits for every kilobyte; below this, headers cost more than is saved.
COMPRESSED_FROM_BYTES = 1500
COMPRESSED_ALREADY = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/geopackage+sqlite3",
)


def _router(module: str) -> APIRouter:
    router = importlib.import_module(module).router
    assert isinstance(router, APIRouter)  # noqa: S101
    return router


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.reads.close()
    engine = app.state.engine
    if isinstance(engine, Engine):
        engine.dispose()


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> FastAPI:
    settings = settings or get_settings()
    app = FastAPI(
        title="Gesuibo 下水簿",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=problems.RESPONSES,
        lifespan=_lifespan,
    )
    app.state.engine = engine or make_engine(settings)
    app.state.reads = ReadConnections(libpq_conninfo(app.state.engine.url), settings.pool_size)
    app.state.settings = settings
    mobile = create_mobile_app(settings)
    mobile.state.engine = app.state.engine
    mobile.state.reads = app.state.reads
    mobile.state.settings = settings
    app.mount("/mobile/v1", mobile, name="mobile")
    for module in ROUTERS:
        app.include_router(_router(module))
    app.router.routes.append(Route("/static/{path:path}", StaticAssets(), name="static"))
    problems.install(app)
    app.add_middleware(ViewLog)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=COMPRESSED_FROM_BYTES,
        compresslevel=6,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, *COMPRESSED_ALREADY),
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(LanguageChoice, secure=settings.secure_cookies)
    app.add_middleware(RequestId)
    return app


def __getattr__(name: str) -> FastAPI:
    """`uvicorn app.asgi:app` builds the application; importing this module alone does not."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
