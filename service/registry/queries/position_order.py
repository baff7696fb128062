"""By what a list of positions can be sorted."""

from typing import NamedTuple

from service.registry.queries.search import TODAY


class Order(NamedTuple):
    """The expression, its type by which a cursor is read, and what it needs joined.

    Places for which ``unknown`` holds have no such key: they come last, by their codes. ``walk``
    is joined instead where nothing narrows the list: it begins with the index of the keys.
    """

    key: str
    kind: str = "text"
    join: str = ""
    unknown: str = ""
    walk: str = ""


# LATERAL with LIMIT: PostgreSQL believes that few stays hold on one day, and would read them all.
_DATED = f"""join lateral (select d.installed_from from installation i
    join device d on d.id = i.device_id
    where i.position_id = p.id and i.period @> {TODAY} limit 1) x on true"""  # noqa: S608
_BY_DATE = f"""join device x on true
  join lateral (select i.position_id from installation i
    where i.device_id = x.id and i.period @> {TODAY} limit 1) j on j.position_id = p.id"""  # noqa: S608
_UNDATED = f"""coalesce((select x.installed_from is null from installation j
  join device x on x.id = j.device_id
  where j.position_id = p.id and j.period @> {TODAY} limit 1), true)"""  # noqa: S608  # constants
SORTS = {
    "name": Order("p.name"),
    "criticality": Order("p.criticality"),
    "health": Order("p.health", "integer", unknown="p.health is null"),
    "installed": Order("x.installed_from", "date", _DATED, _UNDATED, _BY_DATE),
}
