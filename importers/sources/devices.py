"""What ledgers say of a device in the same words: maker, model, places, days of installation."""

import re
from functools import lru_cache
from typing import Any

from importers.records import Draft, Ref
from importers.sources.source import Cells
from importers.values.makers import maker_name
from importers.values.text import folded
from service.core.partial_date import PartialDate, Precision
from service.registry.domain import LocationKind

_KIND_ENDINGS = (
    ("棟", LocationKind.BUILDING),
    ("階", LocationKind.FLOOR),
    ("室", LocationKind.ROOM),
    ("池", LocationKind.BASIN),
    ("槽", LocationKind.BASIN),
    ("系", LocationKind.TRAIN),
    ("系列", LocationKind.TRAIN),
    ("屋外", LocationKind.OUTDOORS),
    ("屋上", LocationKind.OUTDOORS),
)
_FLOOR = re.compile(r"B?\d+F|P?H?RF", re.IGNORECASE)


@lru_cache(maxsize=4096)
def locations(facility: str, path: str) -> tuple[Draft, ...]:
    """「沈砂池棟/B2F/ポンプ室」 is three places, each inside the one before."""
    names = [name for name in re.split(r"\s*[/／>]\s*", path.strip()) if name]
    drafts = []
    for depth in range(1, len(names) + 1):
        here = "/".join(names[:depth])
        values = {
            "location_code": here,
            "kind": _location_kind(names[depth - 1]).value,
            "name": names[depth - 1],
            "path": here,
        }
        refs = {"facility_id": Ref("facility", (facility,))}
        if depth > 1:
            refs["parent_id"] = Ref("location", (facility, "/".join(names[: depth - 1])))
        drafts.append(Draft("location", (facility, here), values, refs, ensure=True))
    return tuple(drafts)


def _location_kind(name: str) -> LocationKind:
    if _FLOOR.fullmatch(folded(name)):
        return LocationKind.FLOOR
    for ending, kind in _KIND_ENDINGS:
        if name.endswith(ending):
            return kind
    return LocationKind.ROOM


def model(cells: Cells) -> list[Draft]:
    """The model that the row names; of a maker alone it is not known which."""
    raw = cells.get("manufacturer")
    number = cells.get("model_no") or (UNKNOWN_MODEL if raw else None)
    if not number:
        return []
    values = {"manufacturer": maker(raw), "manufacturer_raw": raw, "model_no": number}
    return [Draft("device_model", (maker(raw) or "", number), values, ensure=True)]


UNKNOWN_MODEL = "型式不明"


@lru_cache(maxsize=4096)
def maker(raw: str | None) -> str | None:
    """One name for 「㈱A社」, 「A社（株）」 and 「A社」; the writing is kept beside it."""
    return maker_name(raw) if raw else None


def installation(
    asset: str, position: str, facility: Ref, since: PartialDate | None, **more: Any
) -> Draft:
    """``until`` is the day on which the place was free again."""
    values: dict[str, Any] = {
        "starts_on": since.start if since else None,
        "starts_estimated": since is None or since.precision is not Precision.DAY,
        **more,
    }
    refs = {
        "device_id": Ref("device", (asset,)),
        "position_id": Ref("position", (position,)),
        "facility_id": facility,
    }
    return Draft("installation", (asset, position), values, refs)
