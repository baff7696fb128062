"""The models of devices: maker, model number and what the maker says of them."""

from typing import Any

from importers.records import Addition, Draft, RowNotes
from importers.sources import devices
from importers.sources.device_columns import SPEC_COLUMNS, SPEC_FIELDS
from importers.sources.readers import read_maker, spec
from importers.sources.source import Cells, Source, column, picked
from importers.values.codes import read_code
from importers.values.dates import read_day
from service.core.i18n.marker import N_


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    raw, number = cells.get("manufacturer"), cells["model_no"]
    name = devices.maker(raw)
    values: dict[str, Any] = {"manufacturer": name, "manufacturer_raw": raw, "model_no": number}
    facts = dict(cells["spec"][1]) if "spec" in cells else {}
    facts |= picked(cells, *SPEC_FIELDS)
    if facts:
        values["spec"] = Addition(facts)
    values |= picked(cells, "discontinued_on")
    return [Draft("device_model", (name or "", number), values)]


SOURCE = Source(
    "device_models",
    N_("機種一覧"),
    "device_model",
    (
        column("manufacturer", "製造者", "メーカー", "メーカー名", read=read_maker),
        column("model_no", "型式", "形式", "型番", read=read_code, required=True),
        column("spec", "仕様", "標準仕様", bind=spec),
        *SPEC_COLUMNS,
        column("discontinued_on", "製造中止日", "生産終了日", "製造終了日", read=read_day),
    ),
    _draft,
)
