"""The forms of life events: which there are for a position, and what they say when sent."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.errors import FieldError
from service.core.http.forms import MISSING, Mistyped, read_form, yen_typed
from service.core.i18n.marker import N_
from service.registry import life_events, service
from service.registry.domain import (
    DeviceUnknown,
    InstallationKind,
    Lifecycle,
    NothingInstalled,
    PositionUnknown,
    RetiredReason,
)
from service.registry.life_warnings import (
    Warned,
    warnings_of_coming,
    warnings_of_leaving,
    warnings_of_storing,
)
from service.registry.models import Device
from service.registry.queries import devices, positions
from service.registry.schemas.changes import DeviceCreate, Name, Short
from service.registry.schemas.life import (
    InstallationCreate,
    Overhaul,
    Reason,
    Relocation,
    Removal,
    Replacement,
    StatusChange,
    Work,
)
from service.registry.schemas.reads import PositionCard


class LifeEvent(StrEnum):
    REPLACE = "replace"
    REMOVE = "remove"
    MOVE = "move"
    INSTALL = "install"
    TEMPORARY = "temporary"
    OVERHAUL = "overhaul"
    SUSPEND = "suspend"
    REOPEN = "reopen"
    ABOLISH = "abolish"


LIFE_EVENT_LABELS = {
    LifeEvent.REPLACE: N_("更新する（機器を取り替える）"),
    LifeEvent.REMOVE: N_("機器を撤去する"),
    LifeEvent.MOVE: N_("別の設置箇所へ移設する"),
    LifeEvent.INSTALL: N_("機器を設置する"),
    LifeEvent.TEMPORARY: N_("仮設の機器を置く"),
    LifeEvent.OVERHAUL: N_("長寿命化対策を記録する"),
    LifeEvent.SUSPEND: N_("休止する"),
    LifeEvent.REOPEN: N_("使用を再開する"),
    LifeEvent.ABOLISH: N_("廃止する"),
}
_STATUS = {
    LifeEvent.SUSPEND: Lifecycle.SUSPENDED,
    LifeEvent.REOPEN: Lifecycle.IN_USE,
    LifeEvent.ABOLISH: Lifecycle.ABOLISHED,
}
NOT_THERE = N_("この番号は登録されていません。")
NEEDS_DEVICE = frozenset({LifeEvent.REPLACE, LifeEvent.INSTALL, LifeEvent.TEMPORARY})


class LifeForm(BaseModel):
    """Every field that a form of an event may have. ``on`` is the day of the event."""

    on: date
    until: date | None = None
    is_new: bool = True
    asset_code: Short | None = None
    maker: Name | None = None
    model_no: Name | None = None
    serial_no: Short | None = None
    acquired_cost_yen: Annotated[int, Field(ge=0)] | None = None
    subsidised: bool = False
    to_position: Short | None = None
    kind: InstallationKind | None = None
    retired_reason: RetiredReason | None = None
    work_ref: Work | None = None
    reason: Reason | None = None
    confirmed: bool = False


def events_for(card: PositionCard) -> list[LifeEvent]:
    """What can happen here now, the usual first."""
    if card.status is Lifecycle.ABOLISHED:
        return [LifeEvent.REOPEN]
    put = (
        [LifeEvent.REPLACE, LifeEvent.REMOVE, LifeEvent.MOVE, LifeEvent.OVERHAUL]
        if card.device
        else [LifeEvent.INSTALL, LifeEvent.TEMPORARY]
    )
    rest = LifeEvent.REOPEN if card.status is Lifecycle.SUSPENDED else LifeEvent.SUSPEND
    return [*put, rest, LifeEvent.ABOLISH]


def life_form(event: LifeEvent, values: Mapping[str, Any]) -> LifeForm:
    """What was sent, with everything that the event needs.

    Raises:
        Mistyped: with a sentence for each field.
    """
    given = {name: value for name, value in values.items() if name in LifeForm.model_fields}
    if given.get("acquired_cost_yen"):
        given["acquired_cost_yen"] = yen_typed(given["acquired_cost_yen"])
    form = read_form(LifeForm, given)
    missing = [name for name in _needed(event) if getattr(form, name) is None]
    if missing:
        raise Mistyped(dict.fromkeys(missing, MISSING))
    return form


def _needed(event: LifeEvent) -> Iterable[str]:
    if event in NEEDS_DEVICE:
        yield "asset_code"
    if event is LifeEvent.TEMPORARY:
        yield "until"
    if event is LifeEvent.MOVE:
        yield "to_position"
    if event in {LifeEvent.SUSPEND, LifeEvent.REOPEN, LifeEvent.ABOLISH}:
        yield "reason"


def warnings(
    session: Session, event: LifeEvent, card: PositionCard, form: LifeForm
) -> list[Warned]:
    """What the person should confirm; nothing is refused because of it."""
    found: list[Warned] = []
    if card.device is not None and _leaves_facility(session, event, card, form):
        found += warnings_of_leaving(session, card.device.id, form.on)
    if event is LifeEvent.REMOVE and form.retired_reason is None:
        found += warnings_of_storing(session, card.id)
    if event in NEEDS_DEVICE and not form.is_new:
        coming = _known_device(session, form)
        found += warnings_of_coming(session, card.id, coming, form.on)
    if event is LifeEvent.MOVE and card.device is not None:
        device = devices.get(session, card.device.id)
        if device is not None:
            found += warnings_of_coming(session, _target(session, form), device, form.on)
    return list({warned.message: warned for warned in found}.values())


def _leaves_facility(
    session: Session, event: LifeEvent, card: PositionCard, form: LifeForm
) -> bool:
    """Taken out of use, or moved to another facility: either may need an approval."""
    if event is not LifeEvent.MOVE:
        return event in {LifeEvent.REPLACE, LifeEvent.REMOVE, LifeEvent.ABOLISH}
    there = positions.get(session, _target(session, form))
    return there is not None and there.facility_id != card.facility_id


def record_event(
    session: Session, event: LifeEvent, card: PositionCard, form: LifeForm, *, by: Actor
) -> None:
    """Raises whatever the event's use case raises; nothing is half-done then."""
    _RECORDS[event](session, event, card, form, by)


