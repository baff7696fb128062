"""Devices, wherever they are, and their models."""

from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.registry.models import Device, DeviceModel
from service.registry.queries import found
from service.registry.queries.partial_dates import as_json
from service.registry.queries.search import TODAY

_DEVICES = f"""
    select d.id, d.asset_code, c.class_code, c.minor as class_minor, m.manufacturer as maker,
      m.id as model_id, m.model_no, d.serial_no, d.spec, d.spec_raw,
      {as_json("installed")} as installed, {as_json("manufactured")} as manufactured,
      d.acquired_cost_yen, d.subsidised, d.fixed_asset_no, d.life_override_years,
      d.life_override_reason, d.overhauled_on, d.retired_on, d.retired_reason,
      d.merged_into_id,
      d.quality_flags, coalesce(d.custom, jsonb_build_object()) as custom, d.note, d.version
    from device d join equipment_class c on c.id = d.class_id
    left join device_model m on m.id = d.model_id
"""  # noqa: S608  # constants only
_ONE = text(_DEVICES + " where d.id = :id")


def page(
    session: Session, *, q: str, class_code: str | None, after: str, limit: int
) -> list[RowMapping]:
    """Devices in the order of their asset codes in which every word is found."""
    clauses, params = found.every_word_in_device(session, q)
    if class_code is not None:
        clauses.append("c.class_code = :class_code")
        params["class_code"] = class_code
    # Few named devices: walking the index of codes for them would ask who may see every device.
    code = "(d.asset_code || '')" if any(name[0] == "i" for name in params) else "d.asset_code"
    where = " and ".join([*clauses, "d.merged_into_id is null", f"{code} > :after"])
    statement = text(f"{_DEVICES} where {where} order by {code} limit :limit")
    rows = session.execute(statement, params | {"after": after, "limit": limit})
    return list(rows.mappings())


def read(session: Session, device_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": device_id}).mappings().first()


def locked(session: Session, device_id: UUID) -> Device | None:
    return session.get(Device, device_id, with_for_update=True)


def model_of(session: Session, maker: str | None, model_no: str) -> DeviceModel | None:
    statement = select(DeviceModel).where(
        col(DeviceModel.manufacturer).is_not_distinct_from(maker), DeviceModel.model_no == model_no
    )
    return session.exec(statement).first()


def get(session: Session, device_id: UUID) -> Device | None:
    return session.get(Device, device_id)


def by_code(session: Session, asset_code: str) -> Device | None:
    return session.exec(select(Device).where(Device.asset_code == asset_code)).first()


_SPARES = f"""
    {_DEVICES} where d.retired_on is null and d.merged_into_id is null and {{where}}
      and not exists (select 1 from installation i
                      where i.device_id = d.id and i.period @> {TODAY})
    order by d.asset_code limit :limit"""  # noqa: S608  # constants only


def spares(session: Session, q: str, *, limit: int) -> list[RowMapping]:
    """Devices that stand nowhere today and are not retired: the warehouse (予備品)."""
    clauses, params = found.every_word_in_device(session, q)
    statement = text(_SPARES.format(where=" and ".join(clauses) or "true"))
    return list(session.execute(statement, params | {"limit": limit}).mappings())
