"""Words and dates in the reader's language: Japanese texts are the keys, English is a catalogue."""

from service.core.i18n.catalogue import ngettext, translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.i18n.request import locale_of

__all__ = ["N_", "Locale", "locale_of", "ngettext", "translate"]
