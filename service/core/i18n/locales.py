"""The two languages of the service and how a browser's wish is read."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Self


class Locale(StrEnum):
    JA = "ja"
    EN = "en"

    @property
    def other(self) -> "Locale":
        return Locale.EN if self is Locale.JA else Locale.JA

    @property
    def own_name(self) -> str:
        return "日本語" if self is Locale.JA else "English"

    @classmethod
    def parse(cls, tag: str | None) -> Self | None:
        """Takes `en`, `en-GB` and `EN_us` alike; None for a language that is not offered."""
        primary = (tag or "").strip().replace("_", "-").split("-")[0].lower()
        return next((locale for locale in cls if locale == primary), None)

    @classmethod
    def negotiate(cls, accept_language: str) -> Self:
        """The best offered language of an Accept-Language header (RFC 9110 §12.5.4)."""
        ranked = sorted(_ranges(accept_language), key=lambda wish: -wish[1])
        wished = (cls.parse(tag) for tag, quality in ranked if quality > 0)
        return next((locale for locale in wished if locale), cls("ja"))


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        try:
            yield tag, float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
