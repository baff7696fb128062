"""What people have decided about a file: asked once, kept with the job, saved for next year."""

import hashlib
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

    ``sources``: sort of ledger by header signature, "" leaves the table out. ``columns``: field by
    header name, per header signature, "" leaves the column out. ``eras``: by field, the era of
    years without one. ``lookups``: by kind, the code that a word of the file means.
    """

    model_config = ConfigDict(extra="forbid")

    encoding: str | None = None
    sources: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, dict[str, str]] = Field(default_factory=dict)
    eras: dict[str, Literal["明治", "大正", "昭和", "平成", "令和", "西暦"]] = Field(
        default_factory=dict
    )
    crs: int | None = None
    groups: Groups | None = None
    bare_bore: Literal["bore", "ampere"] | None = None
    make_numbers: bool | None = None
    lookups: dict[str, dict[str, str]] = Field(default_factory=dict)
    blank_clears: list[str] = Field(default_factory=list)
    retire_missing: RetireMissing | None = None

    def reusable(self) -> dict[str, Any]:
        """What also holds for next year's file."""
        return self.model_dump(
            mode="json", exclude={"encoding", "retire_missing"}, exclude_defaults=True
        )


def header_signature(header: tuple[str, ...]) -> str:
    """Sheets with the same columns are decided once."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()[:12]
