"""Which device sat where on which days."""

from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, select

from service.registry.models import Installation

# The reason of a removal is kept with the device; it belongs to the stay that ended on that day.
_INSTALLATIONS = """
    select i.id, i.position_id, p.position_code, p.name as position_name,
      f.name as facility_name, i.device_id, d.asset_code, d.serial_no,
      m.manufacturer as maker, m.model_no, lower(i.period) as starts_on,
      upper(i.period) as ends_on, i.starts_estimated, i.kind, i.work_ref,
      case when upper(i.period) = d.retired_on then d.retired_reason end as retired_reason
    from installation i
    join position p on p.id = i.position_id
    join facility f on f.id = i.facility_id
    join device d on d.id = i.device_id
    left join device_model m on m.id = d.model_id
"""
_NEWEST_FIRST = " order by lower(i.period) desc nulls last"
_OF_POSITION = text(
    _INSTALLATIONS
    + """ where i.position_id = :id
        and (cast(:day as date) is null or i.period @> cast(:day as date))"""
    + _NEWEST_FIRST
)
_OF_DEVICE = text(_INSTALLATIONS + " where i.device_id = :id" + _NEWEST_FIRST)
_PAGE = text(
    _INSTALLATIONS
    + """ where i.id > :after
        and (cast(:facility as text) is null or f.facility_code = :facility)
        and (cast(:day as date) is null or i.period @> cast(:day as date))
      order by i.id limit :limit"""
)
_OVERLAPPING = text(
    _INSTALLATIONS
    + """ where (i.position_id = :position_id or i.device_id = :device_id) and i.id <> :but
        and i.period && daterange(:starts_on, :ends_on) order by lower(i.period) limit 1"""
)
_DEVICE_AT = text(
    "select device_id from installation"
    " where position_id = :position_id and period @> cast(:day as date)"
)


def of_position(session: Session, position_id: UUID, day: date | None = None) -> list[RowMapping]:
    """All stays at a position, or with ``day`` the one that held on that day in Japan."""
    return list(session.execute(_OF_POSITION, {"id": position_id, "day": day}).mappings())


def of_device(session: Session, device_id: UUID) -> list[RowMapping]:
    return list(session.execute(_OF_DEVICE, {"id": device_id}).mappings())


def page(
    session: Session, *, facility: str | None, day: date | None, after: UUID, limit: int
) -> list[RowMapping]:
    params = {"facility": facility, "day": day, "after": after, "limit": limit}
    return list(session.execute(_PAGE, params).mappings())


def device_at(session: Session, position_id: UUID, day: date) -> UUID | None:
    """The device in place on that calendar day of Japan; an unknown start is any earlier day."""
    params = {"position_id": position_id, "day": day}
    found: UUID | None = session.execute(_DEVICE_AT, params).scalar_one_or_none()
    return found


def overlapping(
    session: Session, *, position_id: UUID, device_id: UUID, period: Range[date], but: UUID
) -> RowMapping:
    """The earliest stay, apart from ``but``, that one of this period would meet."""
    params = {
        "position_id": position_id,
        "device_id": device_id,
        "starts_on": period.lower,
        "ends_on": period.upper,
        "but": but,
    }
    return session.execute(_OVERLAPPING, params).mappings().one()


def present(session: Session, position_id: UUID) -> Installation | None:
    """The stay without an end, which a removal or replacement closes."""
    statement = (
        select(Installation)
        .where(Installation.position_id == position_id)
        .where(text("upper_inf(period)"))
        .with_for_update()
    )
    return session.exec(statement).first()


def present_of(session: Session, device_id: UUID) -> Installation | None:
    """Where the device stands, as far as no end of it is known."""
    statement = (
        select(Installation)
        .where(Installation.device_id == device_id)
        .where(text("upper_inf(period)"))
        .with_for_update()
    )
    return session.exec(statement).first()


def locked(session: Session, installation_id: UUID) -> Installation | None:
    return session.get(Installation, installation_id, with_for_update=True)


_LAST_END = text(
    "select upper(period) from installation where position_id = :id and not upper_inf(period)"
    " and not exists (select 1 from installation i where i.position_id = :id"
    " and upper_inf(i.period)) order by 1 desc limit 1"
)


def last_end(session: Session, position_id: UUID) -> date | None:
    """Since when the position has been empty; None while a device is in place, or ever was none."""
    found: date | None = session.execute(_LAST_END, {"id": position_id}).scalar_one_or_none()
    return found


_IN_STORE = text(
    "select max(upper(period)) from installation where device_id = :id"
    " having bool_and(not upper_inf(period))"
)


def in_store_since(session: Session, device_id: UUID) -> date | None:
    """When the device left its last place; None while it is in place, or never was."""
    found: date | None = session.execute(_IN_STORE, {"id": device_id}).scalar_one_or_none()
    return found


_ONE = text(_INSTALLATIONS + " where i.id = :id")


def read(session: Session, installation_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": installation_id}).mappings().first()
