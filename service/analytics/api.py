from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.analytics import service
from service.analytics.exports import MEDIA_TYPES, ExportFormat, export, file_name
from service.analytics.report import Report
from service.analytics.schemas import ConditionsDep
from service.analytics.snapshot_store import Snapshot
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.i18n import locale_of

router = APIRouter(
    prefix="/api/v1/analytics", tags=["analytics"], dependencies=[ONLY_KNOWN_PARAMETERS]
)
Reader = Annotated[Actor, Depends(requires(Permission.ANALYTICS_READ))]
Format = Annotated[ExportFormat, Query(alias="format")]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {} for media in MEDIA_TYPES.values()}}
}


def snapshot_asked_for(
    request: Request,
    session: SessionDep,
    by: Reader,
    snapshot: Annotated[str | None, Query(description="Repeat from this snapshot")] = None,
) -> Snapshot:
    return service.snapshot_for(session, request.app.state.settings, snapshot, by=by)


SnapshotDep = Annotated[Snapshot, Depends(snapshot_asked_for)]


def _answer(request: Request, report: Report, form: ExportFormat) -> Response:
    headers = {"X-Snapshot": report.snapshot.id, "Cache-Control": "private, no-store"}
    if form is not ExportFormat.JSON:
        headers["Content-Disposition"] = f'attachment; filename="{file_name(report, form)}"'
    body = export(report, form, locale_of(request))
    return Response(body, headers=headers, media_type=MEDIA_TYPES[form])


@router.get("/failure-rate/devices", responses=FILES)
def failure_rate_devices(
    request: Request,
    snapshot: SnapshotDep,
    conditions: ConditionsDep,
    form: Format = ExportFormat.JSON,
) -> Response:
    """The devices behind one group (`group=`) of the table."""
    report = service.failure_rate_devices(snapshot, conditions).report
    return _answer(request, report, form)


@router.get("/{name}", responses=FILES)
def report(
    request: Request,
    snapshot: SnapshotDep,
    conditions: ConditionsDep,
    name: str,
    form: Format = ExportFormat.JSON,
) -> Response:
    """One report by its name: table, findings, conditions and the data-quality box."""
    return _answer(request, service.report(snapshot, conditions, name), form)
