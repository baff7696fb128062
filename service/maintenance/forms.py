"""What the forms of inspections and part replacements send, as the schemas take it."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from service.core.http.forms import yen_typed
from service.maintenance.domain import read_items

_INSPECTED = ("inspector", "result", "health", "health_basis", "next_due_on", "note")
_REPLACED = ("part_no", "done_by", "cost_yen", "case_no", "cause", "note")


def typed_values(form: FormData) -> dict[str, str]:
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


def _sent(
    values: Mapping[str, str], day: str, optional: tuple[str, ...], *, corrects: bool
) -> dict[str, Any]:
    """What was typed, as the schemas take it; in a correction an emptied field is empty."""
    sent: dict[str, Any] = {name: value for name, value in values.items() if name != "version"}
    if values.get(day):
        sent[day] = {"start": values[day], "end": values[day], "precision": "day"}
    if corrects:
        sent |= {name: None for name in optional if not values.get(name)}
    return sent


def inspection_sent(values: Mapping[str, str], *, corrects: bool) -> dict[str, Any]:
    sent = _sent(values, "inspected", _INSPECTED, corrects=corrects)
    return sent | {"items": read_items(values.get("items", ""))}


def replacement_sent(values: Mapping[str, str], *, corrects: bool) -> dict[str, Any]:
    sent = _sent(values, "replaced", _REPLACED, corrects=corrects)
    if sent.get("cost_yen"):
        sent["cost_yen"] = yen_typed(sent["cost_yen"])
    return sent


def version_of(values: Mapping[str, str]) -> int:
    """A form without its version was made on none that there is."""
    return int(values["version"]) if values.get("version", "").isdecimal() else 0
