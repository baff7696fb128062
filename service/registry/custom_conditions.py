"""Conditions on the city's own fields, as the form of the list sends them."""

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from service.registry.models import CustomField
from service.registry.queries import custom

_PREFIX = "custom."


def own_fields(session: Session, class_code: str | None) -> list[CustomField]:
    """The fields by which a list of one class can be narrowed down."""
    return custom.of_class(session, class_code) if class_code else []


def has_own_fields(
    session: Session, owner: str, class_code: str, values: Mapping[str, object]
) -> bool:
    return bool(values) or any(field.owner == owner for field in own_fields(session, class_code))


def wanted_of(params: Mapping[str, str]) -> str | None:
    """「custom.材質=SUS」, 「custom.揚程.from=10」 … as one condition; or what is so already."""
    parts = [params["custom"]] if params.get("custom") else []
    return ";".join([*parts, *_parts(params)])[:1000] or None


def _parts(params: Mapping[str, str]) -> Iterator[str]:
    ranges: dict[str, dict[str, str]] = {}
    for name, value in params.items():
        if not name.startswith(_PREFIX) or not value.strip():
            continue
        label = name.removeprefix(_PREFIX)
        plain = value.replace(";", " ").strip()
        for bound in ("from", "to"):
            if label.endswith(f".{bound}"):
                ranges.setdefault(label.removesuffix(f".{bound}"), {})[bound] = plain
                break
        else:
            how = "=" if label.endswith(".is") else "~"
            yield f"{label.removesuffix('.is')}{how}{plain}"
    for label, bounds in ranges.items():
        yield f"{label}={bounds.get('from', '')}..{bounds.get('to', '')}"
