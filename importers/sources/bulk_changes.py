"""One value for many positions, as the page 「まとめて変更」 writes it."""

from importers.records import Draft, RowNotes
from importers.sources.equipment_columns import COLUMNS as EQUIPMENT
from importers.sources.source import Cells, Source, column, picked
from importers.values.codes import read_code
from service.core.i18n.marker import N_

CHANGEABLE = ("criticality", "redundancy", "status")
POSITION = "まとめて変更する設備番号"


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    return [Draft("position", (cells["position_code"],), picked(cells, *CHANGEABLE))]


SOURCE = Source(
    "bulk_changes",
    N_("まとめて変更"),
    "position",
    (
        column("position_code", POSITION, read=read_code, required=True),
        *(one for one in EQUIPMENT if one.field in CHANGEABLE),
    ),
    _draft,
)
