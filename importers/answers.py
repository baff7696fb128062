"""What a person answered on the page of an import, as decisions."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from importers.decisions import Decisions, answered
from importers.errors import AnswerUnusable

Path = list[str]


def decided(decisions: Decisions, form: Mapping[str, str]) -> Decisions:
    """The decisions with the form's answers; questions that were left open stay open.

    ``path.N`` holds the place of an answer as JSON, ``choice.N`` a chosen value as JSON,
    ``text.N`` a typed one and ``blank.N`` that the cells are to be left blank.

    Raises:
        AnswerUnusable: a value that does not fit its place.
    """
    try:
        return answered(decisions, _answers(form))
    except (ValidationError, AttributeError, TypeError, ValueError) as error:
        raise AnswerUnusable from error


def _answers(form: Mapping[str, str]) -> Iterator[tuple[Path, Any]]:
    for name, written in form.items():
        kind, _, number = name.partition(".")
        if kind != "path" or not number.isdecimal():
            continue
        path: Path = [str(part) for part in json.loads(written)]
        if choice := form.get(f"choice.{number}"):
            yield path, json.loads(choice)
        elif text := form.get(f"text.{number}", "").strip():
            yield path, text
        elif f"blank.{number}" in form:
            yield path, ""


def columns_of(decisions: Decisions, signature: str, form: Mapping[str, str]) -> Decisions:
    """The decisions with a table's columns as the form has them: ``column.HEADER`` is a field."""
    columns = {
        name.removeprefix("column."): field
        for name, field in form.items()
        if name.startswith("column.")
    }
    document = decisions.model_dump(mode="json")
    document["columns"][signature] = columns
    if source := form.get("source"):
        document["sources"][signature] = source if source != "-" else ""
    return Decisions.model_validate(document)
