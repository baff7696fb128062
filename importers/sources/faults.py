"""Fault history: one row is a case, the report that told of it and what was done."""

from datetime import datetime, time

from importers.decisions import Decisions
from importers.matching.faults import FaultMatcher
from importers.records import OCCUPANT, Draft, Ref, RowNotes
from importers.sources.readers import instants, yen
from importers.sources.source import Cells, Lookup, Source, column, picked
from importers.values.choices import choice, choices
from importers.values.codes import read_class_code, read_code, read_optional_code
from importers.values.instants import join_day_time, read_instant
from importers.values.numbers import read_yes_no
from importers.values.reading import Reading, Unreadable
from importers.values.text import read_raw, read_words
from service.core.clock import JST
from service.core.i18n.marker import N_
from service.faults import domain as words
from service.faults.domain import (
    AlarmClass,
    CaseState,
    Detection,
    EnvironmentEffect,
    OccurredPrecision,
    OperationEffect,
    Urgency,
)
from service.faults.severity import severity_of
from service.faults.symptoms import SYMPTOMS

_SUMMARY_LENGTH = 80
_DONE = frozenset({CaseState.RESOLVED, CaseState.IN_APPROVAL, CaseState.CLOSED})


_PRECISION = choice(
    words.OCCURRED_PRECISION_LABELS,
    {"分": OccurredPrecision.EXACT, "時": OccurredPrecision.HOUR, "日": OccurredPrecision.DAY},
)
_DETECTION = choice(
    words.DETECTION_LABELS,
    {
        "巡回": Detection.PATROL,
        "運転中": Detection.OPERATION,
        "その他": Detection.OTHER,
        "点検": Detection.PATROL,
    },
)
_ALARM = choice(
    words.ALARM_CLASS_LABELS,
    {"重": AlarmClass.MAJOR, "軽": AlarmClass.MINOR, "なし": AlarmClass.NONE},
)
_OPERATION = choice(
    words.OPERATION_EFFECT_LABELS,
    {
        "低下": OperationEffect.REDUCED,
        "予備機継続": OperationEffect.ON_STANDBY,
        "なし": OperationEffect.NONE,
    },
)
_ENVIRONMENT = choices(
    words.ENVIRONMENT_EFFECT_LABELS,
    {"放流": EnvironmentEffect.DISCHARGE, "なし": EnvironmentEffect.NONE},
)
_URGENCY = choice({rank: rank.value for rank in Urgency})
_ACTION = choice(words.ACTION_CODE_LABELS, {"その他": words.ActionCode.OTHER})
_STATE = choice(words.CASE_STATE_LABELS, {"完了": CaseState.CLOSED, "未処置": CaseState.ACCEPTED})


def _read_symptoms(raw: str) -> Reading:
    """Codes or labels of the symptom vocabulary.

    Raises:
        Unreadable: ``unknown-word``.
    """
    by_label = {symptom.label: code for code, symptom in SYMPTOMS.items()}
    found = [by_label.get(word, word.upper()) for word in read_words(raw).value]
    for code in found:
        if code not in SYMPTOMS:
            raise Unreadable("unknown-word", asks=True, value=code)
    return Reading(found)


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
        "stop_from",
        "stop_to",
    )
    values.setdefault("occurred_precision", _precision(cells["occurred_at"]))
    values["reported_at"] = _reported_at(cells)
    values["summary"] = cells.get("body", "").split("\n")[0][:_SUMMARY_LENGTH]
    values |= _severity(cells) | _state(cells, notes)
    refs = {"facility_id": Ref("facility", (cells["facility_code"],))}
    refs |= _place(cells, values)
    if "company_code" in cells:
        refs["company_id"] = Ref("company", (cells["company_code"],))
    if "merged_into" in cells:
        refs["merged_into_id"] = Ref("fault_case", (cells["merged_into"],))
    return Draft("fault_case", (number,), values, refs)


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
    if "operation_effect" not in cells:
        return {}
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
    values["temporary_fix"] = "temporary_action" in cells and state in words.OPEN_STATES - _DONE
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
    report_no = f"{number}-1"
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
        Draft("fault_report", (report_no,), values, _company(cells)),
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
        "actor_name": cells.get("reporter_name", "記載なし"),
        "description": cells["response"],
        **picked(cells, "started_at", "ended_at", "action_code", "cost_yen", "expenditure_class"),
    }
    refs = {"case_id": Ref("fault_case", (number,)), **_company(cells)}
    return Draft("response_record", (number, "1"), values, refs)


