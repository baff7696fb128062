"""Pages of life events: what happens to the equipment at a position, recorded in one action."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.marker import N_
from service.registry import corrections, life_forms, service
from service.registry.domain import (
    INSTALLATION_KIND_LABELS,
    RETIRED_REASON_LABELS,
    InstallationKind,
    RetiredReason,
)
from service.registry.life_forms import LIFE_EVENT_LABELS, NEEDS_DEVICE, LifeEvent
from service.registry.life_warnings import Warned
from service.registry.pages import PastDay
from service.registry.past import on_day
from service.registry.queries import devices, installations, positions
from service.registry.schemas.life import StayCorrection, Withdrawal
from service.registry.schemas.reads import PositionCard

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
CHOICES = 20
SPARES = 200
_KINDS = {
    LifeEvent.INSTALL: (
        InstallationKind.NEW,
        InstallationKind.FROM_STOCK,
        InstallationKind.RETURNED,
        InstallationKind.RELOCATION,
    ),
    LifeEvent.MOVE: (
        InstallationKind.RELOCATION,
        InstallationKind.FROM_STOCK,
        InstallationKind.RETURNED,
        InstallationKind.TEMPORARY,
    ),
}
_REASONS = {
    LifeEvent.REPLACE: RetiredReason.RENEWED,
    LifeEvent.REMOVE: None,
    LifeEvent.ABOLISH: RetiredReason.ABOLISHED,
}
KEPT_AS_SPARE = N_("予備品として保管する")


@router.get("/positions/{position_id}/life/{event}")
def event_page(
    request: Request, session: SessionDep, _by: Writer, position_id: UUID, event: LifeEvent
) -> Response:
    card = service.position_card(session, position_id)
    return _event_page(request, session, card, event, typed=Typed())


@router.post("/positions/{position_id}/life/{event}")
def record_event(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    position_id: UUID,
    event: LifeEvent,
) -> Response:
    """Warnings are shown once, with what was typed; confirmed, the event is recorded."""
    card = service.position_card(session, position_id)
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    values["subsidised"] = values.get("subsidised", "false")
    warned: list[Warned] = []

    def act() -> None:
        sent = life_forms.life_form(event, values)
        if not sent.confirmed:
            warned.extend(life_forms.warnings(session, event, card, sent))
        if not warned:
            life_forms.record_event(session, event, card, sent, by=by)

    failed = attempt(request, session, act, Typed(event.value, values))
    if failed or warned:
        typed, status = failed or (Typed(event.value, values), 422)
        return _event_page(
            request, session, card, event, typed=typed, warned=warned, status_code=status
        )
    return RedirectResponse(f"/positions/{position_id}", 303)


def _event_page(
    request: Request,
    session: SessionDep,
    card: PositionCard,
    event: LifeEvent,
    *,
    typed: Typed,
    warned: list[Warned] | None = None,
    status_code: int = 200,
) -> Response:
    if event not in life_forms.events_for(card):
        raise NotFound
    usual = _REASONS.get(event)
    return render(
        request,
        "registry/life_event.html",
        status_code=status_code,
        card=card,
        event=event.value,
        title=LIFE_EVENT_LABELS[event],
        typed=typed,
        warned=warned or [],
        today=today(),
        needs_device=event in NEEDS_DEVICE,
        kinds=[(kind.value, INSTALLATION_KIND_LABELS[kind]) for kind in _KINDS.get(event, ())],
        retires=event in _REASONS,
        retired_reason=usual.value if usual else "",
        retired_reasons=[(word.value, RETIRED_REASON_LABELS[word]) for word in RetiredReason],
        kept_as_spare=KEPT_AS_SPARE,
        proposed_code=service.proposed_asset_code(session, card.id, card.position_code),
        spares=devices.spares(session, "", limit=CHOICES),
    )


@router.get("/choices/positions")
def position_choices(
    request: Request,
    session: SessionDep,
    _by: Writer,
    q: Annotated[str, Query(alias="to_position", max_length=200)] = "",
) -> Response:
    found = positions.page(session, {"q": q}, after="", limit=CHOICES) if q.strip() else []
    choices = [(row["position_code"], f"{row['facility_name']} {row['name']}") for row in found]
    return render(request, "registry/choices.html", choices=choices)


@router.get("/choices/spares")
def spare_choices(
    request: Request,
    session: SessionDep,
    _by: Writer,
    q: Annotated[str, Query(alias="asset_code", max_length=200)] = "",
) -> Response:
    found = devices.spares(session, q, limit=CHOICES)
    choices = [
        (row["asset_code"], " ".join(filter(None, (row["maker"], row["model_no"]))))
        for row in found
    ]
    return render(request, "registry/choices.html", choices=choices)


@router.get("/spares")
def spares_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    on: PastDay = None,
) -> Response:
    """予備品: devices that stand nowhere and are not retired."""
    with on_day(session, on, by=by):
        rows = devices.spares(session, q, limit=SPARES + 1)
    return render(
        request,
        "registry/spares.html",
        rows=rows[:SPARES],
        has_more=len(rows) > SPARES,
        q=q,
        on=on,
        today=today(),
    )


@router.get("/installations/{installation_id}")
def stay_page(
    request: Request, session: SessionDep, _by: Writer, installation_id: UUID
) -> Response:
    return _stay_page(request, session, installation_id, Typed())


def _stay_page(
    request: Request,
    session: SessionDep,
    installation_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    stay = installations.read(session, installation_id)
    if stay is None:
        raise NotFound
    return render(
        request,
        "registry/stay.html",
        status_code=status_code,
        stay=stay,
        typed=typed,
        kinds=[(kind.value, label) for kind, label in INSTALLATION_KIND_LABELS.items()],
        last_day=service.last_day,
    )


@router.post("/installations/{installation_id}")
def correct_stay(
    request: Request, session: SessionDep, form: Submitted, by: Writer, installation_id: UUID
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}

    def act() -> None:
        change = read_form(StayCorrection, values)
        days = {name: _day_or_none(values, name) for name in ("starts_on", "ends_on")}
        whole = change.model_copy(update=days)
        whole.model_fields_set.update(days)
        corrections.correct_stay(session, installation_id, whole, by=by)

    failed = attempt(request, session, act, Typed("correct", values))
    if failed:
        return _stay_page(request, session, installation_id, *failed)
    return _to_position(session, installation_id)


def _day_or_none(values: dict[str, Any], name: str) -> date | None:
    """Both days stand in the form: an emptied one is unknown, or open."""
    return date.fromisoformat(values[name]) if values.get(name) else None


@router.post("/installations/{installation_id}/withdrawal")
def withdraw_stay(
    request: Request, session: SessionDep, form: Submitted, by: Writer, installation_id: UUID
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    back = _to_position(session, installation_id)

    def act() -> None:
        gone = read_form(Withdrawal, values)
        corrections.withdraw_stay(session, installation_id, gone, by=by)

    failed = attempt(request, session, act, Typed("withdraw", values))
    if failed:
        return _stay_page(request, session, installation_id, *failed)
    return back


def _to_position(session: SessionDep, installation_id: UUID) -> Response:
    stay = installations.read(session, installation_id)
    if stay is None:
        raise NotFound
    return RedirectResponse(f"/positions/{stay['position_id']}", 303)
