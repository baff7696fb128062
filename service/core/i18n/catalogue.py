"""Translation: the Japanese text is the key; `locale/en/<slice>.po` holds the English.

The fragments are read as they are, once; there is no compile step to forget.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from service.core.i18n.locales import Locale

LOCALE_DIR = Path(__file__).parent / "locale"


def read_fragment(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


@lru_cache
def translations(locale: Locale) -> Mapping[str, tuple[str, ...]]:
    """All fragments of a language; each text with its forms (one form unless it counts)."""
    merged: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALE_DIR / locale).glob("*.po")):
        for text, forms in entries(read_fragment(path)):
            merged.setdefault(text, forms)
    return merged


def entries(fragment: Catalog) -> list[tuple[str, tuple[str, ...]]]:
    """Each text of a fragment with its forms."""
    return [
        (entry.id if isinstance(entry.id, str) else entry.id[0], _forms(entry.string))
        for entry in fragment
        if entry.id and not entry.fuzzy
    ]


def _forms(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def lookup(text: str, locale: Locale, count: int | None = None) -> str:
    """The text in the language with its gaps still open; the key itself when nothing is known."""
    forms = translations(locale).get(text)
    if not forms or not forms[0]:
        return text
    return forms[0] if count is None or count == 1 else forms[-1]


def translate(text: str, locale: Locale, **params: object) -> str:
    """Fills the gaps `%(name)s`; without values a percent sign stands for itself."""
    known = lookup(text, locale)
    return known % params if params else known


def ngettext(singular: str, plural: str, count: int, locale: Locale, **params: object) -> str:
    """A text that counts; `%(num)s` is the number. Japanese has one form, so both are the same."""
    known = lookup(singular, locale, count)
    if known == singular and count != 1:
        known = plural
    return known % {"num": count, **params}
