"""Where a row of a report, and its mark in the drawing, leads: one step nearer to the cases."""

from service.analytics.catalogue import Kind
from service.analytics.conditions import Conditions
from service.analytics.figure import Address
from service.analytics.report import Report, Value


def addresses(report: Report, kind: Kind, conditions: Conditions) -> Address:
    """From a row's key to a page: a place, the devices of a group, the classes of a month."""
    rows = {str(row["key"]): row for row in report.rows}

    def address(key: str) -> str | None:
        row = rows.get(key)
        return None if row is None else _address(row, kind, conditions)

    return address


def _address(row: dict[str, Value], kind: Kind, conditions: Conditions) -> str | None:
    key = str(row["key"] or "")
    if row.get("position_id"):
        return f"/positions/{row['position_id']}"
    if kind.is_monthly:
        asked = conditions.query(**{"from": key, "to": key, "sort": "-failures"})
        return f"/analytics/failure-rate?{asked}"
    if kind.has_groups and key and "@" not in key:
        asked = conditions.query(group=key, sort="-failures")
        return f"/analytics/failure-rate/devices?{asked}"
    return None
