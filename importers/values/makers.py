"""Names of makers: one for 「㈱A社」, 「A社（株）」, 「株式会社 A社」 and 「A社」.

Former names are another matter: that 「B工業」 is now 「C」 only a person can decide.
"""

import re
from functools import lru_cache

from importers.values.text import folded

_FORM = re.compile(
    r"\((?:株|有|合|資|名|財|一財|公財|社|独|同)\)"
    r"|株式会社|有限会社|合同会社|合資会社|合名会社|一般財団法人|公益財団法人"
    r"|\bCo\.?,?\s*Ltd\.?|\bCorporation\b|\bCorp\b\.?|\bInc\b\.?|\bLtd\b\.?",
    re.IGNORECASE,
)
_OLD_FORMS = str.maketrans(
    "髙﨑邊邉齋齊斉濵濱澤嶋嶌藪德國廣櫻ヶヵ", "高崎辺辺斎斎斎浜浜沢島島薮徳国広桜ケカ"
)
_BLANK = re.compile(r"[\s・.,&＆\-‐－_]+")


@lru_cache(maxsize=20_000)
def maker_name(raw: str) -> str:
    """The name without its legal form, in one width; letters stay as they were written."""
    name = _FORM.sub(" ", folded(raw)).strip(" ,.・")
    return " ".join(name.split()) or folded(raw)


@lru_cache(maxsize=20_000)
def maker_key(raw: str) -> str:
    """Equal for writings of one name, whatever its legal form, widths and old characters."""
    return _BLANK.sub("", maker_name(raw)).translate(_OLD_FORMS).casefold()
