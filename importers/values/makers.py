"""Names of makers: one for 「㈱A社」, 「A社（株）」, 「株式会社 A社」 and 「A社」."""

import re
from functools import cache

from importers.values.text import folded

_FORM = re.compile(
    r"\((?:株|有|合|資|名|財|社|独)\)|株式会社|有限会社|合同会社|合資会社|合名会社|Co\.,?\s*Ltd\.?|\binc\.?",
    re.IGNORECASE,
)
_OLD_FORMS = str.maketrans("髙﨑邊邉齋齊斉濵濱澤嶋嶌藪德ヶヵ", "高崎辺辺斎斎斎浜浜沢島島薮徳ケカ")
_BLANK = re.compile(r"[\s・.,]+")


@cache
def maker_name(raw: str) -> str:
    """The name without its legal form, in one width; letters stay as they were written."""
    return _FORM.sub("", folded(raw)).strip()


@cache
def maker_key(raw: str) -> str:
    """Equal for writings of one name, whatever its legal form, widths and old characters."""
    return _BLANK.sub("", maker_name(raw)).translate(_OLD_FORMS).casefold()
