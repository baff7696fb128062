"""Enrolling a phone: a name and a password once, a long-lived revocable token afterwards."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mobile_api.schemas import SignedIn, SignIn
from service.accounts import service
from service.accounts.access import PUBLIC
from service.accounts.domain import WrongPassword
from service.core.http.problems import explain, problem
from service.core.http.session import SessionDep
from service.core.settings import get_settings

router = APIRouter(tags=["sign-in"])


@router.post("/sign-in", status_code=201, response_model=SignedIn, dependencies=[PUBLIC])
def sign_in(request: Request, session: SessionDep, given: SignIn) -> Response:
    """A token for this phone. 401 for a wrong name or password and for a locked account alike."""
    phone = service.enrol_phone(
        session,
        given.username,
        given.password,
        name=given.phone_name or request.headers.get("user-agent", ""),
        settings=get_settings(),
    )
    if phone is None:
        # Answered, not raised: the failure must be counted in this transaction.
        return problem(request, 401, WrongPassword.code, explain(request, WrongPassword()))
    user = phone.user
    answer = SignedIn(
        token=phone.token,
        user_id=user.id,
        display_name=user.display_name,
        role=user.role,
        company_id=user.company_id,
    )
    return Response(
        answer.model_dump_json(),
        201,
        headers={"cache-control": "no-store"},
        media_type="application/json",
    )
