"""What a phone's camera opens, the sheets to print, and the tags of a position."""

import json
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import PUBLIC, MaybeActor, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries as attachments
from service.attachments.api import ReportForm, StoreDep
from service.core import clock
from service.core.errors import Forbidden
from service.core.http.problems import explain
from service.core.http.session import SessionDep
from service.core.http.templating import render, render_block, wants_fragment
from service.core.i18n import locale_of, translate
from service.core.identity import new_id
from service.core.partial_date import PartialDate, Precision
from service.faults.domain import CASE_STATE_LABELS, CaseState
from service.faults.symptoms import SYMPTOMS
from service.registry.domain import INSTALLATION_KIND_LABELS, InstallationKind
from service.tags import filing, life, report_form, service
from service.tags.domain import TAG_STATE_LABELS, TagState, UnknownTag, grouped, read_code
from service.tags.guessing import GUESSES, client_of
from service.tags.models import QrTag
from service.tags.queries import life as life_queries
from service.tags.queries import tags as queries
from service.tags.report_form import Typed
from service.tags.schemas import NO_NUL

router = APIRouter(include_in_schema=False)
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]


@router.get("/T/{tag}", dependencies=[PUBLIC])
@router.get("/t/{tag}", dependencies=[PUBLIC])
def tag_page(request: Request, session: SessionDep, actor: MaybeActor, tag: str) -> Response:
    """Complete for everybody: what it is and whom to call; the rest for those it concerns."""
    with GUESSES.of(client_of(request, actor)):
        if actor is not None:
            try:
                equipment = json.loads(service.equipment(session, tag))
            except UnknownTag:
                pass
            else:
                return _equipment_page(request, session, equipment, by=actor)
            stock = _stock_tag(session, tag, by=actor)
            if stock is not None:
                return _bind_page(request, stock.tag_code)
        place = service.public_place(session, tag, by=actor)
    return render(request, "tags/public.html", place=place, is_signed_in=actor is not None)


def _stock_tag(session: SessionDep, tag: str, *, by: Actor) -> QrTag | None:
    """The tag if it lies in the stock and this person may bind it; else as if it were not there."""
    try:
        return life.bindable(session, tag, by=by)
    except (UnknownTag, Forbidden):
        return None


def _bind_page(request: Request, tag_code: str, **more: Any) -> Response:
    shown = {"rows": [], "place": None, "typed": ""} | more
    return render(request, "tags/bind.html", tag_code=tag_code, code=grouped(tag_code), **shown)


