"""What browsers' forms send, read into the same schemas that the API takes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.core.clock import JST, now
from service.core.http.forms import read_form, yen_typed
from service.core.identity import new_id
from service.faults.domain import OPEN_STATES, CaseState, EntryMode, Urgency, WaitReason
from service.faults.inbox import CaseFilter
from service.faults.schemas import (
    CaseChange,
    Reasoned,
    ReportCreate,
    Resolve,
    ResponseCreate,
    Submission,
    Wait,
)
from service.faults.steps import Step

ANY_OPEN_STATE = "open"  # what a list's filter says for all states that are not final


def own_fields(form: Iterable[tuple[str, Any]], prefix: str) -> dict[str, Any]:
    """The fields of one form of a page that has several; their names carry its prefix."""
    return {
        name.removeprefix(f"{prefix}-"): value
        for name, value in form
        if name.startswith(f"{prefix}-") and isinstance(value, str)
    }


def local_input(moment: datetime | None) -> str:
    """The value of a `datetime-local` field, in Japan's time."""
    return "" if moment is None else moment.astimezone(JST).strftime("%Y-%m-%dT%H:%M")


def step_form(step: Step, values: Mapping[str, Any]) -> Reasoned:
    known = {name: values[name] for name in values if name != "version"}
    if step is Step.WAIT:
        return read_form(Wait, known)
    if step is Step.SUBMIT:
        return read_form(Submission, known, moments=("stop_from", "stop_to"))
    if step in {Step.RESOLVE, Step.CLOSE}:
        return read_form(Resolve, known, moments=("stop_from", "stop_to"))
    return read_form(Reasoned, known)


def response_form(values: Mapping[str, Any]) -> ResponseCreate:
    read = dict(values)
    if isinstance(values.get("cost_yen"), str):
        read["cost_yen"] = yen_typed(values["cost_yen"])
    return read_form(ResponseCreate, read, moments=("started_at", "ended_at"))


def change_form(values: Mapping[str, Any]) -> CaseChange:
    """Every field of the form is on it, so an empty one takes its judgement back."""
    nullable = ("urgency", "severity", "cause_group", "company_id", "stop_from", "stop_to")
    marks = {name: values.get(name) == "true" for name in ("counts_as_failure", "temporary_fix")}
    known = {name: values[name] for name in values if name != "version"}
    read = read_form(CaseChange, known | marks, moments=("stop_from", "stop_to"))
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
    return read_form(ReportCreate, known | fixed, moments=("occurred_at", "stop_from"))


def case_filter(query: Mapping[str, str], *, only_open: bool = False) -> CaseFilter:
    """Reads a list's filters; what cannot be read filters nothing, and the page shows it empty."""
    state = _one(CaseState, query.get("state", ""))
    wants_open = only_open or query.get("state") == ANY_OPEN_STATE
    states = [state] if state else sorted(OPEN_STATES) if wants_open else []
    return CaseFilter(
        states=states,
        facility_id=_one(UUID, query.get("facility_id", "")),
        urgency=_one(Urgency, query.get("urgency", "")),
        urgent=query.get("urgent") == "true",
        wait_reason=_one(WaitReason, query.get("wait_reason", "")),
        company_id=_one(UUID, query.get("company_id", "")),
        position_id=_one(UUID, query.get("position_id", "")),
        unregistered=query.get("unregistered") == "true",
        overdue=query.get("overdue") == "true",
        occurred_from=_one(date.fromisoformat, query.get("occurred_from", "")),
        occurred_until=_one(date.fromisoformat, query.get("occurred_until", "")),
        words=query.get("q", "")[:100],
    )


def _one(read: Any, text: str) -> Any:
    try:
        return read(text) if text else None
    except ValueError:
        return None
