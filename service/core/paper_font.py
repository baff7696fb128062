"""The font of everything printed as PDF: embedded, so that it looks the same on every printer."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONT = "NotoSansJP-Medium"
_FILE = (
    Path(__file__).parents[1]
    / "web/static/vendor/@expo-google-fonts/noto-sans-jp@0.4.3/NotoSansJP-Medium.ttf"
)
GETA = "〓"  # what a Japanese printer sets for a character that is not in the case
_INVISIBLE = {"Mn", "Cf", "Cc"}  # variation selectors, marks of direction


@lru_cache
def font() -> TTFont:
    pdfmetrics.registerFont(TTFont(FONT, str(_FILE)))
    return pdfmetrics.getFont(FONT)


def printable(text: str) -> tuple[str, set[str]]:
    """The text as it can be set, and the characters that the font has not, set as 〓."""
    glyphs = font().face.charToGlyph
    text = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    missing = {character for character in text if ord(character) not in glyphs}
    return ("".join(GETA if c in missing else c for c in text) if missing else text), missing
