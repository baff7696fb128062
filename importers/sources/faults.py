"""Fault history: one row is a case, the report that told of it and what was done."""

from datetime import datetime, time

from importers.decisions import Decisions
from importers.matching.faults import FaultMatcher
from importers.records import OCCUPANT, Draft, Ref, RowNotes
from importers.sources.fault_columns import COLUMNS
from importers.sources.source import Cells, Source, picked
from importers.values.instants import join_day_time, read_instant
from importers.values.reading import Unreadable
from service.core.clock import JST
from service.core.i18n.marker import N_
from service.faults import domain as words
from service.faults.domain import CaseState, OccurredPrecision, OperationEffect
from service.faults.severity import severity_of

_SUMMARY_LENGTH = 80
_SOFT = frozenset({"summary"})  # follows from the report; people may have reworded it
RECEIVED = frozenset({"captured_at", "received_at", "entry_mode", "company_id"})
_UNTOLD = frozenset({"kind", "company_id"})
_DONE = frozenset({CaseState.RESOLVED, CaseState.IN_APPROVAL, CaseState.CLOSED})


def _draft(cells: Cells, notes: RowNotes) -> list[Draft]:
    drafts = [_case(cells, notes)]
    if "body" in cells:
        drafts += _report(cells)
    if "response" in cells:
        drafts.append(_response(cells))
    return drafts


def _case(cells: Cells, notes: RowNotes) -> Draft:
    number = cells["case_no"]
    values = picked(
        cells,
        "case_no",
        "occurred_at",
        "occurred_precision",
        "found_at",
        "detection",
        "alarm_class",
        "alarm_text",
        "symptoms",
        "operation_effect",
        "environment_effects",
        "urgency",
        "cause_group",
        "counts_as_failure",
        "state_reason",
        "stop_from",
        "stop_to",
    )
    values.setdefault("occurred_precision", _precision(cells["occurred_at"]))
    values["reported_at"] = _reported_at(cells)
    if "body" in cells:
        values["summary"] = cells["body"].split("\n")[0][:_SUMMARY_LENGTH]
    values |= _severity(cells) | _state(cells, notes)
    refs = {"facility_id": Ref("facility", (cells["facility_code"],))}
    refs |= _place(cells, values)
    if "company_code" in cells:
        refs["company_id"] = Ref("company", (cells["company_code"],))
    if "merged_into" in cells:
        refs["merged_into_id"] = Ref("fault_case", (cells["merged_into"],))
    soft = _SOFT if "temporary_fix" in cells else _SOFT | {"temporary_fix"}
    return Draft("fault_case", (number,), values, refs, soft=soft)


def _precision(moment: datetime) -> str:
    """A day without an hour is read as its midnight."""
    clock = moment.astimezone(JST).time()
    return OccurredPrecision.DAY if clock == time() else OccurredPrecision.EXACT


def _moments(cells: Cells, _decisions: Decisions, notes: RowNotes) -> list[Cells]:
    """The hour of a column of its own joins its day."""
    if "occurred_time" in cells and "occurred_at" in cells:
        day = f"{cells['occurred_at'].astimezone(JST):%Y-%m-%d}"
        try:
            reading = read_instant(join_day_time(day, cells.pop("occurred_time")))
        except Unreadable as reason:
            params = reason.params | {"in_field": "occurred_time", "field": "occurred_time"}
            raise Unreadable(reason.code, asks=reason.asks, **params) from reason
        cells["occurred_at"] = reading.value
        notes.changes("発生日時", reading.changes)
    return [cells]


def _reported_at(cells: Cells) -> object:
    for field in ("reported_at", "found_at", "occurred_at"):
        if field in cells:
            return cells[field]
    raise Unreadable("required-missing", column="発生日時")


def _severity(cells: Cells) -> Cells:
    if "severity" in cells or "operation_effect" not in cells:
        return picked(cells, "severity")
    operation = OperationEffect(cells["operation_effect"])
    return {"severity": severity_of(operation, cells.get("environment_effects", []))}


def _state(cells: Cells, notes: RowNotes) -> Cells:
    """Closed cases need their day, merged ones their target; what is missing is not invented."""
    state = CaseState(cells.get("state", CaseState.CLOSED if "closed_at" in cells else "reported"))
    if "merged_into" in cells and state is not CaseState.MERGED:
        notes.warn("state-from-merge", "状況", state=words.CASE_STATE_LABELS[state])
        state = CaseState.MERGED
    if state is CaseState.MERGED and "merged_into" not in cells:
        raise Unreadable("merged-without-target", column="統合先案件番号")
    if state is CaseState.WAITING and "wait_reason" not in cells:
        raise Unreadable("waiting-without-reason", column="待ち理由")
    values: Cells = {"state": state.value}
    if state is CaseState.WAITING:
        values["wait_reason"] = cells["wait_reason"]
    if state is CaseState.CLOSED:
        if "closed_at" not in cells:
            raise Unreadable("closed-without-day", column="完了日時")
        if cells["closed_at"] < cells["occurred_at"]:
            raise Unreadable("ends-before-start", column="完了日時")
        values["closed_at"] = cells["closed_at"]
    values["temporary_fix"] = cells.get(
        "temporary_fix", "temporary_action" in cells and state in words.OPEN_STATES - _DONE
    )
    return values


def _place(cells: Cells, values: Cells) -> dict[str, Ref]:
    if "position_code" not in cells:
        values["unregistered_desc"] = cells.get("unregistered") or cells.get("body", "不明")
        return {}
    position = cells["position_code"]
    day = cells["occurred_at"].astimezone(JST).date().isoformat()
    return {
        "position_id": Ref("position", (position,)),
        "device_id": Ref(OCCUPANT, (position, day)),
    }


def _report(cells: Cells) -> list[Draft]:
    number = cells["case_no"]
    report_no = cells.get("report_no", f"{number}-1")
    at = _reported_at(cells)
    values = {
        "report_no": report_no,
        "reporter_name": cells.get("reporter_name", "記載なし"),
        "body": cells["body"],
        "captured_at": at,
        "received_at": at,
        "entry_mode": words.EntryMode.IMPORTED.value,
        **picked(cells, "temporary_action"),
    }
    link = {
        "case_id": Ref("fault_case", (number,)),
        "report_id": Ref("fault_report", (report_no,)),
    }
    return [
        Draft("fault_report", (report_no,), values, _company(cells), soft=RECEIVED),
        Draft("case_report", (number, report_no), {}, link),
    ]


def _company(cells: Cells) -> dict[str, Ref]:
    return (
        {"company_id": Ref("company", (cells["company_code"],))} if "company_code" in cells else {}
    )


def _response(cells: Cells) -> Draft:
    number = cells["case_no"]
    started, ended = cells.get("started_at"), cells.get("ended_at")
    if started and ended and started > ended:
        raise Unreadable("ends-before-start", column="対応終了")
    values = {
        "seq": 1,
        "kind": words.ResponseKind.PERMANENT_FIX.value,
        "actor_name": cells.get("actor_name", cells.get("reporter_name", "記載なし")),
        "description": cells["response"],
        **picked(cells, "started_at", "ended_at", "action_code", "cost_yen", "expenditure_class"),
    }
    refs = {"case_id": Ref("fault_case", (number,)), **_company(cells)}
    return Draft("response_record", (number, "1"), values, refs, soft=_UNTOLD)


SOURCE = Source(
    "faults",
    N_("故障履歴"),
    "fault_case",
    COLUMNS,
    _draft,
    elsewhere=frozenset({"facility", "facility_code"}),
    expand=_moments,
    matcher=FaultMatcher,
)