SOURCE = Source(
    "faults",
    N_("故障履歴"),
    "fault_case",
    (
        column(
            "case_no", "案件番号", "管理番号", "受付番号", "故障番号", "整理番号", read=read_code
        ),
        column("facility_code", "施設コード", "施設番号", "機場コード", read=read_class_code),
        column(
            "facility",
            "施設",
            "施設名",
            "施設名称",
            "機場",
            "機場名",
            "処理場名",
            "ポンプ場名",
            "場名",
            lookup=Lookup("facility", "facility_code"),
        ),
        column("position_code", "設備番号", "設備コード", read=read_optional_code),
        column(
            "equipment",
            "機器名",
            "設備名",
            "機器名称",
            "設備名称",
            "対象機器",
            "対象設備",
            "故障機器",
            "故障設備",
            "故障箇所",
            "機器",
        ),
        column("unregistered", "未登録機器"),
        column(
            "occurred_at",
            "発生日時",
            "発生日",
            "発生年月日",
            "故障日",
            "故障日時",
            "故障年月日",
            "日付",
            "年月日",
            bind=instants,
            required=True,
        ),
        column("occurred_time", "発生時刻", "発生時間", "時刻", "故障時刻", read=read_raw),
        column("occurred_precision", "発生精度", read=_PRECISION),
        column("found_at", "発見日時", "発見日", bind=instants),
        column("reported_at", "報告日時", "報告日", "受付日時", "受付日", bind=instants),
        column("detection", "発見の契機", read=_DETECTION),
        column("alarm_class", "警報区分", read=_ALARM),
        column("alarm_text", "警報名"),
        column("symptoms", "現象", read=_read_symptoms),
        column("operation_effect", "運転への影響", read=_OPERATION),
        column("environment_effects", "周辺への影響", read=_ENVIRONMENT),
        column("urgency", "緊急度", read=_URGENCY),
        column("company_code", "報告者会社コード", "会社コード", read=read_class_code),
        column("reporter_name", "報告者氏名", "報告者", "発見者", "担当者"),
        column(
            "body",
            "内容",
            "故障内容",
            "不具合内容",
            "状況内容",
            "故障状況",
            "故障の内容",
            "不具合の内容",
            "件名",
            "概要",
        ),
        column("temporary_action", "応急処置"),
        column("stop_from", "停止開始", bind=instants),
        column("stop_to", "復旧日時", bind=instants),
        column("response", "対応内容", "処置内容", "対応", "処置", "措置内容", "修理内容"),
        column("action_code", "処置区分", read=_ACTION),
        column("started_at", "対応開始", bind=instants),
        column("ended_at", "対応終了", bind=instants),
        column("cost_yen", "費用", "修理費", "修繕費", "金額", bind=yen),
        column("expenditure_class", "支出区分", read=choice(words.EXPENDITURE_CLASS_LABELS)),
        column("cause_group", "原因区分", read=choice(words.CAUSE_GROUP_LABELS)),
        column("closed_at", "完了日時", bind=instants),
        column("state", "状況", read=_STATE),
        column("counts_as_failure", "故障計上", read=read_yes_no),
        column("merged_into", "統合先案件番号", read=read_optional_code),
        column("wait_reason", "待ち理由", read=choice(words.WAIT_REASON_LABELS)),
    ),
    _draft,
    elsewhere=frozenset({"facility", "facility_code"}),
    expand=_moments,
    matcher=FaultMatcher,
)
