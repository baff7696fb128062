"""Mending a record: one form each for facilities, positions, devices and classes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.marker import N_
from service.registry import edit_changes, edit_forms, service
from service.registry.edit_forms import Input
from service.registry.queries import classes, devices, facilities, models, places

router = APIRouter(include_in_schema=False)
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
_REASON_LENGTH = 400


class Kind(StrEnum):
    FACILITIES = "facilities"
    POSITIONS = "positions"
    DEVICES = "devices"
    CLASSES = "classes"
    MODELS = "models"


TITLES = {
    Kind.FACILITIES: N_("施設の情報を直す"),
    Kind.POSITIONS: N_("設置箇所の情報を直す"),
    Kind.DEVICES: N_("機器の情報を直す"),
    Kind.CLASSES: N_("設備分類を直す"),
    Kind.MODELS: N_("機種を直す"),
}


@dataclass(frozen=True)
class Record:
    """What is mended: how it is called, the version that was shown, its fields."""

    name: str
    version: int
    inputs: list[Input]


def _facility(session: Session, record_id: UUID) -> Record:
    row = facilities.read(session, record_id)
    if row is None:
        raise NotFound
    return Record(row["name"], row["version"], edit_forms.facility_inputs(dict(row)))


def _position(session: Session, record_id: UUID) -> Record:
    card = service.position_card(session, record_id)
    codes = dict(places.codes_of(session, record_id))
    inputs = edit_forms.position_inputs(session, card, codes)
    return Record(f"{card.facility_name} {card.name}", card.version, inputs)


def _device(session: Session, record_id: UUID) -> Record:
    row = devices.read(session, record_id)
    if row is None or row["merged_into_id"] is not None:
        raise NotFound
    return Record(row["asset_code"], row["version"], edit_forms.device_inputs(dict(row)))


def _class(session: Session, record_id: UUID) -> Record:
    row = classes.read(session, record_id)
    if row is None:
        raise NotFound
    name = f"{row.class_code} {row.minor}"
    return Record(name, row.version, edit_forms.class_inputs(row))


def _model(session: Session, record_id: UUID) -> Record:
    row = models.read(session, record_id)
    if row is None:
        raise NotFound
    return Record(row["model_no"], row["version"], edit_forms.model_inputs(dict(row)))


_READ: dict[Kind, Callable[[Session, UUID], Record]] = {
    Kind.FACILITIES: _facility,
    Kind.POSITIONS: _position,
    Kind.DEVICES: _device,
    Kind.CLASSES: _class,
    Kind.MODELS: _model,
}
_CHANGE: dict[Kind, tuple[Callable[..., Any], Callable[..., Any]]] = {
    Kind.FACILITIES: (edit_changes.facility_change, service.update_facility),
    Kind.POSITIONS: (edit_changes.position_change, service.update_position),
    Kind.DEVICES: (edit_changes.device_change, service.update_device),
    Kind.CLASSES: (edit_changes.class_change, service.update_class),
    Kind.MODELS: (edit_changes.model_change, service.update_model),
}


@router.get("/{kind}/{record_id}/edit")
def edit_page(
    request: Request, session: SessionDep, _by: Writer, kind: Kind, record_id: UUID
) -> Response:
    return _page(request, session, kind, record_id, Typed())


@router.post("/{kind}/{record_id}/edit")
def save(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    kind: Kind,
    record_id: UUID,
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}

    def act() -> None:
        _save(session, kind, record_id, values, by)

    failed = attempt(request, session, act, Typed("edit", values))
    if failed:
        return _page(request, session, kind, record_id, *failed)
    return RedirectResponse(_address(kind, record_id), 303)


def _save(
    session: Session, kind: Kind, record_id: UUID, values: Mapping[str, str], by: Actor
) -> None:
    version = values.get("version", "")
    shown = _READ[kind](session, record_id)
    read, update = _CHANGE[kind]
    update(
        session,
        record_id,
        read(shown.inputs, values),
        int(version) if version.isdecimal() else 0,
        by=by,
        reason=values.get("reason", "").strip()[:_REASON_LENGTH] or None,
    )


def _address(kind: Kind, record_id: UUID) -> str:
    return "/classes" if kind is Kind.CLASSES else f"/{kind.value}/{record_id}"


def _page(
    request: Request,
    session: Session,
    kind: Kind,
    record_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    shown = _READ[kind](session, record_id)
    return render(
        request,
        "registry/edit.html",
        status_code=status_code,
        kind=kind.value,
        record=shown,
        record_id=record_id,
        title=TITLES[kind],
        back=_address(kind, record_id),
        typed=typed,
    )
