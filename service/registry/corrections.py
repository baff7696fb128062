"""Mending what was entered wrongly about stays. The trail keeps what stood there before."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import NotFound
from service.core.outbox import publish
from service.registry.domain import EndsBeforeStart
from service.registry.life_events import overlap_errors
from service.registry.models import Installation
from service.registry.queries import devices, installations
from service.registry.schemas.life import StayCorrection, Withdrawal


def correct_stay(
    session: Session, installation_id: UUID, change: StayCorrection, *, by: Actor
) -> Installation:
    """Other days or another kind for a stay; the device stays where it was.

    Raises:
        EndsBeforeStart: when nothing would be left of it.
        InstallationOverlap: when another stay is in the way.
    """
    by.require(Permission.REGISTRY_WRITE)
    stay = _stay(session, installation_id)
    before = _told(stay)
    given = change.model_fields_set
    starts_on = change.starts_on if "starts_on" in given else stay.period.lower
    ends_on = change.ends_on if "ends_on" in given else stay.period.upper
    if starts_on is not None and ends_on is not None and ends_on <= starts_on:
        raise EndsBeforeStart
    ended = stay.period.upper
    period = Range(starts_on, ends_on)
    with translating(session, overlap_errors(session, stay, period)):
        stay.period = period
        stay.starts_estimated = stay.starts_estimated and "starts_on" not in given
        stay.kind = change.kind or stay.kind
        stay.work_ref = change.work_ref or stay.work_ref
    _follow(session, stay, ended, by)
    after = _told(stay)
    _record(session, "correct-stay", stay, before=before, after=after, reason=change.reason, by=by)
    return stay


def withdraw_stay(session: Session, installation_id: UUID, new: Withdrawal, *, by: Actor) -> None:
    """Takes a stay out that never was; the device and the position remain."""
    by.require(Permission.REGISTRY_WRITE)
    stay = _stay(session, installation_id)
    before = _told(stay)
    _follow(session, stay, stay.period.upper, by, is_gone=True)
    session.delete(stay)
    session.flush()
    _record(session, "withdraw-stay", stay, before=before, after=None, reason=new.reason, by=by)


def _follow(
    session: Session, stay: Installation, ended: object, by: Actor, *, is_gone: bool = False
) -> None:
    """A retirement on the day on which the stay ended goes with that day."""
    device = devices.locked(session, stay.device_id)
    if device is None or device.retired_on is None or device.retired_on != ended:
        return
    if is_gone or stay.period.upper is None:
        device.retired_on = device.retired_reason = None
    else:
        device.retired_on = stay.period.upper
    device.updated_by = by.id
    session.flush()


def _stay(session: Session, installation_id: UUID) -> Installation:
    stay = installations.locked(session, installation_id)
    if stay is None:
        raise NotFound
    return stay


def _told(stay: Installation) -> dict[str, object]:
    return {
        "installation_id": str(stay.id),
        "position_id": str(stay.position_id),
        "starts_on": stay.period.lower,
        "ends_on": stay.period.upper,
        "kind": stay.kind,
        "work_ref": stay.work_ref,
    }


def _record(
    session: Session,
    action: str,
    stay: Installation,
    *,
    before: dict[str, object],
    after: dict[str, object] | None,
    reason: str,
    by: Actor,
) -> None:
    record(
        session,
        action,
        "device",
        stay.device_id,
        by=by,
        before=before,
        after=after,
        reason=reason,
    )
    publish(session, "registry.changed", {"kind": "position", "id": stay.position_id})
