"""Messages in the application, what one wants to get, and the links of mails."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from service.accounts.access import PUBLIC, MaybeActor, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.forms import PICK_ONE, Mistyped, Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render, render_block
from service.core.i18n.marker import N_
from service.core.i18n.request import locale_of
from service.core.settings import get_settings
from service.notifications import letters, queries, service
from service.notifications.domain import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    KIND_LABELS,
    SCOPE_LABELS,
    SCOPED,
    Channel,
    Kind,
    Scope,
)
from service.notifications.schemas import AddressChange, RhythmChange

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.ACCOUNT_SETTINGS))]
SHOWN = 100
MAX_PICKS = 600
NOT_AN_ADDRESS = N_("メールアドレスを「name@example.jp」の形で入力してください。")


@router.get("/notifications")
def messages(request: Request, session: SessionDep, by: Reader) -> Response:
    assert by.id is not None  # noqa: S101  # only people sign in
    locale = locale_of(request)
    rows = queries.listed(session, by.id, limit=SHOWN)
    items = [
        row
        | {
            "sentence": letters.sentence(row["facts"], locale),
            "reason_line": letters.reason_line(row["reason"], locale),
        }
        for row in map(dict, rows)
    ]
    return render(
        request,
        "notifications/list.html",
        unread=[item for item in items if item["read_at"] is None],
        read=[item for item in items if item["read_at"] is not None],
        kinds=KIND_LABELS,
    )


@router.get("/notifications/count", dependencies=[PUBLIC])
def count(request: Request, session: SessionDep, by: MaybeActor) -> Response:
    """A fragment; nothing for somebody whose sign-in has ended meanwhile."""
    number = queries.unread_count(session, by.id) if by and by.id else 0
    return render_block(request, "notifications/bell.html", "bell", number=number)


@router.get("/notifications/{notification_id}/open")
def follow(session: SessionDep, by: Reader, notification_id: UUID) -> Response:
    return RedirectResponse(service.follow(session, notification_id, by=by), 303)


@router.post("/notifications/read")
def mark_read(session: SessionDep, by: Reader, form: Submitted) -> Response:
    ids = [UUID(str(one)) for one in form.getlist("id")]
    service.mark_read(session, ids or None, by=by)
    return RedirectResponse("/notifications", 303)


@router.get("/notifications/settings")
def settings_page(request: Request, session: SessionDep, by: Reader) -> Response:
    return _settings(request, session, by, Typed())


def _settings(
    request: Request, session: SessionDep, by: Actor, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "notifications/settings.html",
        status_code=status_code,
        typed=typed,
        profile=service.profile_of(session, by),
        choices=service.choices_of(session, by),
        facilities=queries.facility_choices(session),
        has_mail=get_settings().smtp_host is not None,
        kinds=KIND_LABELS,
        channels=CHANNEL_LABELS,
        scopes=SCOPE_LABELS,
        scoped=SCOPED,
        deliveries=list(DELIVERY_LABELS.items()),
        saved=request.query_params.get("saved", ""),
    )


@router.post("/notifications/settings")
def choose(session: SessionDep, by: Reader, form: Submitted) -> Response:
    wanted = _switches(form)
    service.choose(session, wanted, by=by)
    return RedirectResponse("/notifications/settings?saved=choices", 303)


def _switches(form: FormData) -> dict[tuple[Kind, Channel], Scope]:
    """The fields are named ``emergency.mail``; what is not there is left alone."""
    try:
        return {
            (kind, channel): Scope(str(form[f"{kind}.{channel}"]))
            for kind in Kind
            for channel in Channel
            if f"{kind}.{channel}" in form
        }
    except ValueError as error:
        raise Mistyped({"choices": PICK_ONE}) from error


async def picked(request: Request) -> FormData:
    """A field for each facility that is chosen."""
    return await request.form(max_fields=MAX_PICKS, max_files=0)


Picked = Annotated[FormData, Depends(picked)]


@router.post("/notifications/settings/rhythm")
def set_rhythm(request: Request, session: SessionDep, by: Reader, form: Picked) -> Response:
    values: dict[str, Any] = dict(form) | {"facility_ids": form.getlist("facility_ids")}

    def act() -> None:
        service.set_rhythm(session, read_form(RhythmChange, values), by=by)

    failed = attempt(request, session, act, Typed("rhythm", values))
    if failed:
        return _settings(request, session, by, *failed)
    return RedirectResponse("/notifications/settings?saved=rhythm", 303)


@router.post("/notifications/settings/address")
def set_address(request: Request, session: SessionDep, by: Reader, form: Submitted) -> Response:
    def act() -> None:
        try:
            change = read_form(AddressChange, form)
        except Mistyped as error:
            raise Mistyped(dict.fromkeys(error.fields, NOT_AN_ADDRESS)) from error
        service.set_address(session, change.mail_address, by=by)

    failed = attempt(request, session, act, Typed("address", dict(form)))
    if failed:
        return _settings(request, session, by, *failed)
    return RedirectResponse("/notifications/settings?saved=address", 303)


@router.get("/notifications/off/{token}", dependencies=[PUBLIC])
def ask_to_switch_off(request: Request, session: SessionDep, token: str) -> Response:
    """Looking changes nothing: programs that check mails follow their links."""
    purpose = service.check_link(session, token, service.OFF_PURPOSES)
    return _link_page(request, "off", purpose, done=False)


@router.post("/notifications/off/{token}", dependencies=[PUBLIC])
def switch_off(request: Request, session: SessionDep, token: str) -> Response:
    """Also what mail programs send for their own button (RFC 8058)."""
    return _link_page(request, "off", service.switch_off(session, token), done=True)


@router.get("/notifications/confirm/{token}", dependencies=[PUBLIC])
def ask_to_confirm(request: Request, session: SessionDep, token: str) -> Response:
    service.check_link(session, token, {service.CONFIRM})
    return _link_page(request, "confirm", "", done=False)


@router.post("/notifications/confirm/{token}", dependencies=[PUBLIC])
def confirm(request: Request, session: SessionDep, token: str) -> Response:
    service.confirm_address(session, token)
    return _link_page(request, "confirm", "", done=True)


def _link_page(request: Request, page: str, purpose: str, *, done: bool) -> Response:
    label = KIND_LABELS[Kind(purpose)] if purpose in set(Kind) else ""
    return render(request, "notifications/link.html", page=page, kind_label=label, done=done)
