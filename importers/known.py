"""What the registry holds of all the records that a file speaks of, fetched kind by kind."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import queries
from importers.kinds import KINDS
from importers.queries import Existing, Stay
from importers.records import OCCUPANT, Draft, Key, Ref

Record = tuple[str, Key]


class Known:
    def __init__(self, session: Session, drafts: Iterable[Draft]) -> None:
        wanted = _wanted(drafts)
        self._existing = {
            name: queries.existing(session, KINDS[name], keys)
            for name, keys in wanted.items()
            if name != OCCUPANT
        }
        positions = {key[1] for key in wanted["installation"]} | {k[0] for k in wanted[OCCUPANT]}
        assets = {key[0] for key in wanted["installation"]}
        self.stays: list[Stay] = (
            queries.stays(session, positions, assets) if positions or assets else []
        )
        self._stays_at: dict[str, list[Stay]] = defaultdict(list)
        for stay in self.stays:
            self._stays_at[stay.position_code].append(stay)

    def find(self, kind: str, key: Key) -> Existing | None:
        return self._existing.get(kind, {}).get(key)

    def has(self, ref: Ref) -> bool:
        return ref.kind == OCCUPANT or self.find(ref.kind, ref.key) is not None

    def occupant(self, key: Key) -> UUID | None:
        """The device that sat in a place on a day, or None when nobody knows."""
        day = date.fromisoformat(key[1])
        for stay in self._stays_at.get(key[0], ()):
            if (stay.starts_on is None or stay.starts_on <= day) and (
                stay.ends_on is None or day < stay.ends_on
            ):
                return stay.device_id
        return None

    def attribute(self, ref: Ref) -> Any:
        found = self.find(ref.kind, ref.key)
        if found is None:
            return None
        return found.id if ref.attribute == "id" else found.values[ref.attribute]


def _wanted(drafts: Iterable[Draft]) -> dict[str, set[Key]]:
    wanted: dict[str, set[Key]] = defaultdict(set)
    for draft in drafts:
        wanted[draft.kind].add(draft.key)
        for ref in draft.refs.values():
            wanted[ref.kind].add(ref.key)
    return wanted
