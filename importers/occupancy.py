"""Two devices in one place, or one device in two places, on one day: seen while planning."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from importers.known import Known, NamedStay
from importers.records import Draft


class Occupancy:
    """The stays of the registry and of the plan so far."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._by_position: dict[str, list[NamedStay]] = defaultdict(list)
        self._by_device: dict[str, list[NamedStay]] = defaultdict(list)
        for stay in known.stays:
            self._add(stay)

    def clash(self, draft: Draft) -> NamedStay | None:
        """Enters the draft's stay, unless another one overlaps it: then that one."""
        stay = self._stay(draft)
        if stay is None:
            return None
        for other in (
            *self._by_position[stay.position_code],
            *self._by_device[stay.asset_code],
        ):
            if other[:2] != stay[:2] and _overlap(stay, other):
                return other
        self._replace(stay)
        return None

    def _stay(self, draft: Draft) -> NamedStay | None:
        found = self._known.find("installation", (draft.key[0], draft.key[1]))
        if found is not None and draft.ensure:
            return None
        before = found.values if found else {}
        both = before | draft.values
        asset, position = draft.key
        return NamedStay(asset, position, both.get("starts_on"), both.get("ends_on"))

    def _add(self, stay: NamedStay) -> None:
        self._by_position[stay.position_code].append(stay)
        self._by_device[stay.asset_code].append(stay)

    def _replace(self, stay: NamedStay) -> None:
        for stays in (self._by_position[stay.position_code], self._by_device[stay.asset_code]):
            stays[:] = _without(stays, stay)
        self._add(stay)


def _without(stays: Iterable[NamedStay], stay: NamedStay) -> list[NamedStay]:
    return [other for other in stays if other[:2] != stay[:2]]


def _overlap(one: NamedStay, other: NamedStay) -> bool:
    return _starts_before(one.starts_on, other.ends_on) and _starts_before(
        other.starts_on, one.ends_on
    )


def _starts_before(starts_on: date | None, ends_on: date | None) -> bool:
    return starts_on is None or ends_on is None or starts_on < ends_on
