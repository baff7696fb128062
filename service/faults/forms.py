"""What browsers' forms send, read into the same schemas that the API takes."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from service.core.clock import JST, now
from service.core.errors import DomainError, Invalid
from service.core.i18n.marker import N_
from service.core.identity import new_id
from service.faults.domain import OPEN_STATES, CaseState, EntryMode, Urgency
from service.faults.inbox import CaseFilter
from service.faults.schemas import (
    CaseChange,
    Reasoned,
    ReportCreate,
    Resolve,
    ResponseCreate,
    Wait,
)
from service.faults.steps import Step

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


class Mistyped(Invalid):
    """A form with fields that cannot be read; ``fields`` says which, and why."""

    code = "mistyped"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = dict(fields)


@dataclass(frozen=True)
class Typed:
    """What the person typed into one form, and what is wrong with it; nothing of it gets lost."""

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


def own_fields(form: Iterable[tuple[str, Any]], prefix: str) -> dict[str, Any]:
    """The fields of one form of a page that has several; their names carry its prefix."""
    return {
        name.removeprefix(f"{prefix}-"): value
        for name, value in form
        if name.startswith(f"{prefix}-") and isinstance(value, str)
    }


def _moment(text: str) -> datetime:
    """`datetime-local` knows no zone; people here mean Japan's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def local_input(moment: datetime | None) -> str:
    """The value of a `datetime-local` field, in Japan's time."""
    return "" if moment is None else moment.astimezone(JST).strftime("%Y-%m-%dT%H:%M")


def _read(
    schema: type[Schema], values: Mapping[str, Any], *, moments: Iterable[str] = ()
) -> Schema:
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


def step_form(step: Step, values: Mapping[str, Any]) -> Reasoned:
    known = {name: values[name] for name in values if name != "version"}
    if step is Step.WAIT:
        return _read(Wait, known)
    if step in {Step.RESOLVE, Step.CLOSE}:
        return _read(Resolve, known, moments=("stop_from", "stop_to"))
    return _read(Reasoned, known)


_YEN_SIGNS = str.maketrans("", "", ",¥\\円 ")


def yen_typed(text: str) -> str:
    """An amount as people write it: 「48,400」, 「４８，４００円」, 「¥48,400」."""
    return unicodedata.normalize("NFKC", text).translate(_YEN_SIGNS)


def response_form(values: Mapping[str, Any]) -> ResponseCreate:
    read = dict(values)
    if isinstance(values.get("cost_yen"), str):
        read["cost_yen"] = yen_typed(values["cost_yen"])
    return _read(ResponseCreate, read, moments=("started_at", "ended_at"))


def change_form(values: Mapping[str, Any]) -> CaseChange:
    """Every field of the form is on it, so an empty one takes its judgement back."""
    nullable = ("urgency", "severity", "cause_group", "company_id", "stop_from", "stop_to")
    marks = {name: values.get(name) == "true" for name in ("counts_as_failure", "temporary_fix")}
    known = {name: values[name] for name in values if name != "version"}
    read = _read(CaseChange, known | marks, moments=("stop_from", "stop_to"))
    taken_back = {name: None for name in nullable if values.get(name) == ""}
    return CaseChange.model_validate(read.model_dump(exclude_unset=True) | taken_back)


def report_form(values: Mapping[str, Any], symptoms: list[str], effects: list[str]) -> ReportCreate:
    """代行入力: somebody tells of a fault on the telephone, staff write it down.

    The form carries its id and the time it was opened: pressing the button twice is one report.
    """
    known = {"id": str(new_id()), "captured_at": now().isoformat()} | dict(values)
    fixed = {
        "symptoms": symptoms,
        "environment_effects": effects,
        "entry_mode": EntryMode.ON_BEHALF,
    }
    return _read(ReportCreate, known | fixed, moments=("occurred_at", "stop_from"))


def case_filter(query: Mapping[str, str], *, only_open: bool = False) -> CaseFilter:
    """Reads a list's filters; what cannot be read filters nothing, and the page shows it empty."""
    state = _one(CaseState, query.get("state", ""))
    states = [state] if state else sorted(OPEN_STATES) if only_open else []
    return CaseFilter(
        states=states,
        facility_id=_one(UUID, query.get("facility_id", "")),
        urgency=_one(Urgency, query.get("urgency", "")),
        company_id=_one(UUID, query.get("company_id", "")),
        position_id=_one(UUID, query.get("position_id", "")),
        unregistered=query.get("unregistered") == "true",
        occurred_from=_one(date.fromisoformat, query.get("occurred_from", "")),
        occurred_until=_one(date.fromisoformat, query.get("occurred_until", "")),
        words=query.get("q", "")[:100],
    )


def _one(read: Any, text: str) -> Any:
    try:
        return read(text) if text else None
    except ValueError:
        return None
