"""What people have decided about a file: asked once, kept with the job, saved for next year."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Groups(StrEnum):
    """What becomes of 「No.1～4」 in one row."""

    EXPLODE = "explode"
    KEEP = "keep"


class RetireMissing(BaseModel):
    """Places that the file no longer names are abolished on a day, up to a share of them all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    ceiling_percent: float = Field(default=5.0, gt=0, le=100)


class Decisions(BaseModel):
    """Keys are header signatures (`header_signature`), header names or kinds of records.

    ``source``: sort of ledger of every table; ``sources``: by header signature, "" leaves the
    table out. ``columns``: field by header name, per header signature, "" leaves the column out.
    ``eras``: by field, the era of years without one. ``code_widths``: by field, how many digits
    numbers have. ``lookups``: by kind, the code that a word of the file means. ``replacements``:
    by field, what a cell should have said ("" leaves it blank).
    """

    model_config = ConfigDict(extra="forbid")

    encoding: str | None = None
    source: str | None = None
    sources: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, dict[str, str]] = Field(default_factory=dict)
    eras: dict[str, Literal["明治", "大正", "昭和", "平成", "令和", "西暦"]] = Field(
        default_factory=dict
    )
    code_widths: dict[str, int] = Field(default_factory=dict)
    crs: int | None = None
    groups: Groups | None = None
    bare_bore: Literal["bore", "ampere"] | None = None
    make_numbers: bool | None = None
    prefix_codes: bool | None = None
    lookups: dict[str, dict[str, str]] = Field(default_factory=dict)
    replacements: dict[str, dict[str, str]] = Field(default_factory=dict)
    blank_clears: list[str] = Field(default_factory=list)
    retire_missing: RetireMissing | None = None

    def reusable(self) -> dict[str, Any]:
        """What also holds for next year's file."""
        return self.model_dump(
            mode="json", exclude={"encoding", "source", "retire_missing"}, exclude_defaults=True
        )


HEADERS = "headers"


def answered(decisions: Decisions, answers: Iterable[tuple[Sequence[str], Any]]) -> Decisions:
    """The decisions with answers at their paths (see `importers.questions`).

    An answer at (``headers``, signature, field) names the header that holds the field.

    Raises:
        pydantic.ValidationError: an answer that the place cannot hold.
    """
    document = decisions.model_dump(mode="json")
    for path, value in answers:
        (*parents, last), new = path, value
        if parents[:1] == [HEADERS]:
            parents, last, new = ["columns", parents[1]], value, last
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = new
    return Decisions.model_validate(document)


def header_signature(header: tuple[str, ...]) -> str:
    """Sheets with the same columns are decided once."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()[:12]
