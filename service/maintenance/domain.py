"""The words of inspections and part replacements, and how a measured item is written."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from service.core.errors import Conflict, Invalid
from service.core.i18n.marker import N_


class InspectionKind(StrEnum):
    ROUTINE = "routine"
    PERIODIC = "periodic"
    DETAILED = "detailed"
    EXTRAORDINARY = "extraordinary"
    STATUTORY = "statutory"


INSPECTION_KIND_LABELS = {
    InspectionKind.ROUTINE: N_("日常点検"),
    InspectionKind.PERIODIC: N_("定期点検"),
    InspectionKind.DETAILED: N_("精密点検"),
    InspectionKind.EXTRAORDINARY: N_("臨時点検"),
    InspectionKind.STATUTORY: N_("法定点検"),
}


class Judgement(StrEnum):
    """○, △ and × of the check sheets."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


JUDGEMENT_LABELS = {
    Judgement.GOOD: N_("良好"),
    Judgement.WATCH: N_("要観察"),
    Judgement.BAD: N_("異常"),
}
JUDGEMENT_MARKS = {Judgement.GOOD: "○", Judgement.WATCH: "△", Judgement.BAD: "×"}


class DayAhead(Invalid):
    code = "day-ahead"
    message = N_("将来の日付は記録できません。")


class DueBeforeInspected(Invalid):
    code = "due-before-inspected"
    message = N_("次回予定日は点検日より後にしてください。")


class InspectionRepeated(Invalid):
    code = "inspection-repeated"
    message = N_("同じ日の同じ区分の点検が記録されています。別の点検なら回を変えてください。")


class ReplacementRepeated(Invalid):
    code = "replacement-repeated"
    message = N_("同じ日の同じ部品の交換が記録されています。別の交換なら回を変えてください。")


class CompanyUnknown(Invalid):
    code = "company-unknown"
    message = N_("事業者コード「%(company_code)s」は登録されていません。")


class CaseUnknown(Invalid):
    code = "case-unknown"
    message = N_("案件番号「%(case_no)s」は登録されていません。")


class ModelUnknown(Conflict):
    code = "model-unknown"
    message = N_("この機器の型式が登録されていないため、部品表を作れません。")


class PartListed(Invalid):
    code = "part-listed"
    message = N_("この部品はすでに部品表にあります。")


class ItemUnreadable(Invalid):
    code = "item-unreadable"
    message = N_("点検項目は「電流=12.3 A ○」のように書いてください: %(written)s")


# -- a measured item in one line: 「電流=12.3 A ○」 ------------------------------------------------

_HALF_WIDTH = {ord("　"): " "} | {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_MARKS = {
    **dict.fromkeys("○〇◯", Judgement.GOOD),
    **dict.fromkeys("△▲", Judgement.WATCH),
    **dict.fromkeys("×✕✗", Judgement.BAD),
}
_ITEM = re.compile(r"(?P<item>[^=:]+)[=:](?P<rest>.*)", re.DOTALL)
_FIGURE = re.compile(
    r"(?P<value>[-+]?\d{1,12}(?:\.\d{1,9})?)(?![\d.,])\s*(?P<unit>[^\s\d=:;~+\-.,/]\S{0,19})?"
)
_SEPARATOR = re.compile(r"[;\n\r]+")

Item = dict[str, Any]


def read_items(written: str) -> list[Item]:
    """Items of one cell or text box, separated by line ends or semicolons.

    Raises:
        ItemUnreadable: for a line without 「=」 or without a name.
    """
    lines = _SEPARATOR.split(written.translate(_HALF_WIDTH))
    return [_read_item(line.strip()) for line in lines if line.strip()]


def _read_item(line: str) -> Item:
    match = _ITEM.fullmatch(line)
    if match is None or not match["item"].strip():
        raise ItemUnreadable(written=line[:80])
    item: Item = {"item": match["item"].strip()}
    rest = match["rest"].strip()
    judgement = _MARKS.get(rest[-1:])
    if judgement is not None:
        rest = rest[:-1].strip()
    figure = _FIGURE.fullmatch(rest)
    if figure is not None:
        item["value"] = float(Decimal(figure["value"]))
        if figure["unit"]:
            item["unit"] = figure["unit"]
    elif rest:
        item["text"] = rest
    if judgement is not None:
        item["judgement"] = judgement.value
    return item


def write_item(item: Item) -> str:
    parts = []
    if item.get("value") is not None:
        parts.append(_figure(item["value"]))
        parts.append(item.get("unit") or "")
    else:
        parts.append(item.get("text") or "")
    if item.get("judgement"):
        parts.append(JUDGEMENT_MARKS[Judgement(item["judgement"])])
    return f"{item['item']}={' '.join(part for part in parts if part)}"


def write_items(items: list[Item], separator: str = "; ") -> str:
    return separator.join(write_item(item) for item in items)


def _figure(value: float) -> str:
    number = Decimal(str(value))
    return format(number.normalize(), "f") if number else "0"


def refuse_ahead(day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise DayAhead
