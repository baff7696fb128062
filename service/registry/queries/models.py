"""Device models: what makers build, and how many of each the city has."""

from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from service.registry.models import DeviceModel
from service.registry.queries.search import TODAY, every_word

_MODELS = f"""
    select m.id, m.manufacturer as maker, m.model_no, m.spec, m.discontinued_on, m.version,
      (select count(*) from device d where d.model_id = m.id and d.merged_into_id is null)
        as device_count,
      (select count(*) from device d join installation i on i.device_id = d.id
         where d.model_id = m.id and i.period @> {TODAY}) as placed_count
    from device_model m
"""  # noqa: S608  # constants only
_KEY = "(coalesce(m.manufacturer, ''), m.model_no)"
_ONE = text(_MODELS + " where m.id = :id")
_LIKE = "gesuibo.fold(m.manufacturer) like :{word} or gesuibo.fold(m.model_no) like :{word}"
_DEVICES = text(
    f"""
    select d.id, d.asset_code, d.serial_no, d.spec_raw, d.retired_on, p.id as position_id,
      p.name as position_name, f.name as facility_name
    from device d
    left join installation i on i.device_id = d.id and i.period @> {TODAY}
    left join position p on p.id = i.position_id
    left join facility f on f.id = p.facility_id
    where d.model_id = :id and d.merged_into_id is null
    order by d.retired_on is not null, f.name nulls last, d.asset_code limit :limit
    """  # noqa: S608  # constants only
)


def page(session: Session, q: str, *, after: tuple[str, str], limit: int) -> list[RowMapping]:
    """Models by maker and number in which every word is found."""
    where, params = every_word(q, _LIKE)
    statement = text(
        f"{_MODELS} where ({where}) and {_KEY} > (:maker, :model_no) order by {_KEY} limit :limit"
    )
    seen = {"maker": after[0], "model_no": after[1], "limit": limit}
    return list(session.execute(statement, params | seen).mappings())


def read(session: Session, model_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": model_id}).mappings().first()


def devices_of(session: Session, model_id: UUID, *, limit: int) -> list[RowMapping]:
    """Those in place first, the retired last."""
    params = {"id": model_id, "limit": limit}
    return list(session.execute(_DEVICES, params).mappings())


def locked(session: Session, model_id: UUID) -> DeviceModel | None:
    return session.get(DeviceModel, model_id, with_for_update=True)