@router.get("/T/{tag}/bind")
def bind_form(
    request: Request,
    session: SessionDep,
    by: Reporter,
    tag: str,
    q: Annotated[str, Query(max_length=100, pattern=NO_NUL)] = "",
    position: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Where does this tag of the stock hang? Search, then one position to confirm."""
    with GUESSES.of(client_of(request, by)):
        stock = life.bindable(session, tag, by=by)
    place = life_queries.place(session, position) if position else None
    rows = life_queries.places(session, q) if q and place is None else []
    return _bind_page(request, stock.tag_code, rows=rows, place=place, typed=q)


@router.post("/T/{tag}/bind")
def bind(
    request: Request,
    session: SessionDep,
    by: Reporter,
    tag: str,
    position_id: Annotated[UUID, Form()],
) -> Response:
    with GUESSES.of(client_of(request, by)):
        bound = life.bind_on_site(session, tag, position_id, by=by)
    return RedirectResponse(f"/T/{bound.tag_code}?bound=1", 303)


@router.post("/T/{tag}/unbind")
def unbind(request: Request, session: SessionDep, by: Reporter, tag: str) -> Response:
    with GUESSES.of(client_of(request, by)):
        life.unbind(session, tag, by=by)
    return RedirectResponse(f"/T/{tag}", 303)


@router.post("/T/{tag}/not-this")
def not_this(request: Request, session: SessionDep, by: Reporter, tag: str) -> Response:
    """「この機器ではない」: counted, and the neighbours to choose the right one from."""
    with GUESSES.of(client_of(request, by)):
        position_id = life.dispute(session, tag, by=by)
    return render(
        request,
        "tags/not_this.html",
        tag_code=read_code(tag),
        rows=life_queries.neighbours(session, position_id),
    )


@router.post("/T/{tag}")
@router.post("/t/{tag}")
def file_report(
    request: Request,
    form: ReportForm,
    session: SessionDep,
    store: StoreDep,
    by: Reporter,
    tag: str,
) -> Response:
    """The form without any script: the report, its photos, and the receipt in one answer."""
    with GUESSES.of(client_of(request, by)):
        equipment = json.loads(service.equipment(session, tag))
    sent = report_form.typed(form)
    receipt = filing.file(session, store, sent, report_form.photos(form), equipment, by=by)
    if receipt is None:
        return _equipment_page(request, session, equipment, by=by, typed=sent)
    filed = receipt.filed
    return render(
        request,
        "tags/receipt.html",
        status_code=201 if filed.is_new else 200,
        receipt=receipt,
        equipment=equipment,
        state_label=CASE_STATE_LABELS[filed.state],
        refusals=[(name, explain(request, error)) for name, error in receipt.refused],
        is_harmful=bool(set(sent.surroundings) & {h.value for h in report_form.HARMFUL}),
    )


def _equipment_page(
    request: Request,
    session: SessionDep,
    equipment: dict[str, Any],
    *,
    by: Actor,
    typed: Typed | None = None,
) -> Response:
    typed = typed or Typed({"report_id": str(new_id()), "written_at": clock.now().isoformat()})
    locale = locale_of(request)

    def words(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(value, translate(label, locale)) for value, label in choices]

    return render(
        request,
        "tags/equipment.html",
        status_code=422 if typed.errors else 200,
        equipment=equipment,
        installed=_installed(equipment["device"]),
        open_cases=[_shown_case(case, locale) for case in equipment["open_cases"]],
        history=queries.history(session, equipment["position"]["id"]),
        likeness=attachments.likeness(session, UUID(equipment["position"]["id"])),
        kind_labels={kind.value: INSTALLATION_KIND_LABELS[kind] for kind in InstallationKind},
        code=grouped(equipment["tag"]["code"]),
        user_id=by.id,
        user_name=by.name,
        can_report=by.can(Permission.REPORTS_FILE),
        can_unbind="bound" in request.query_params
        and life.may_undo(session, UUID(equipment["tag"]["id"]), by=by),
        typed=typed,
        symptoms=words(report_form.symptom_tiles(equipment["symptom_set"])),
        effects=words(report_form.effect_tiles()),
        surroundings=report_form.surroundings_tiles(),
        detections=words(report_form.detection_choices()),
    )


def _installed(device: dict[str, Any] | None) -> PartialDate | None:
    if device is None or device["installed_precision"] is None:
        return None
    first, last = (
        date.fromisoformat(device[key]) if device[key] else None
        for key in ("installed_from", "installed_to")
    )
    raw = device["installed_raw"] or ""
    return PartialDate(first, last, Precision(device["installed_precision"]), raw)


def _shown_case(case: dict[str, Any], locale: Any) -> dict[str, Any]:
    symptoms = (SYMPTOMS[code].label for code in case["symptoms"])
    return case | {
        "at": datetime.fromisoformat(case["occurred_at"]),
        "label": CASE_STATE_LABELS[CaseState(case["state"])],
        "told": "、".join(translate(label, locale) for label in symptoms),
    }


@router.get("/positions/{position_id}/tags")
def position_tags(
    request: Request, session: SessionDep, by: Manager, position_id: UUID
) -> Response:
    """The part of the position's page that is about its tags."""
    if request.method == "POST" and not wants_fragment(request):
        return RedirectResponse(f"/positions/{position_id}", 303)
    tags = [(tag, grouped(tag.tag_code)) for tag in queries.tags_of(session, position_id)]
    return render_block(
        request,
        "tags/position_tags.html",
        "tags",
        tags=tags,
        position_id=position_id,
        state_labels={state.value: TAG_STATE_LABELS[state] for state in TagState},
        can_manage=by.can(Permission.TAGS_MANAGE),
    )


@router.post("/positions/{position_id}/tags")
def mint_another(request: Request, session: SessionDep, by: Manager, position_id: UUID) -> Response:
    service.mint_one(session, position_id, by=by)
    return position_tags(request, session, by, position_id)


@router.post("/positions/{position_id}/tags/{code}/retire")
def retire(
    request: Request, session: SessionDep, by: Manager, position_id: UUID, code: str
) -> Response:
    service.retire(session, code, by=by)
    return position_tags(request, session, by, position_id)


@router.post("/positions/{position_id}/tags/{code}/replace")
def replace(
    request: Request, session: SessionDep, by: Manager, position_id: UUID, code: str
) -> Response:
    service.replace(session, code, by=by)
    return position_tags(request, session, by, position_id)
