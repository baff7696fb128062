"""What is wrong with a value that could not be read, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_

SENTENCES = {
    "missing": N_("値がありません。"),
    "enum": N_("%(expected)s のどれかにしてください。"),
    "literal_error": N_("%(expected)s のどれかにしてください。"),
    "greater_than_equal": N_("%(ge)s以上にしてください。"),
    "greater_than": N_("%(gt)sより大きくしてください。"),
    "less_than_equal": N_("%(le)s以下にしてください。"),
    "less_than": N_("%(lt)sより小さくしてください。"),
    "string_too_short": N_("%(min_length)s文字以上にしてください。"),
    "string_too_long": N_("%(max_length)s文字以下にしてください。"),
    "too_short": N_("%(min_length)s個以上にしてください。"),
    "too_long": N_("%(max_length)s個以下にしてください。"),
    "int_parsing": N_("整数にしてください。"),
    "int_parsing_size": N_("桁の少ない整数にしてください。"),
    "int_from_float": N_("整数にしてください。"),
    "float_parsing": N_("数にしてください。"),
    "bool_parsing": N_("true か false にしてください。"),
    "extra_forbidden": N_("この項目は受け付けていません。"),
    "json_invalid": N_("JSONとして読み取れません。"),
}
OF_KIND = (
    ("uuid", N_("UUIDの形にしてください。")),
    ("datetime", N_("日時を「2026-11-23T16:05+09:00」の形にしてください。")),
    ("timezone", N_("日時を「2026-11-23T16:05+09:00」の形にしてください。")),
    ("date", N_("日付を「2026-11-23」の形にしてください。")),
)
OTHERWISE = N_("この値は使えません。形を確かめてください。")


def sentence(kind: str, values: Mapping[str, Any], locale: Locale) -> str:
    """Of an error by pydantic's ``kind`` and the ``values`` that it gives with it."""
    text = SENTENCES.get(kind)
    if text is None:
        text = next((words for part, words in OF_KIND if kind.startswith(part)), OTHERWISE)
    told = {name: _plain(value) for name, value in values.items()}
    try:
        return translate(text, locale, **told)
    except KeyError:
        return translate(OTHERWISE, locale)


def _plain(value: object) -> str:
    """Pydantic lists choices as ``'S', 'A' or ''``; nothing chosen is no word to advise."""
    choices = str(value).replace(" or ", ", ").replace("'", "").split(", ")
    return ", ".join(choice for choice in choices if choice)
