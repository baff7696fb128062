"""Names of records into ids and columns: of the registry, or of what the plan creates."""

from typing import Any
from uuid import UUID

from importers.known import Known, Record
from importers.naming import Naming
from importers.records import OCCUPANT, Draft, Key, Ref


class Resolution:
    """``drafted`` are the records that the rows at hand describe."""

    def __init__(self, known: Known, naming: Naming, drafted: dict[Record, Draft]) -> None:
        self._known = known
        self._naming = naming
        self._drafted = drafted
        self._ids: dict[Record, UUID | None] = {}

    def id_of(self, kind: str, key: Key) -> UUID | None:
        record = (kind, key)
        if record not in self._ids:
            found = self._known.find(kind, key)
            self._ids[record] = found.id if found else self._naming.id_of(kind, key)
        return self._ids[record]

    def values(self, draft: Draft) -> dict[str, Any]:
        """All columns of a draft, references as what they stand for."""
        if not draft.refs:
            return draft.values
        return draft.values | {name: self.value(ref) for name, ref in draft.refs.items()}

    def value(self, ref: Ref) -> Any:
        if ref.kind == OCCUPANT:
            return self._known.occupant(ref.key)
        if ref.attribute == "id":
            return self.id_of(ref.kind, ref.key)
        drafted = self._drafted.get((ref.kind, ref.key))
        if drafted is not None and ref.attribute in drafted.refs:
            return self.value(drafted.refs[ref.attribute])
        return self._known.attribute(ref)


def drafted_by(drafts: list[Draft], into: dict[Record, Draft]) -> None:
    for draft in drafts:
        into.setdefault((draft.kind, draft.key), draft)
