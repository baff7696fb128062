"""What browsers' forms send, read into the schemas that the API takes; nothing typed gets lost."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from service.core.clock import JST
from service.core.errors import DomainError, Invalid, NotFound
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_

Schema = TypeVar("Schema", bound=BaseModel)
MISSING = N_("入力してください。")
PICK_ONE = N_("一覧から選んでください。")
NOT_A_NUMBER = N_("数字で入力してください。")
NOT_A_MOMENT = N_("日時を「2026-11-23T16:05」の形で入力してください。")
NOT_READABLE = N_("入力内容を確かめてください。")
_SENTENCES = {
    "missing": MISSING,
    "string_too_short": MISSING,
    "too_short": MISSING,
    "enum": PICK_ONE,
    "unknown_symptom": PICK_ONE,
    "int_parsing": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
}


async def submitted(request: Request) -> FormData:
    return await request.form(max_fields=60, max_files=0)


Submitted = Annotated[FormData, Depends(submitted)]


class Mistyped(Invalid):
    """A form with fields that cannot be read; ``fields`` says which, and why."""

    code = "mistyped"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = dict(fields)


@dataclass(frozen=True)
class Typed:
    """What the person typed into one form, and what is wrong with it."""

    form: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def value(self, form: str, name: str, otherwise: Any = "") -> Any:
        return self.values.get(name, otherwise) if form == self.form else otherwise

    def error(self, form: str, name: str) -> str | None:
        return self.errors.get(name) if form == self.form else None


def field_errors(error: DomainError) -> dict[str, str]:
    """The sentence for each field of the form, from either kind of error."""
    if isinstance(error, Mistyped):
        return error.fields
    return {one.pointer.removeprefix("/"): one.message for one in error.errors}


def read_form(
    schema: type[Schema], values: Mapping[str, Any], *, moments: Iterable[str] = ()
) -> Schema:
    """Empty fields count as not given; ``moments`` are `datetime-local` fields.

    Raises:
        Mistyped: with a sentence for each field.
    """
    given = {name: value for name, value in values.items() if value != ""}
    wrong: dict[str, str] = {}
    for name in moments:
        if name in given:
            try:
                given[name] = _moment(given[name])
            except ValueError:
                wrong[name] = NOT_A_MOMENT
                del given[name]
    try:
        read = schema.model_validate(given)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else ""
            wrong.setdefault(name, _SENTENCES.get(one["type"], NOT_READABLE))
        raise Mistyped(wrong) from error
    if wrong:
        raise Mistyped(wrong)
    return read


def _moment(text: str) -> datetime:
    """`datetime-local` knows no zone; people here mean Japan's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


_YEN_SIGNS = str.maketrans("", "", ",¥\\円 ")


def yen_typed(text: str) -> str:
    """An amount as people write it: 「48,400」, 「４８，４００円」, 「¥48,400」."""
    return unicodedata.normalize("NFKC", text).translate(_YEN_SIGNS)


def attempt(
    request: Request, session: SessionDep, act: Callable[[], object], typed: Typed
) -> tuple[Typed, int] | None:
    """Does it, or says what was typed and what is wrong; then nothing has been written."""
    try:
        with session.begin_nested():
            act()
    except NotFound:
        raise
    except DomainError as error:
        errors = field_errors(error)
        failed = Typed(typed.form, typed.values, errors, explain(request, error))
        return failed, status_of(error)
    return None
