"""Words by which ledgers say that they do not know, that there is nothing, or nothing at all."""

from enum import StrEnum

from importers.values.text import folded


class Absence(StrEnum):
    """Why a cell holds no value."""

    BLANK = "blank"
    DASH = "dash"
    UNKNOWN = "unknown"
    IN_QUESTION = "in_question"
    NONE = "none"

    @property
    def is_unknown(self) -> bool:
        """There is a value, and nobody knows it; a dash leaves open whether there is one."""
        return self in {Absence.UNKNOWN, Absence.IN_QUESTION}


_DASHES = frozenset("-‐‑‒–—―−─━ー_*…・.")
_UNKNOWN = """
    不明 不詳 不明瞭 不明確 詳細不明 銘板不明 判読不能 判読不可 判読困難 読取不能 読取不可
    記録なし 資料なし 未記入 未記載 未確認 未調査 unknown n/a na
"""
_IN_QUESTION = "調査中 確認中 要確認 要調査 未定 検討中 後日 tbd"
_NONE = "無し なし 無 ナシ 該当なし 該当無し 銘板なし 銘板無し none"
_WORDS = (
    dict.fromkeys(_UNKNOWN.split(), Absence.UNKNOWN)
    | dict.fromkeys(_IN_QUESTION.split(), Absence.IN_QUESTION)
    | dict.fromkeys(_NONE.split(), Absence.NONE)
)
_LONGEST = max(map(len, _WORDS)) + 2


def absence_of(raw: str) -> Absence | None:
    """The reason why a cell has no value; None for a cell with one."""
    if len(raw) > _LONGEST and not raw.isspace():
        raw = raw.strip()
        if len(raw) > _LONGEST:
            return None
    text = folded(raw).lower().replace(" ", "")
    if not text:
        return Absence.BLANK
    if text[0] in "(【[「" and len(text) > 2:  # noqa: PLR2004 - a bracket on each side
        text = text[1:-1]
    if _DASHES.issuperset(text):
        return Absence.DASH
    return _WORDS.get(text) or (Absence.UNKNOWN if set(text) == {"?"} else None)
