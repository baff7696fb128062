"""By what a list of positions can be sorted."""

from typing import NamedTuple

from service.registry.queries.search import TODAY


class Order(NamedTuple):
    """The expression, and its type by which a cursor is read."""

    key: str
    kind: str = "text"


_INSTALLED = f"""coalesce((select x.installed_from from installation j
  join device x on x.id = j.device_id
  where j.position_id = p.id and j.period @> {TODAY} limit 1), date '9999-12-31')
"""  # noqa: S608  # constants only
# What is not known comes last when rising.
SORTS = {
    "name": Order("p.name"),
    "criticality": Order("p.criticality"),
    "health": Order("coalesce(p.health, 9)", "integer"),
    "installed": Order(_INSTALLED, "date"),
}
