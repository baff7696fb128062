"""By what a list of positions can be sorted."""

from typing import NamedTuple

from service.registry.queries.search import TODAY


class Order(NamedTuple):
    """The expression, its type by which a cursor is read, and what it needs joined."""

    key: str
    kind: str = "text"
    join: str = ""


# All at once: sorting asks for the device of every place anyway.
_DEVICES = f"""left join (select j.position_id, x.installed_from from installation j
  join device x on x.id = j.device_id where j.period @> {TODAY}) placed on placed.position_id = p.id
"""  # noqa: S608  # constants only
# What is not known comes last when rising.
SORTS = {
    "name": Order("p.name"),
    "criticality": Order("p.criticality"),
    "health": Order("coalesce(p.health, 9)", "integer"),
    "installed": Order("coalesce(placed.installed_from, date '9999-12-31')", "date", _DEVICES),
}
