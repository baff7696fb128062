"""What the registry holds of all the records that a file speaks of, fetched kind by kind."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from importers import queries
from importers.kind import Kind, Parent
from importers.kinds import KINDS
from importers.queries import Existing
from importers.records import OCCUPANT, Draft, Key, Ref

Record = tuple[str, Key]


class NamedStay(NamedTuple):
    """A device in a place, by their codes; from ``starts_on`` until before ``ends_on``."""

    asset_code: str
    position_code: str
    starts_on: date | None
    ends_on: date | None
    device_id: UUID | None = None


class Known:
    def __init__(self, session: Session, drafts: Iterable[Draft]) -> None:
        self._session = session
        self._existing: dict[str, dict[Key, Existing]] = {}
        wanted = _wanted(drafts)
        for name, kind in KINDS.items():
            if name in wanted:
                self._existing[name] = self._fetch(kind, wanted[name])
        self.stays = self._fetch_stays() if wanted.keys() & {"installation", OCCUPANT} else []
        self._stays_at: dict[str, list[NamedStay]] = defaultdict(list)
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

    def _fetch(self, kind: Kind, keys: set[Key]) -> dict[Key, Existing]:
        """Children are looked up by the ids of their parents, which come first in `KINDS`."""
        firsts: set[Any] = {key[0] for key in keys}
        if isinstance(kind.keys[0], Parent):
            parents = self._existing.get(kind.keys[0].kind, {})
            firsts = {parents[(first,)].id for first in firsts if (first,) in parents}
        words = [self._words(part) for part in kind.keys]
        found: dict[Key, Existing] = {}
        for stored, record in queries.existing(self._session, kind, firsts):
            key = tuple(
                part if names is None else names.get(part, "")
                for part, names in zip(stored, words, strict=True)
            )
            found[key] = record
        return found

    def _words(self, part: str | Parent) -> dict[Any, str] | None:
        """What the ids of a parent are called; None for a part that is text already."""
        return self._codes(part.kind) if isinstance(part, Parent) else None

    def _codes(self, kind: str) -> dict[Any, str]:
        return {found.id: key[0] for key, found in self._existing.get(kind, {}).items()}

    def _fetch_stays(self) -> list[NamedStay]:
        assets, positions = self._codes("device"), self._codes("position")
        found = queries.stays(self._session, positions, assets)
        assets |= queries.asset_codes(
            self._session, {stay.device_id for stay in found} - assets.keys()
        )
        positions |= queries.position_codes(
            self._session, {stay.position_id for stay in found} - positions.keys()
        )
        return [
            NamedStay(
                assets[s.device_id], positions[s.position_id], s.starts_on, s.ends_on, s.device_id
            )
            for s in found
        ]


def _wanted(drafts: Iterable[Draft]) -> dict[str, set[Key]]:
    wanted: dict[str, set[Key]] = defaultdict(set)
    for draft in drafts:
        wanted[draft.kind].add(draft.key)
        for ref in draft.refs.values():
            wanted[ref.kind].add(ref.key)
    return wanted


def drafts_of(rows: Iterable[Any]) -> Iterable[Draft]:
    return (draft for row in rows for draft in row.drafts)
