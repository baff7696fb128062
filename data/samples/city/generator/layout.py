"""Expands the plan of a typical site into the functional places of every facility."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from generator.facilities import MANHOLE, Facility, all_facilities
from generator.streams import happens, stream
from generator.tables import Row, read

SETS = frozenset({"PU-OS-00", "PU-US-00"})
GRINDER, CENTRIFUGAL = "MH-MP-07", "MH-MP-01"


@dataclass(frozen=True)
class Position:
    """A functional place; `lot` is what one construction contract installed together."""

    code: str
    facility: Facility
    system: str
    unit: int
    place: str
    class_code: str
    name: str
    unit_label: str
    spec: str
    criticality: str
    spare: str
    parent: str

    @property
    def lot(self) -> tuple[str, str, str]:
        return self.facility.code, self.system, self.class_code


@cache
def all_positions() -> tuple[Position, ...]:
    return tuple(position for facility in all_facilities() for position in _site(facility))


def _site(facility: Facility) -> Iterator[Position]:
    for system in read("systems"):
        if system["施設種別"] != facility.kind:
            continue
        if system["系統"] == "US" and not facility.has_storm_pumps:
            continue
        yield from _system(facility, system)


def _system(facility: Facility, system: Row) -> Iterator[Position]:
    chance = stream("layout", facility.code, system["系統"])
    plan = [r for r in read("plan") if _belongs(r, system)]
    specs = {row["名称"]: chance.choice(row["仕様候補"].split(";")) for row in plan}
    numbers: dict[str, int] = defaultdict(int)
    for unit in range(1, chance.randint(int(system["最少数"]), int(system["最多数"])) + 1):
        names = _names(facility, system, unit)
        parent = ""
        for row in plan:
            for index in range(1, _count(row, chance) + 1):
                draft = _Draft(facility, row, unit, index, specs[row["名称"]], names)
                position = draft.position(numbers, parent)
                parent = position.code if position.class_code in SETS else parent
                yield position


def _belongs(row: Row, system: Row) -> bool:
    return (row["施設種別"], row["系統"]) == (system["施設種別"], system["系統"])


def _count(row: Row, chance: Random) -> int:
    whole, fraction = divmod(float(row["数"]), 1)
    return int(whole) + (happens(chance, fraction) if fraction else 0)


def _names(facility: Facility, system: Row, unit: int) -> tuple[str, str]:
    """The place and the way its equipment is called there."""
    rooms = [row["部屋"] for row in read("rooms") if row["施設種別"] == facility.kind] or [""]
    room = rooms[(unit - 1) % len(rooms)]
    again = (unit - 1) // len(rooms) + 1
    words = {
        "u": str(unit),
        "room": room,
        "building": room.split("/")[0],
    }
    call = system["呼び方"]
    if call == "{room}":
        call = room.split("/")[-1] + (f"{again}系" if again > 1 else "")
    return system["場所"].format(**words), call.format(**words)


@dataclass(frozen=True)
class _Draft:
    facility: Facility
    row: Row
    unit: int
    index: int
    spec: str
    names: tuple[str, str]

    def position(self, numbers: dict[str, int], parent: str) -> Position:
        class_code = self._class_code()
        numbers[class_code] += 1
        system = self.row["系統"]
        code = f"{self.facility.code}-{system}-{class_code.replace('-', '')}"
        spec = self._spec()
        return Position(
            code=f"{code}-{numbers[class_code]:03d}",
            facility=self.facility,
            system=system,
            unit=self.unit,
            place=self.names[0],
            class_code=class_code,
            name=self._name(spec),
            unit_label=self._unit_label(),
            spec=spec,
            criticality=self.row["重要度"],
            spare=self.row["予備機"],
            parent=parent if class_code.startswith("PU-") and class_code not in SETS else "",
        )

    def _class_code(self) -> str:
        grinder = self.spec.startswith("φ65") and self.facility.kind == MANHOLE
        return self.row["分類コード"].format(mp=GRINDER if grinder else CENTRIFUGAL)

    def _spec(self) -> str:
        options = self.row["仕様候補"].split(";")
        return options[self.index % len(options)] if "{p}" in self.row["名称"] else self.spec

    def _name(self, spec: str) -> str:
        name = self.row["名称"].format(n=self.index, p=spec.partition(" ")[0])
        many = float(self.row["数"]) > 1 and "{" not in self.row["名称"]
        return self.names[1] + name + (f"({self.index})" if many else "")

    def _unit_label(self) -> str:
        if not self.names[1]:
            return str(self.index)
        return f"{self.unit}-{self.index}" if float(self.row["数"]) > 1 else str(self.unit)
