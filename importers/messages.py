"""The sentence behind each code of a plan, in the reader's language."""

import re
from collections.abc import Mapping
from typing import Any

from importers.fields import field_label
from importers.models import JobState, Outcome
from importers.reading.sentences import FILE_NOTES, LEFT_OUT
from importers.records import Message
from importers.sentences import ASKED, REASONS, RULES
from service.core.i18n import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_

OUTCOME_LABELS = {
    Outcome.CREATE: N_("新規"),
    Outcome.UPDATE: N_("更新"),
    Outcome.UNCHANGED: N_("変更なし"),
    Outcome.CONFLICT: N_("矛盾"),
    Outcome.REJECTED: N_("取込不可"),
    Outcome.NEEDS_DECISION: N_("要判断"),
}
STATE_LABELS = {
    JobState.ARRIVED: N_("読込待ち"),
    JobState.PLANNED: N_("計画"),
    JobState.APPLYING: N_("書込中"),
    JobState.APPLIED: N_("確定済み"),
    JobState.UNDOING: N_("取消中"),
    JobState.UNDONE: N_("取消済み"),
    JobState.FAILED: N_("失敗"),
    JobState.ABANDONED: N_("中止"),
}


def sentence(message: Message, locale: Locale) -> str:
    """One thing that happened to a row, told as old → new or as a reason."""
    code = message["code"]
    if message["level"] == "change":
        rule = translate(RULES[code], locale)
        return f"{rule}: {message['old']} → {message['new']}"
    params = {name: _word(value, locale) for name, value in message["params"].items()}
    return translate(REASONS[code], locale, **params)


def note_sentence(note: Mapping[str, Any], locale: Locale) -> str:
    """What was left out of a table or a file, with its rows."""
    code = note["code"]
    if code in LEFT_OUT:
        rows = ", ".join(map(str, note["rows"]))
        return f"{translate(LEFT_OUT[code], locale)}: {rows}"
    if code in FILE_NOTES:
        return translate(FILE_NOTES[code], locale, **{k: v for k, v in note.items() if k != "code"})
    return translate(REASONS[code], locale, **{k: v for k, v in note.items() if k != "code"})


def code_sentence(level: str, code: str, locale: Locale) -> str:
    """A rule or a reason by itself, for counting; gaps stand open."""
    words = RULES if level == "change" else REASONS
    return re.sub(r"%\((\w+)\)s", "…", translate(words[code], locale).replace("%%", "%"))


def question_sentence(question: Mapping[str, Any], locale: Locale) -> str:
    """What a person is asked, in one line."""
    words = dict(question["params"]) | {"header": question["header"]}
    params = {name: _word(value, locale) for name, value in words.items()}
    params.setdefault("value", "")
    return translate(ASKED.get(question["code"], ASKED[""]), locale, **params)


def _word(value: object, locale: Locale) -> object:
    return translate(field_label(value), locale) if isinstance(value, str) else value
