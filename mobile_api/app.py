"""The phones' contract: an application of its own, so that it is versioned and described apart."""

from fastapi import FastAPI

from mobile_api import equipment, facilities, fault_reports, me, photos, sign_in, work
from mobile_api.body_limit import BodyLimit
from service.core.http import problems
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """To be mounted at `/mobile/v1`, with the engine of the whole in ``state.engine``."""
    app = FastAPI(
        title="Gesuibo mobile API",
        version="1",
        description="Additive only: fields and paths are added, never renamed or taken away.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[ONLY_KNOWN_PARAMETERS],
        responses=problems.RESPONSES,
    )
    app.state.settings = settings
    for module in (sign_in, me, equipment, fault_reports, photos, facilities, work):
        app.include_router(module.router)
    problems.install(app)
    app.add_middleware(BodyLimit)
    return app
