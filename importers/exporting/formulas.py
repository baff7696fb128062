"""Cells that a spreadsheet program would take for formulas (OWASP, CSV injection)."""

import re

# An apostrophe shows text as it is; reading takes it away again.
_LIVE = re.compile(r"^[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"^-\d+(?:\.\d+)?$")


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what would start a formula; negative numbers stay."""
    return f"'{cell}" if _LIVE.match(cell) and not _NUMBER.match(cell) else cell
