"""Devices that stood in a place before the present one."""

from importers.records import Draft, Ref, RowNotes
from importers.sources import devices
from importers.sources.source import Cells, Source, column, dated, picked
from importers.values.choices import choice
from importers.values.codes import read_code, read_optional_code
from importers.values.dates import read_day, read_partial_date
from importers.values.reading import Unreadable
from service.core.i18n.marker import N_
from service.registry.domain import RETIRED_REASON_LABELS, RetiredReason

_REASON = choice(
    RETIRED_REASON_LABELS,
    {
        "更新": RetiredReason.RENEWED,
        "移設": RetiredReason.RELOCATED,
        "故障": RetiredReason.FAILED,
        "廃止": RetiredReason.ABOLISHED,
        "その他": RetiredReason.OTHER,
    },
)


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    asset, position = cells["asset_code"], cells["position_code"]
    installed = cells.get("installed")
    if installed and installed.start and installed.start >= cells["retired_on"]:
        raise Unreadable("ends-before-start", column="撤去年月日")
    values = picked(cells, "asset_code", "serial_no", "retired_on", "retired_reason")
    values |= dated(cells, "installed", "installed") | dated(cells, "manufactured", "manufactured")
    refs = {"class_id": Ref("position", (position,), "class_id")}
    models = devices.model(cells)
    if models:
        refs["model_id"] = Ref("device_model", models[0].key)
    facility = Ref("position", (position,), "facility_id")
    place = devices.installation(asset, position, facility, installed, ends_on=cells["retired_on"])
    return [*models, Draft("device", (asset,), values, refs), place]


SOURCE = Source(
    "replaced_devices",
    N_("撤去機器一覧"),
    "device",
    (
        column("position_code", "設備番号", "設置箇所コード", read=read_code, required=True),
        column("asset_code", "機器番号", "整理番号", read=read_code, required=True),
        column("manufacturer", "製造者", "メーカー", "製造者名"),
        column("model_no", "型式", "形式", read=read_optional_code),
        column("serial_no", "製造番号", "機番", "製番", read=read_optional_code),
        column("manufactured", "製造年月", read=read_partial_date),
        column("installed", "設置年月日", "設置年月", read=read_partial_date),
        column("retired_on", "撤去年月日", "撤去日", read=read_day, required=True),
        column("retired_reason", "撤去理由", read=_REASON),
    ),
    _draft,
)
