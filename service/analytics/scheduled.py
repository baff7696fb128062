"""Reports that their owner wants to be told of at the beginning of every month."""

from datetime import date
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Engine

from service.accounts import queries
from service.analytics.periods import parse_month
from service.core import clock, outbox
from service.core.database import transaction

MONTHS = 12


def announce_once(engine: Engine) -> bool:
    """Tells of one saved report that is due this month; False when there is none."""
    first = clock.today().replace(day=1)
    with transaction(engine) as session:
        view = queries.due_view(session, first)
        if view is None:
            return False
        view.told_month = first
        session.add(view)
        payload = {
            "view_id": str(view.id),
            "user_id": str(view.user_id),
            "name": view.name,
            "href": f"{view.path}?{rolled(view.query, first)}",
        }
        outbox.publish(session, "report.due", payload)
    return True


def rolled(query: str, first: date) -> str:
    """The window of the address moved, as long as it was, to end with the last complete month.

    An address without a window has the usual one, which moves by itself.
    """
    values = dict(parse_qsl(query))
    if not (values.get("from") and values.get("to")):
        return query
    start, end = _number(parse_month(values["from"])), _number(parse_month(values["to"]))
    last = _number(first) - 1
    return urlencode(values | {"from": _month(last - (end - start)), "to": _month(last)})


def _number(first: date) -> int:
    return first.year * MONTHS + first.month - 1


def _month(number: int) -> str:
    return f"{number // MONTHS:04}-{number % MONTHS + 1:02}"
