"""Which individual device stood in each place, from when until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from generator.days import (
    LEDGER_DAY,
    UNKNOWN,
    Written,
    exact,
    fiscal_year,
    in_month,
    months_after,
    write_date,
)
from generator.layout import Position, all_positions
from generator.streams import happens, stream, weighted
from generator.tables import Row, read

UNKNOWN_SHARE = 0.022
AT_OPENING_SHARE = 0.38
FORMER_KEPT_YEARS = 15
REPLACEMENT_SHARE = 1.30  # scales the classes' shares so that a fifth of all places is renewed
YOUNGEST_REPLACED_YEARS = 6
REASONS = {"更新": 0.84, "故障": 0.11, "移設": 0.05}
MODEL_LETTERS = "ABCDEFGHJKLMNPRSTUVWX"


@dataclass(frozen=True)
class Device:
    asset_no: str
    maker: str
    model: str
    serial: str
    manufactured: str
    installed: Written
    installed_on: date
    removed_on: date | None
    removal_reason: str

    @property
    def certainly_from(self) -> date:
        """First day on which the ledger leaves no doubt that this device was in place."""
        return self.installed.last or self.installed_on

    @property
    def last_day(self) -> date:
        """The day of removal belongs to nobody: the place is free again."""
        return self.removed_on - timedelta(days=1) if self.removed_on else LEDGER_DAY


@dataclass(frozen=True)
class Place:
    """A position with the device there now and, when recently renewed, the one before."""

    position: Position
    present: Device
    former: Device | None

    @property
    def devices(self) -> tuple[Device, ...]:
        return (self.former, self.present) if self.former else (self.present,)


def behaviour(class_code: str) -> Row:
    return _behaviours()[class_code]


@cache
def _behaviours() -> dict[str, Row]:
    return {row["分類コード"]: row for row in read("behaviour")}


@cache
def _makers(group: str) -> tuple[Row, ...]:
    field = next(row["得意分野"] for row in read("groups") if row["群"] == group)
    return tuple(row for row in read("makers") if row["得意分野"] == field)


@cache
def all_places() -> tuple[Place, ...]:
    return tuple(_places())


def _places() -> Iterator[Place]:
    serials = iter(range(1, 10**6))
    for position in all_positions():
        chance = stream("device", position.code)
        built_on = _built_on(position)
        renewed_on = _renewed_on(position, built_on, chance)
        former = None
        if renewed_on is None:
            present = _device(position, built_on, chance, next(serials))
        elif renewed_on.year < LEDGER_DAY.year - FORMER_KEPT_YEARS:
            present = _device(position, renewed_on, chance, next(serials))
        else:
            written = _written_exactly(renewed_on, chance)
            present = _device(position, renewed_on, chance, next(serials), written)
            former = _former(position, built_on, _gone_by(written, chance), chance, next(serials))
        yield Place(position, present, former)


def _built_on(position: Position) -> date:
    """One contract builds a unit of a system: at the opening or in a later extension."""
    chance = stream("contract", position.facility.code, position.system, position.unit)
    opened = position.facility.opened
    if happens(chance, AT_OPENING_SHARE):
        return opened - timedelta(days=chance.randint(5, 150))
    last_year = LEDGER_DAY.year - 1
    if opened.year + 1 >= last_year:
        return opened
    return date(chance.randint(opened.year + 1, last_year), chance.randint(1, 12), 15)


def _renewed_on(position: Position, built_on: date, chance: Random) -> date | None:
    share = float(behaviour(position.class_code)["更新割合"]) * REPLACEMENT_SHARE
    earliest = months_after(built_on, 12 * YOUNGEST_REPLACED_YEARS)
    years = (LEDGER_DAY - earliest).days / 365.25
    if years <= 1 or not happens(chance, share * min(1.0, years / 18)):
        return None
    # Most renewals fall into the first decades after the earliest possible one.
    month = int(12 * years * chance.random() ** 1.3)
    return months_after(earliest, month).replace(day=chance.randint(1, 28))


def _written_exactly(day: date, chance: Random) -> Written:
    return exact(day) if happens(chance, 0.5) else in_month(day)


def _gone_by(written: Written, chance: Random) -> date:
    first = written.first or LEDGER_DAY
    return first - timedelta(days=1 if happens(chance, 0.7) else chance.randint(2, 25))


def _device(
    position: Position,
    installed_on: date,
    chance: Random,
    serial: int,
    written: Written | None = None,
) -> Device:
    if written is None:
        unknown = happens(chance, UNKNOWN_SHARE)
        written = UNKNOWN if unknown else write_date(installed_on, chance)
    return _built(position, installed_on, chance, serial, installed=written)


def _former(
    position: Position, built_on: date, removed_on: date, chance: Random, serial: int
) -> Device:
    reason = weighted(chance, REASONS)
    written = exact(built_on)
    return _built(
        position, built_on, chance, serial, installed=written, removed=(removed_on, reason)
    )


def _built(
    position: Position,
    installed_on: date,
    chance: Random,
    serial: int,
    *,
    installed: Written,
    removed: tuple[date | None, str] = (None, ""),
) -> Device:
    maker, model = _model(position, installed_on)
    made = months_after(installed_on, -chance.randint(2, 11))
    known = not happens(chance, 0.55 if position.class_code == "AX-VL-01" else 0.06)
    return Device(
        asset_no=f"{serial:07d}",
        maker=maker["名称"],
        model=model,
        serial=f"{maker['略号']}{made:%y}-{serial * 7919 % 1_000_003:06d}" if known else "",
        manufactured=in_month(made).text if installed is not UNKNOWN and known else "",
        installed=installed,
        installed_on=installed_on,
        removed_on=removed[0],
        removal_reason=removed[1],
    )


def _model(position: Position, installed_on: date) -> tuple[Row, str]:
    """The same contract bought the same maker's model."""
    decade = fiscal_year(installed_on) // 8
    chance = stream("model", *position.lot, decade)
    maker = chance.choice(_makers(behaviour(position.class_code)["群"]))
    letters = "".join(chance.choices(MODEL_LETTERS, k=2))
    return (
        maker,
        f"{maker['略号'][0]}{letters}-{chance.randint(10, 99) * 10}{chance.choice('ABDS')}",
    )
