"""Japanese or English on the terminal, before any catalogue can be read.

The launcher speaks while the environment, the database and the compiled catalogues may all still
be missing, so its sentences stand as pairs in the code. What goes wrong is always shown in both
languages: whoever mends a server at night may not read the one that was set.
"""

import os


def prefers_english() -> bool:
    for name in ("GESUIBO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("en")
    return False


def either(ja: str, en: str) -> str:
    return en if prefers_english() else ja


class SetupFailed(Exception):  # reads as what happened
    """A step of starting, stopping or keeping the service was refused; says what to do next."""

    def __init__(self, ja: str, en: str, *, code: str = "setup-failed") -> None:
        super().__init__(f"{ja}\n{en}")
        self.ja = ja
        self.en = en
        self.code = code
