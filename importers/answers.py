"""What a person answered on the page of an import."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from importers.errors import AnswerUnusable

Answer = tuple[list[str], Any]


def answers_of(form: Mapping[str, str]) -> Iterator[Answer]:
    """Places in the decisions with what goes there; questions left open are not among them.

    ``path.N`` holds the place of an answer as JSON, ``choice.N`` a chosen value as JSON,
    ``text.N`` a typed one and ``blank.N`` that the cells are to be left blank.

    Raises:
        AnswerUnusable: the form is none of this page's.
    """
    for name, written in form.items():
        kind, _, number = name.partition(".")
        if kind != "path" or not number.isdecimal():
            continue
        path = [str(part) for part in _parsed(written)]
        if choice := form.get(f"choice.{number}"):
            yield path, _parsed(choice)
        elif text := form.get(f"text.{number}", "").strip():
            yield path, text
        elif f"blank.{number}" in form:
            yield path, ""


def columns_of(signature: str, form: Mapping[str, str]) -> dict[str, Any]:
    """A table's columns as the form has them: ``column.HEADER`` is a field, "" none."""
    columns = {
        name.removeprefix("column."): field
        for name, field in form.items()
        if name.startswith("column.")
    }
    patch: dict[str, Any] = {"columns": {signature: columns}}
    if "source" in form:
        patch["sources"] = {signature: form["source"]}
    return patch


def retirement_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What is to become of places that the file does not name.

    Raises:
        AnswerUnusable: without the tick, a day and a ceiling nothing is abolished.
    """
    try:
        on = date.fromisoformat(form.get("on", ""))
        ceiling = float(form.get("ceiling_percent", ""))
    except ValueError as error:
        raise AnswerUnusable from error
    if not form.get("sure"):
        raise AnswerUnusable
    return {"retire_missing": {"on": on.isoformat(), "ceiling_percent": ceiling}}


def _parsed(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError as error:
        raise AnswerUnusable from error
