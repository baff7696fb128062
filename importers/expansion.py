"""「No.1～4汚水ポンプ」 in one row: four places, or one that stands for four, as decided."""

from importers.decisions import Decisions, Groups
from importers.sources.source import Cells
from importers.values.groups import parse_group, unit_of
from importers.values.reading import Unreadable

_OF_THE_WHOLE = ("serial_no", "cost", "quantity")  # what the ledger says of all together
_CODES = ("position_code", "asset_code")
MOST = 50


def expand_group(cells: Cells, decisions: Decisions) -> list[Cells]:
    """The cells of each member of a group, or the row as it is.

    Raises:
        Unreadable: ``group-in-one-row``; asks.
    """
    members = _members(cells)
    if len(members) < 2 or decisions.groups is Groups.KEEP:  # noqa: PLR2004 - one is no group
        return [cells]
    if decisions.groups is None:
        raise Unreadable("group-in-one-row", asks=True, value=str(cells["name"]))
    return [_member(cells, unit_no, name) for unit_no, name in members]


def _members(cells: Cells) -> list[tuple[str, str]]:
    name = cells.get("name")
    if not name:
        return []
    group = parse_group(name)
    if group is not None:
        return list(group.members)
    count = cells.get("quantity", 1)
    if not 1 < count <= MOST or unit_of(name)[1] or "unit_no" in cells:
        return []
    return [(str(number), f"No.{number}{name}") for number in range(1, count + 1)]


def _member(cells: Cells, unit_no: str, name: str) -> Cells:
    own = {field: value for field, value in cells.items() if field not in _OF_THE_WHOLE}
    own |= {"name": name, "unit_no": unit_no}
    return own | {code: f"{cells[code]}-{unit_no}" for code in _CODES if code in cells}
