"""Earlier faults that may tell something of a new one. Row-level security leaves out the rest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.faults.inbox import COLUMNS, TABLES

_OWN = text(f"""
  select {COLUMNS} from {TABLES}
  where c.position_id = :position_id and c.id <> :case_id
    and c.state not in ('merged', 'dismissed')
  order by c.occurred_at desc limit :limit
""")  # noqa: S608  # own fragments
_MODEL = text("""
  select m.id, m.manufacturer, m.model_no,
         (select count(*) from device o where o.model_id = m.id) as devices
  from device d join device_model m on m.id = d.model_id where d.id = :device_id
""")
_ALIKE = text(f"""
  select {COLUMNS}, count(*) over () as total from {TABLES}
  join device d on d.id = c.device_id
  where d.model_id = :model_id and c.device_id <> :device_id
    and c.state not in ('merged', 'dismissed')
  order by c.occurred_at desc limit :limit
""")  # noqa: S608  # own fragments


@dataclass(frozen=True)
class Similar:
    """Faults of the same position, and of other devices of the same model (同型機)."""

    own: list[Row[Any]]
    model: Row[Any] | None
    alike: list[Row[Any]]

    @property
    def alike_total(self) -> int:
        return self.alike[0].total if self.alike else 0


def similar(session: Session, case: Row[Any], *, limit: int = 8) -> Similar:
    where: dict[str, UUID | int | None] = {
        "case_id": case.id,
        "position_id": case.position_id,
        "device_id": case.device_id,
        "limit": limit,
    }
    own = list(session.execute(_OWN, where)) if case.position_id else []
    model = session.execute(_MODEL, where).first() if case.device_id else None
    alike = list(session.execute(_ALIKE, where | {"model_id": model.id})) if model else []
    return Similar(own, model, alike)
