"""Marks a Japanese text for the catalogue where it is written and translated later."""


def N_(text: str) -> str:  # noqa: N802  # the gettext name for "translate later"
    return text
