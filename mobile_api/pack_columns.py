"""A pack by columns: what repeats is said once, so that 8,000 positions are a small download.

A position is known by its code, the city's own number, which is never given another meaning: random
ids hardly compress.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from mobile_api.schemas import FacilityRead, PackCase, PackClass


class Words(BaseModel):
    """Few words for many rows: ``rows`` holds places in ``words``, -1 where there is none."""

    words: list[str]
    rows: list[int]


class Prefixed(BaseModel):
    """Each value is the first ``shared`` characters of another one, and its own ``rest``."""

    shared: list[int] = Field(description="-1 where there is no value")
    rest: list[str]


class PackColumns(BaseModel):
    """All that a phone needs to work in the facility without signal, column by column."""

    facility: FacilityRead
    classes: list[PackClass]
    code: Prefixed = Field(description="Shared with the row before")
    name: Words
    unit_no: Words
    class_code: Words
    location: Words
    status: Words
    health: list[int | None]
    tags: str = Field(description="Rows apart by commas, several tags of one row by spaces")
    asset_code: Prefixed = Field(description="Shared with the position's own code")
    model_no: Words
    serial_no: list[str | None]
    open_cases: list[PackCase] = Field(description="Newest first; whole in every answer")
    cursor: str = Field(description="For `changes?since=`")


class PackChanges(PackColumns):
    """The positions that have changed, each to take the place of that with its code.

    When the digest of what comes of it is another one, something has gone: the whole pack is due.
    """

    digest: str = Field(
        description="SHA-256 of a line for each position in the order of codes: code, asset code"
        " or nothing, tags; a space between, a line feed between lines"
    )


WORDS = ("name", "unit_no", "class_code", "location", "status", "model_no")


def columns(positions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    codes = [row["code"] for row in positions]
    assets = [row["asset_code"] for row in positions]
    spoken = {name: _words([row[name] for row in positions]) for name in WORDS}
    return spoken | {
        "code": _prefixed(codes, ["", *codes]),
        "asset_code": _prefixed(assets, codes),
        "health": [row["health"] for row in positions],
        "tags": ",".join(" ".join(row["tags"]) for row in positions),
        "serial_no": [row["serial_no"] for row in positions],
    }


def _words(values: Sequence[str | None]) -> Words:
    places: dict[str, int] = {}
    rows = [-1 if value is None else places.setdefault(value, len(places)) for value in values]
    return Words(words=list(places), rows=rows)


def _prefixed(values: Sequence[str | None], others: Sequence[str]) -> Prefixed:
    shared = [
        -1 if value is None else _shared(value, other)
        for value, other in zip(values, others, strict=False)
    ]
    rest = [(value or "")[max(count, 0) :] for value, count in zip(values, shared, strict=True)]
    return Prefixed(shared=shared, rest=rest)


def _shared(value: str, other: str) -> int:
    """Only characters of the basic plane count: a phone counts the others twice."""
    count = 0
    for mine, yours in zip(value, other, strict=False):
        if mine != yours or ord(mine) > 0xFFFF:  # noqa: PLR2004  # the end of the basic plane
            break
        count += 1
    return count
