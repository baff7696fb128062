"""Rows that the registry refuses: what a new record lacks, what an old one never gives up."""

from collections.abc import Callable, Iterable

from importers.difference import difference
from importers.interpretation import InterpretedRow
from importers.kind import Kind
from importers.kinds import KINDS
from importers.known import Known, Record
from importers.occupancy import Occupancy
from importers.queries import Existing
from importers.records import Draft, Message, Ref, problem
from importers.resolution import Resolution


def block_unsound(
    rows: Iterable[InterpretedRow],
    known: Known,
    resolution: Resolution,
    drafted: dict[Record, Draft],
    repeated: Callable[[InterpretedRow], bool],
) -> None:
    """Blocks rows of one part that cannot be written whatever other rows say."""
    occupancy = Occupancy(known)
    examined: set[int] = set()
    for row in rows:
        is_repeated = repeated(row)  # settling tells of such rows; their stays say nothing new
        for draft in row.drafts:
            if id(draft) in examined:  # rows in one room share the drafts of their places
                continue
            clash = None if is_repeated else _clash(occupancy, draft)
            found = (
                clash
                or _lost_parent(draft, resolution)
                or _fault(draft, known, resolution, drafted)
            )
            if found is not None:
                row.block(found)
                break
            examined.add(id(draft))


def _clash(occupancy: Occupancy, draft: Draft) -> Message | None:
    if draft.kind != "installation":
        return None
    other = occupancy.clash(draft)
    if other is None:
        return None
    details = {"device": other.asset_code, "position": other.position_code}
    return problem("conflict", "installation-overlap", **details)


def _lost_parent(draft: Draft, resolution: Resolution) -> Message | None:
    """A place stands below another one of its own facility, never below itself."""
    parent = draft.refs.get("parent_id")
    if draft.kind != "position" or parent is None:
        return None
    if parent.key == draft.key:
        return problem("error", "own-parent", value=parent.key[0])
    here = resolution.value(draft.refs["facility_id"]) if "facility_id" in draft.refs else None
    there = resolution.value(Ref("position", parent.key, "facility_id"))
    if here is not None and there is not None and here != there:
        return problem("error", "parent-elsewhere", value=parent.key[0])
    return None


def _fault(
    draft: Draft, known: Known, resolution: Resolution, drafted: dict[Record, Draft]
) -> Message | None:
    kind = KINDS[draft.kind]
    before = known.find(draft.kind, draft.key)
    if before is None:
        return _missing(kind, drafted[draft.kind, draft.key])
    return _frozen(kind, draft, before, resolution)


def _missing(kind: Kind, told: Draft) -> Message | None:
    for name in kind.required:
        if name not in told.values and name not in told.refs:
            return problem("error", "value-missing", kind=kind.label, field=name)
    return None


def _frozen(kind: Kind, draft: Draft, before: Existing, resolution: Resolution) -> Message | None:
    if draft.ensure:
        return None
    for name in kind.fixed & draft.refs.keys():
        if resolution.value(draft.refs[name]) != before.values[name]:
            return problem("conflict", "fixed-value-differs", kind=kind.label, field=name)
    if kind.append_only and difference(kind, resolution.values(draft), before, draft.soft):
        return problem("conflict", "append-only", kind=kind.label, key=" ".join(draft.key))
    return None
