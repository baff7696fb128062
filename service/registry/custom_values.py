"""What a field of the city's own may hold, and how it is read from what people type."""

import math
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from service.core.errors import Invalid
from service.core.i18n.marker import N_


class FieldOwner(StrEnum):
    POSITION = "position"
    DEVICE = "device"


FIELD_OWNER_LABELS = {
    FieldOwner.POSITION: N_("設置箇所（機器を替えても残る）"),
    FieldOwner.DEVICE: N_("機器（移設・更新のとき機器と動く）"),
}


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


FIELD_KIND_LABELS = {
    FieldKind.TEXT: N_("文字"),
    FieldKind.NUMBER: N_("数値"),
    FieldKind.DATE: N_("年月日"),
    FieldKind.YES_NO: N_("はい・いいえ"),
    FieldKind.CHOICE: N_("選択肢"),
}
LONGEST_TEXT = 500
_LARGEST = 1e15
_YES = frozenset({"true", "1", "はい", "有", "あり", "○", "〇"})
_NO = frozenset({"false", "0", "いいえ", "無", "なし", "×"})
# Columns that every ledger of equipment has: another of that name could not be told from them.
TAKEN_LABELS = frozenset(
    {
        "設備番号",
        "施設コード",
        "場所",
        "分類コード",
        "機器名称",
        "号機",
        "上位設備番号",
        "機器番号",
        "製造者",
        "型式",
        "製造番号",
        "製造年月",
        "仕様",
        "設置年月",
        "取得価格",
        "重要度",
        "予備機",
        "健全度",
        "健全度判定日",
        "状態",
        "備考",
        "旧番号",
    }
)

CustomValue = str | int | float | bool


class ValueUnfit(Invalid):
    code = "custom-value-unfit"
    message = N_("「%(label)s」に入れられない値です（%(value)s）。")


class FieldUnknown(Invalid):
    code = "custom-field-unknown"
    message = N_("「%(label)s」という独自項目はありません。")


class LabelTaken(Invalid):
    code = "custom-label-taken"
    message = N_("「%(label)s」という項目はすでにあります。")


def read_value(kind: FieldKind, choices: Sequence[str], typed: Any) -> CustomValue:
    """The value as it is kept: a date as ISO text, a whole number without a point.

    Raises:
        ValueError: when the field cannot hold it.
    """
    if kind is FieldKind.CHOICE:
        return _chosen(choices, typed)
    return _READ[kind](typed)


def write_value(value: Any) -> str:
    """As a form or a ledger writes it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return format(Decimal(str(value)).normalize(), "f")
    return "" if value is None else str(value)


def _text(typed: Any) -> str:
    text = str(typed).strip()
    if not text or len(text) > LONGEST_TEXT or "\x00" in text:
        raise ValueError
    return text


def _number(typed: Any) -> int | float:
    if isinstance(typed, bool):
        raise ValueError  # noqa: TRY004  # one kind of error for every unfit value
    plain = unicodedata.normalize("NFKC", str(typed)).replace(",", "").strip()
    try:
        number = float(Decimal(plain))
    except InvalidOperation as error:
        raise ValueError(typed) from error
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise ValueError
    return int(number) if number.is_integer() else number


def _date(typed: Any) -> str:
    return date.fromisoformat(str(typed).strip()).isoformat()


def _yes_no(typed: Any) -> bool:
    word = str(typed).strip().lower()
    if word not in _YES | _NO:
        raise ValueError
    return word in _YES


def _chosen(choices: Sequence[str], typed: Any) -> str:
    wanted = unicodedata.normalize("NFKC", str(typed)).strip()
    for choice in choices:
        if unicodedata.normalize("NFKC", choice) == wanted:
            return choice
    raise ValueError


_READ: dict[FieldKind, Callable[[Any], CustomValue]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
}
