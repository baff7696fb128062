"""What somebody should have seen before an event of equipment's life is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.core.clock import today
from service.core.i18n.marker import N_
from service.registry.domain import Lifecycle
from service.registry.models import Device, EquipmentClass
from service.registry.queries import classes, devices, installations, positions

IN_FUTURE = N_("日付がこれからの日（%(day)s）です。")
DISPOSAL_LIMIT = N_(
    "補助事業で取得した機器で、処分制限期間（%(years)s年、%(until)sまで）が残っています。"
)
GAP = N_("前の機器の撤去日から %(days)s 日間、機器のない期間があります。")
OTHER_CLASS = N_("機器の分類（%(device)s）と設置箇所の分類（%(position)s）が違います。")
LEAVES_EMPTY = N_("機器は予備品として倉庫に移り、この設置箇所は機器のないまま使用中になります。")
FROM_WAREHOUSE = N_(
    "この機器は %(day)s から %(days)s 日間、どこにも設置されていませんでした（倉庫）。"
)
WAS_RETIRED = N_("この機器は %(day)s に撤去済みです。設置すると撤去の記録は取り消されます。")


@dataclass(frozen=True)
class Warned:
    message: str
    params: dict[str, Any] = field(default_factory=dict)


def warnings_of_leaving(session: Session, device_id: UUID, day: date) -> Iterator[Warned]:
    """Of taking a device out for good on ``day``."""
    yield from _future(day)
    device = devices.get(session, device_id)
    if device is None or not device.subsidised or device.installed_from is None:
        return
    kind = classes.read(session, device.class_id)
    until = _limit(device, kind)
    if kind is not None and until is not None and day < until:
        yield Warned(
            DISPOSAL_LIMIT, {"years": kind.disposal_limit_years, "until": until.isoformat()}
        )


def warnings_of_storing(session: Session, position_id: UUID) -> Iterator[Warned]:
    """Of taking a device to the warehouse while its place stays in use."""
    position = positions.get(session, position_id)
    if position is not None and position.status == Lifecycle.IN_USE:
        yield Warned(LEAVES_EMPTY)


def warnings_of_coming(
    session: Session, position_id: UUID, device: Device, day: date
) -> Iterator[Warned]:
    """Of putting ``device`` into the position on ``day``."""
    yield from _future(day)
    ended = installations.last_end(session, position_id)
    if ended is not None and ended < day:
        yield Warned(GAP, {"days": (day - ended).days})
    position = positions.get(session, position_id)
    if position is not None and position.class_id != device.class_id:
        named = {
            row.id: row.minor
            for class_id in (position.class_id, device.class_id)
            if (row := classes.read(session, class_id)) is not None
        }
        yield Warned(
            OTHER_CLASS,
            {"device": named.get(device.class_id), "position": named.get(position.class_id)},
        )
    if device.retired_on is not None:
        yield Warned(WAS_RETIRED, {"day": device.retired_on.isoformat()})
        return
    stored = installations.in_store_since(session, device.id)
    if stored is not None and stored < day:
        days = (day - stored).days
        yield Warned(FROM_WAREHOUSE, {"day": stored.isoformat(), "days": days})


def _future(day: date) -> Iterator[Warned]:
    if day > today():
        yield Warned(IN_FUTURE, {"day": day.isoformat()})


def _limit(device: Device, kind: EquipmentClass | None) -> date | None:
    """The first day after the 処分制限期間."""
    if kind is None or kind.disposal_limit_years is None or device.installed_from is None:
        return None
    begun = device.installed_from
    try:
        return begun.replace(year=begun.year + kind.disposal_limit_years)
    except ValueError:  # 29 February
        return begun.replace(year=begun.year + kind.disposal_limit_years, day=28) + timedelta(1)
