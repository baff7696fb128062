"""Buildings, floors and rooms of facilities: one row is a place and all the places around it."""

from importers.records import Draft, Ref, RowNotes
from importers.sources import devices
from importers.sources.source import Cells, Lookup, Source, column
from importers.values.choices import choice
from importers.values.codes import read_class_code
from importers.values.text import read_name
from service.core.i18n.marker import N_
from service.registry.domain import LOCATION_KIND_LABELS


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    facility = cells["facility_code"]
    *around, here = devices.locations(facility, cells["path"])
    values = dict(here.values)
    if "kind" in cells:
        values["kind"] = cells["kind"]
    soft = frozenset() if "kind" in cells else frozenset({"kind"})
    refs = {"facility_id": Ref("facility", (facility,)), **here.refs}
    return [*around, Draft("location", here.key, values, refs, soft=soft)]


SOURCE = Source(
    "locations",
    N_("場所一覧"),
    "location",
    (
        column("facility_code", "施設コード", "施設番号", "機場コード", read=read_class_code),
        column(
            "facility",
            "施設",
            "施設名",
            "施設名称",
            "機場名",
            lookup=Lookup("facility", "facility_code"),
        ),
        column("path", "場所", "場所名", "設置場所", read=read_name, required=True),
        column("kind", "場所の種別", "場所種別", read=choice(LOCATION_KIND_LABELS)),
    ),
    _draft,
    elsewhere=frozenset({"facility", "facility_code"}),
)
