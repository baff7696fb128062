"""The report form of the tag page: what can be chosen, and what was sent."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from service.core.clock import JST
from service.core.errors import Invalid
from service.core.i18n.marker import N_
from service.faults.domain import (
    DETECTION_LABELS,
    ENVIRONMENT_EFFECT_LABELS,
    OPERATION_EFFECT_LABELS,
    EntryMode,
    EnvironmentEffect,
    OccurredPrecision,
    ReportKind,
)
from service.faults.schemas import ReportCreate
from service.faults.severity import GRAVEST
from service.faults.symptoms import DEFAULT_SET, SYMPTOMS

OTHER = "S90"
MAX_TILES = 8
HARMFUL = (EnvironmentEffect.OVERFLOW, EnvironmentEffect.DISCHARGE)
_SINGLE = (
    "report_id",
    "written_at",
    "symptom",
    "operation_effect",
    "detection",
    "occurred_local",
    "case_id",
    "emergency",
)
_TEXTS = ("body", "temporary_action", "measured")
# One figure a line, its name first: 電流 12.3 A.
_MEASURED = re.compile(r"(\S.*?)[\s:=]+([-+]?\d+(?:\.\d+)?)\s*(\S*)")
_MESSAGES = {
    "symptoms": N_("症状を一つ選んでください。"),
    "operation_effect": N_("運転への影響を選んでください。"),
    "occurred_at": N_("発生日時を読み取れませんでした。"),
    "body": N_("状況の文が長すぎます。10,000字までにしてください。"),
    "temporary_action": N_("応急処置の文が長すぎます。10,000字までにしてください。"),
}
_ANCHORS = {"symptoms": "symptom", "occurred_at": "occurred_local"}


class FormOutdated(Invalid):
    """A hidden value is gone or spoiled: nothing that the person can mend by typing."""

    code = "form-outdated"
    message = N_("画面が古くなっています。QRタグを読み直してください。")


def symptom_tiles(symptom_set: Sequence[str]) -> list[tuple[str, str]]:
    """At most eight of the class's symptoms, and その他 last; (code, label)."""
    codes = [code for code in (symptom_set or DEFAULT_SET) if code in SYMPTOMS and code != OTHER]
    return [(code, SYMPTOMS[code].label) for code in [*codes[:MAX_TILES], OTHER]]


def effect_tiles() -> list[tuple[str, str]]:
    return [(effect.value, label) for effect, label in OPERATION_EFFECT_LABELS.items()]


def surroundings_tiles() -> list[tuple[str, str, bool]]:
    """(value, label, whether sewage escapes)."""
    return [
        (effect.value, label, effect in HARMFUL)
        for effect, label in ENVIRONMENT_EFFECT_LABELS.items()
        if effect is not EnvironmentEffect.NONE
    ]


def detection_choices() -> list[tuple[str, str]]:
    return [(detection.value, label) for detection, label in DETECTION_LABELS.items()]


@dataclass
class Typed:
    """What stands in the form, to be shown again; ``errors`` are (field, sentence)."""

    values: dict[str, str] = field(default_factory=dict)
    surroundings: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def error_of(self, name: str) -> str | None:
        return next((text for field_name, text in self.errors if field_name == name), None)


def typed(form: FormData) -> Typed:
    values = {name: _text(form, name) for name in (*_SINGLE, *_TEXTS)}
    chosen = [value for value in form.getlist("environment_effects") if isinstance(value, str)]
    return Typed(values, chosen)


def photos(form: FormData) -> list[UploadFile]:
    """The files chosen; browsers send a nameless empty one when there is none."""
    return [
        upload
        for upload in form.getlist("photos")
        if isinstance(upload, UploadFile) and (upload.filename or upload.size)
    ]


def report(sent: Typed, equipment: dict[str, Any], announced: Sequence[str]) -> ReportCreate | None:
    """The report; None when the person has to mend something, named in ``sent.errors``.

    Everything comes from the form, even the time of writing: the same form sent twice is the same
    report.

    Raises:
        FormOutdated: when a hidden value cannot be read.
    """
    told = {
        "id": sent["report_id"],
        "position_id": equipment["position"]["id"],
        "symptoms": [sent["symptom"]] if sent["symptom"] else [],
        "operation_effect": sent["operation_effect"],
        "environment_effects": sent.surroundings,
        "captured_at": sent["written_at"],
        "body": sent["body"],
        "temporary_action": sent["temporary_action"] or None,
        "measured_values": measured(sent["measured"]),
        "announced_photos": list(announced),
        "entry_mode": EntryMode.TAG,
        "scanned_tag_id": equipment["tag"]["id"],
    } | _occurred(sent)
    if sent["case_id"]:
        told |= {"case_id": sent["case_id"], "kind": ReportKind.FOLLOW_UP}
    if sent["emergency"]:
        told["severity"] = GRAVEST
    if sent["detection"]:
        told["detection"] = sent["detection"]
    try:
        return ReportCreate.model_validate(told)
    except ValidationError as error:
        sent.errors = _sentences(error)
        return None


def measured(told: str) -> dict[str, float]:
    """Figures by name and unit; a line without a figure is left out. 「電流 12.3 A」: 電流(A)."""
    lines = unicodedata.normalize("NFKC", told).splitlines()
    found = [parts for line in lines if (parts := _MEASURED.fullmatch(line.strip()))]
    return {
        f"{name}({unit})" if unit else name: float(figure)
        for name, figure, unit in (parts.groups() for parts in found)
    }


def _occurred(sent: Typed) -> dict[str, Any]:
    """Without a time of its own the fault is as old as the report, give or take."""
    local = sent["occurred_local"]
    if not local:
        estimated = OccurredPrecision.ESTIMATED
        return {"occurred_at": sent["written_at"], "occurred_precision": estimated}
    try:
        at = datetime.fromisoformat(local)
    except ValueError:
        return {"occurred_at": local}
    return {"occurred_at": at if at.tzinfo else at.replace(tzinfo=JST)}


def _sentences(error: ValidationError) -> list[tuple[str, str]]:
    names = list(dict.fromkeys(str(item["loc"][0]) for item in error.errors()))
    if any(name not in _MESSAGES for name in names):
        raise FormOutdated from error
    return [(_ANCHORS.get(name, name), _MESSAGES[name]) for name in names]


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
