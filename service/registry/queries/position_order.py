"""By what a list of positions can be sorted."""

from typing import NamedTuple

from service.registry.queries.search import TODAY


class Order(NamedTuple):
    """The expression, its type by which a cursor is read, and what it needs joined.

    Places for which ``unknown`` holds have no such key: they come last, by their codes.
    """

    key: str
    kind: str = "text"
    join: str = ""
    unknown: str = ""


_DATED = f"""join installation j on j.position_id = p.id and j.period @> {TODAY}
  join device x on x.id = j.device_id"""
_UNDATED = f"""coalesce((select x.installed_from is null from installation j
  join device x on x.id = j.device_id
  where j.position_id = p.id and j.period @> {TODAY} limit 1), true)"""  # noqa: S608  # constants
SORTS = {
    "name": Order("p.name"),
    "criticality": Order("p.criticality"),
    "health": Order("p.health", "integer", unknown="p.health is null"),
    "installed": Order("x.installed_from", "date", _DATED, _UNDATED),
}
