"""Fields of the city's own, and the conditions that lists set on them."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.registry.models import CustomField
from service.registry.queries.search import TODAY, folded, like

_CLASSES_OF = {
    "position": text(
        "select c.class_code from position p join equipment_class c on c.id = p.class_id"
        " where p.id = :id"
    ),
    "device": text(
        "select c.class_code from device d join equipment_class c on c.id = d.class_id"
        " where d.id = :id"
    ),
}
_KNOWN_CLASSES = text("select class_code from equipment_class where class_code = any (:codes)")
_ALL_CLASSES = text("select class_code, minor from equipment_class order by class_code")
_CONDITION = re.compile(r"([^;:=~]+)([=~])([^;]+)")
_RANGE = re.compile(r"(.*?)\.\.(.*)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def fields(session: Session, *, with_retired: bool = False) -> list[CustomField]:
    statement = select(CustomField).order_by(col(CustomField.created_at), col(CustomField.id))
    if not with_retired:
        statement = statement.where(col(CustomField.retired_at).is_(None))
    return list(session.exec(statement))


def known_then(session: Session) -> list[CustomField]:
    """All fields that were there at the moment that the register is asked for."""
    statement = (
        select(CustomField)
        .where(text("created_at <= coalesce(gesuibo.known_at(), clock_timestamp())"))
        .order_by(col(CustomField.created_at), col(CustomField.id))
    )
    return list(session.exec(statement))


def of_class(session: Session, class_code: str) -> list[CustomField]:
    return [
        field
        for field in fields(session)
        if not field.class_codes or class_code in field.class_codes
    ]


def class_of(session: Session, owner: str, owner_id: UUID) -> str | None:
    found: str | None = session.execute(_CLASSES_OF[owner], {"id": owner_id}).scalar_one_or_none()
    return found


def known_classes(session: Session, codes: list[str]) -> set[str]:
    return set(session.execute(_KNOWN_CLASSES, {"codes": codes}).scalars())


def classes(session: Session) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in session.execute(_ALL_CLASSES).all()]


def locked(session: Session, field_id: UUID) -> CustomField | None:
    return session.get(CustomField, field_id, with_for_update=True)


def conditions(wanted: str) -> tuple[list[str], dict[str, Any]]:
    """「材質~SUS;揚程=10..20;区分=A」 as SQL on a position and the device in it.

    ``~`` finds a part of a text, ``=`` the very value or what lies between two; what cannot be
    read finds nothing.
    """
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for number, part in enumerate(filter(None, wanted.split(";"))):
        match = _CONDITION.fullmatch(part)
        if match is None:
            return ["false"], {}
        label, how, value = (word.strip() for word in match.groups())
        params[f"cl{number}"] = label
        clause = _clause(number, how, value, params)
        clauses.append(
            f"({clause.format(of='p')} or exists (select 1 from installation ci"  # noqa: S608
            f" join device cd on cd.id = ci.device_id where ci.position_id = p.id"
            f" and ci.period @> {TODAY} and {clause.format(of='cd')}))"
        )
    return clauses, params


def _clause(number: int, how: str, value: str, params: dict[str, Any]) -> str:
    value_of = f"({{of}}.custom ->> :cl{number})"
    if how == "~":
        params[f"cv{number}"] = like(folded(value))
        return f"gesuibo.fold{value_of} like :cv{number}"
    between = _RANGE.fullmatch(value)
    if between is None:
        params[f"cv{number}"] = value
        return f"{value_of} = :cv{number}"
    low, high = (bound.strip() or None for bound in between.groups())
    params |= {f"cf{number}": low, f"ct{number}": high}
    cast_to = "numeric" if all(_NUMBER.fullmatch(b) for b in (low, high) if b) else "text"
    kind = "number" if cast_to == "numeric" else "string"
    bounds = (
        f"(cast(:cf{number} as {cast_to}) is null or {value_of}::{cast_to} >= :cf{number})"
        f" and (cast(:ct{number} as {cast_to}) is null or {value_of}::{cast_to} <= :ct{number})"
    )
    return (
        f"case when jsonb_typeof({{of}}.custom -> :cl{number}) = '{kind}' then {bounds}"
        " else false end"
    )
