"""Devices that may be one, and what belongs to each of them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, select

from service.registry.models import Device, DeviceMerge, DistinctDevices, Installation

# Many pumps of one model came on one day: only the same name, or no stay at all, speaks for one.
_SIGNS = """
    select 'same-serial' as sign, a.id as one_id, b.id as other_id, a.serial_no as detail
    from device a
    join device b on gesuibo.fold(b.serial_no) = gesuibo.fold(a.serial_no) and a.id < b.id
    left join device_model ma on ma.id = a.model_id
    left join device_model mb on mb.id = b.model_id
    where length(a.serial_no) >= 3 and length(b.serial_no) >= 3
      and coalesce(ma.manufacturer = mb.manufacturer, true)
    union all
    select 'same-asset-no', a.id, b.id, a.fixed_asset_no
    from device a join device b on b.fixed_asset_no = a.fixed_asset_no and a.id < b.id
    where coalesce(a.serial_no = b.serial_no, true) and coalesce(a.model_id = b.model_id, true)
    union all
    select 'same-model-and-days', a.id, b.id, concat_ws(' ', m.manufacturer, m.model_no)
    from device a
    join device b on b.model_id = a.model_id and a.id < b.id
      and b.installed_from = a.installed_from and b.installed_to = a.installed_to
    join device_model m on m.id = a.model_id
    where (a.serial_no is null or b.serial_no is null)
      and (not exists (select 1 from installation i where i.device_id = a.id)
        or not exists (select 1 from installation i where i.device_id = b.id)
        or exists (
          select 1 from installation i join position p on p.id = i.position_id
          join installation j on j.device_id = b.id and j.facility_id = i.facility_id
          join position q on q.id = j.position_id
          where i.device_id = a.id and p.id <> q.id
            and gesuibo.fold(p.name) = gesuibo.fold(q.name)))
"""
_DUPLICATES = text(
    f"""
    select distinct on (a.asset_code, b.asset_code) s.one_id, a.asset_code as one_code,
      s.other_id, b.asset_code as other_code, s.sign, coalesce(s.detail, '') as detail
    from ({_SIGNS}) s
    join device a on a.id = s.one_id join device b on b.id = s.other_id
    where a.merged_into_id is null and b.merged_into_id is null
      and not exists (select 1 from distinct_devices x
                      where x.one_id = s.one_id and x.other_id = s.other_id)
      and (a.asset_code, b.asset_code) > (:one, :other)
    order by a.asset_code, b.asset_code, s.sign desc limit :limit
    """  # noqa: S608  # constants only
)
# Whatever table refers to devices: one that is added later is moved like the others.
_TABLES = text(
    """
    select c.conrelid::regclass::text as table_name, a.attname as column_name
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'public.device'::regclass
      and cardinality(c.conkey) = 1
      and c.conrelid::regclass::text not in ('device', 'device_merge', 'distinct_devices')
    order by 1
    """
)
_ALIAS_STAYS = """
    and not exists (select 1 from equipment_alias x where x.device_id = :taker
      and x.kind = t.kind and x.name = t.name and x.period && t.period)
"""
_MERGES = """
    select m.id, m.kept_id, a.asset_code as kept_code, m.absorbed_id,
      b.asset_code as absorbed_code, m.reason, m.created_at as merged_at, m.undone_at,
      (select count(*) from jsonb_each(m.moved) t, jsonb_array_elements(t.value)) as moved_count
    from device_merge m join device a on a.id = m.kept_id join device b on b.id = m.absorbed_id
"""
_ONE = text(_MERGES + " where m.id = :id")
_OF_DEVICE = text(
    _MERGES + " where m.kept_id = :id or m.absorbed_id = :id order by m.created_at desc, m.id"
)
_TOGETHER = text(
    """
    select p.name as one, q.name as other
    from installation i join position p on p.id = i.position_id
    join installation j on j.device_id = :other and j.period && i.period
    join position q on q.id = j.position_id
    where i.device_id = :one order by lower(i.period) nulls first limit 1
    """
)


def duplicates(
    session: Session, *, after: tuple[str, str] = ("", ""), limit: int
) -> list[RowMapping]:
    """Pairs of devices that may be one, in the order of their numbers."""
    params = {"one": after[0], "other": after[1], "limit": limit}
    return list(session.execute(_DUPLICATES, params).mappings())


def together(session: Session, one: UUID, other: UUID) -> RowMapping | None:
    """Two places in which the two stood on the same day."""
    return session.execute(_TOGETHER, {"one": one, "other": other}).mappings().first()


def move_all(session: Session, giver: UUID, taker: UUID) -> dict[str, list[str]]:
    """Everything that refers to one device refers to the other; answers which rows, by table."""
    moved: dict[str, list[str]] = {}
    for row in list(session.execute(_TABLES).mappings()):
        table, column = row["table_name"], row["column_name"]
        where = _ALIAS_STAYS if table == "equipment_alias" else ""
        statement = text(
            f"update {table} t set {column} = :taker where t.{column} = :giver {where}"  # noqa: S608
            " returning t.id::text"
        )
        found = session.execute(statement, {"giver": giver, "taker": taker}).scalars()
        if ids := sorted(found):
            moved[table] = ids
    return moved


def move_back(
    session: Session, giver: UUID, taker: UUID, moved: Mapping[str, Iterable[str]]
) -> None:
    """Those rows that are still with the giver."""
    for row in list(session.execute(_TABLES).mappings()):
        table, column = row["table_name"], row["column_name"]
        if table not in moved:
            continue
        statement = text(
            f"update {table} set {column} = :taker where {column} = :giver"  # noqa: S608
            " and id = any (cast(:ids as uuid[]))"
        )
        ids = list(moved[table])
        session.execute(statement, {"giver": giver, "taker": taker, "ids": ids})


def read(session: Session, merge_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": merge_id}).mappings().first()


def of_device(session: Session, device_id: UUID) -> list[RowMapping]:
    """What it took over and what took it over, the newest first."""
    return list(session.execute(_OF_DEVICE, {"id": device_id}).mappings())


def locked(session: Session, merge_id: UUID) -> DeviceMerge | None:
    return session.get(DeviceMerge, merge_id, with_for_update=True)


def distinction(session: Session, one: UUID, other: UUID) -> DistinctDevices | None:
    first, second = sorted((one, other))
    statement = select(DistinctDevices).where(
        DistinctDevices.one_id == first, DistinctDevices.other_id == second
    )
    return session.exec(statement).first()


def is_in_place(session: Session, device: Device) -> bool:
    statement = select(Installation.id).where(
        Installation.device_id == device.id, text("upper_inf(period)")
    )
    return session.exec(statement).first() is not None


def values_of(session: Session, device: Device) -> dict[str, Any]:
    """The device's columns as JSON writes them."""
    statement = text("select to_jsonb(d) from device d where d.id = :id")
    found: dict[str, Any] = session.execute(statement, {"id": device.id}).scalar_one()
    return found


def restore(session: Session, device: Device, values: Mapping[str, Any]) -> None:
    """Columns as `values_of` wrote them."""
    if not values:
        return
    names = ", ".join(f"{name} = r.{name}" for name in values)
    statement = text(
        f"update device d set {names}"  # noqa: S608  # columns that `values_of` named
        " from jsonb_populate_record(null::device, cast(:values as jsonb)) r where d.id = :id"
    )
    session.execute(statement, {"id": device.id, "values": json.dumps(values)})