def _told(form: LifeForm) -> dict[str, Any]:
    return {"work_ref": form.work_ref, "reason": form.reason}


def _replace(
    session: Session, _event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    replacement = Replacement(
        device_id=_coming(session, card, form, by),
        replaced_on=form.on,
        retired_reason=form.retired_reason,
        kind=form.kind or InstallationKind.RENEWAL,
        **_told(form),
    )
    life_events.replace_device(session, card.id, replacement, by=by)


def _install(
    session: Session, event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    is_temporary = event is LifeEvent.TEMPORARY
    usual = InstallationKind.TEMPORARY if is_temporary else InstallationKind.NEW
    stay = InstallationCreate(
        device_id=_coming(session, card, form, by),
        starts_on=form.on,
        ends_on=form.until if is_temporary else None,
        kind=form.kind or usual,
        **_told(form),
    )
    life_events.install_device(session, card.id, stay, by=by)


def _remove(
    session: Session, _event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    removal = Removal(removed_on=form.on, retired_reason=form.retired_reason, **_told(form))
    life_events.remove_device(session, card.id, removal, by=by)


def _move(
    session: Session, _event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    move = Relocation(
        to_position_id=_target(session, form),
        moved_on=form.on,
        kind=form.kind or InstallationKind.RELOCATION,
        **_told(form),
    )
    life_events.move_device(session, _present(card), move, by=by)


def _overhaul(
    session: Session, _event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    overhaul = Overhaul(overhauled_on=form.on, **_told(form))
    life_events.overhaul_device(session, _present(card), overhaul, by=by)


def _change_status(
    session: Session, event: LifeEvent, card: PositionCard, form: LifeForm, by: Actor
) -> None:
    change = StatusChange(
        status=_STATUS[event],
        changed_on=form.on,
        retired_reason=form.retired_reason,
        **_told(form),
    )
    life_events.change_status(session, card.id, change, by=by)


_RECORDS: dict[LifeEvent, Callable[[Session, LifeEvent, PositionCard, LifeForm, Actor], None]] = {
    LifeEvent.REPLACE: _replace,
    LifeEvent.INSTALL: _install,
    LifeEvent.TEMPORARY: _install,
    LifeEvent.REMOVE: _remove,
    LifeEvent.MOVE: _move,
    LifeEvent.OVERHAUL: _overhaul,
    **dict.fromkeys(_STATUS, _change_status),
}


def _coming(session: Session, card: PositionCard, form: LifeForm, by: Actor) -> UUID:
    """The device that comes: one that is known, or a new one of the position's class."""
    if not form.is_new:
        return _known_device(session, form).id
    new = DeviceCreate(
        asset_code=form.asset_code or "",
        class_code=card.class_code,
        maker=form.maker,
        model_no=form.model_no,
        serial_no=form.serial_no,
        acquired_cost_yen=form.acquired_cost_yen,
        subsidised=form.subsidised,
    )
    return service.register_device(session, new, by=by).id


def _known_device(session: Session, form: LifeForm) -> Device:
    device = devices.by_code(session, form.asset_code or "")
    if device is None:
        raise DeviceUnknown(
            asset_code=form.asset_code,
            errors=[FieldError("/asset_code", NOT_THERE)],
        )
    return device


def _target(session: Session, form: LifeForm) -> UUID:
    position = positions.by_code(session, form.to_position or "")
    if position is None:
        raise PositionUnknown(
            position_code=form.to_position, errors=[FieldError("/to_position", NOT_THERE)]
        )
    return position.id


def _present(card: PositionCard) -> UUID:
    if card.device is None:
        raise NothingInstalled
    return card.device.id
