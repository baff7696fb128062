"""The office's page for reports that a phone has written to a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from mobile_api import rescue
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import CaseForm, StoreDep
from service.core.errors import DomainError
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


def _page(request: Request, status_code: int = 200, **shown: Any) -> Response:
    context = {"outcomes": None, "problem": None} | shown
    return render(request, "field/rescue.html", status_code=status_code, **context)


@router.get("/reports/rescue")
def form(request: Request, _by: Handler) -> Response:
    return _page(request)


@router.post("/reports/rescue")
def take_in(
    request: Request, sent: CaseForm, session: SessionDep, store: StoreDep, by: Handler
) -> Response:
    upload = sent.get("file")
    try:
        if not isinstance(upload, UploadFile) or not upload.size:
            raise rescue.NotARescueFile
        outcomes = rescue.take_in(session, store, upload.file, by=by)
    except DomainError as error:
        return _page(request, status_of(error), problem=explain(request, error))
    rows = [
        (outcome, [explain(request, problem) for problem in outcome.problems])
        for outcome in outcomes
    ]
    return _page(request, outcomes=rows)
