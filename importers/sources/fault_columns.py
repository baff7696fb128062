"""The columns of fault records, and the words that old ones use."""

from importers.sources.readers import instants, yen
from importers.sources.source import Column, Lookup, column
from importers.values.choices import choice, choices
from importers.values.codes import read_class_code, read_code, read_optional_code
from importers.values.numbers import read_int, read_yes_no
from importers.values.reading import Reading, Unreadable
from importers.values.text import read_raw, read_words
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
from service.faults.symptoms import SYMPTOMS

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


_LEAST_SEVERE = 4


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


def read_severity(raw: str) -> Reading:
    """影響度 1 (stopped, or harm outside) to 4 (no effect).

    Raises:
        Unreadable: ``severity-out-of-range``, ``not-a-number``.
    """
    reading = read_int(raw)
    if not 1 <= reading.value <= _LEAST_SEVERE:
        raise Unreadable("severity-out-of-range", value=raw)
    return reading


COLUMNS: tuple[Column, ...] = (
    column("case_no", "案件番号", "管理番号", "受付番号", "故障番号", "整理番号", read=read_code),
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
    column("report_no", "報告番号", "報告書番号", read=read_optional_code),
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
    column("severity", "影響度", read=read_severity),
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
    column("temporary_fix", "応急処置済", read=read_yes_no),
    column("stop_from", "停止開始", bind=instants),
    column("stop_to", "復旧日時", bind=instants),
    column("response", "対応内容", "処置内容", "対応", "処置", "措置内容", "修理内容"),
    column("actor_name", "対応者", "対応者氏名", "処置者"),
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
    column("state_reason", "状況の理由", "対象外の理由"),
    column("wait_reason", "待ち理由", read=choice(words.WAIT_REASON_LABELS)),
)
