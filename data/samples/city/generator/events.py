"""When something fails: the stochastic model described in the README, without any words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from generator.days import CONTRACTOR_CHANGE, LEDGER_DAY, RECORDS_FROM, fiscal_year
from generator.devices import Device, Place, all_places, behaviour
from generator.ledger import state
from generator.streams import happens, poisson, stream
from generator.tables import Row, read

BACKGROUND = 1.10  # lifts the classes' rates to some 1,100 cases a year in all
MINOR_SHARE = 0.55
MINOR_REPORTED_BEFORE_CHANGE = 1 / 1.25
REPEAT_CHANCE = 0.07
REPEAT_WITHIN_DAYS = 88
FALSE_ALARM_CHANCE = 0.098
DUPLICATE_CHANCE = 0.053
STORM_DAYS, STORM_REPORTS = 4, (22, 50)
LIGHTNING_DAYS, LIGHTNING_REPORTS = 4, (10, 16)
CALM, STORM, LIGHTNING = "平常", "豪雨", "落雷"

# Weight of each month, January first.
SEASONS = {
    "flat": (1.0,) * 12,
    "rain": (0.7, 0.7, 0.8, 0.9, 1.0, 1.4, 1.5, 1.2, 1.5, 1.2, 0.8, 0.7),
    "heat": (0.7, 0.7, 0.7, 0.8, 1.0, 1.2, 1.8, 1.9, 1.3, 0.8, 0.7, 0.7),
    "cold": (1.7, 1.6, 1.2, 0.9, 0.8, 0.7, 0.8, 0.8, 0.7, 0.8, 1.0, 1.5),
    "thunder": (0.8, 0.8, 0.8, 0.9, 1.0, 1.1, 1.5, 1.6, 1.3, 0.9, 0.8, 0.8),
}


@dataclass(frozen=True)
class Event:
    place: Place
    device: Device
    day: date
    setting: str
    minor: bool
    number: int
    repeat_of: date | None = None
    false_alarm: bool = False


@dataclass(frozen=True)
class _Exposure:
    """One device through one fiscal year of the records."""

    place: Place
    device: Device
    first: date
    last: date
    frailty: float

    @property
    def years(self) -> float:
        return ((self.last - self.first).days + 1) / 365.25

    @property
    def weight(self) -> float:
        """Power-law ageing times the device's own frailty."""
        middle = self.first + (self.last - self.first) / 2
        age = max(0.5, (middle - self.device.installed_on).days / 365.25)
        exponent = float(_rule(self.place)["老朽化指数"]) - 1
        return self.frailty * float(age**exponent)


def all_events() -> list[Event]:
    first = [*_background(), *_weather()]
    events = [*first, *_repeats(first)]
    return [_numbered(event, number) for number, event in enumerate(events)]


def in_service(place: Place, device: Device, day: date) -> bool:
    first = place.position.facility.opened if device.installed.first is None else None
    return (first or device.certainly_from) <= day <= device.last_day


def _numbered(event: Event, number: int) -> Event:
    chance = stream("event", number)
    false = event.setting == CALM and happens(chance, FALSE_ALARM_CHANCE)
    return replace(event, number=number, false_alarm=false)


def _background() -> Iterator[Event]:
    exposures = list(_exposures())
    means = _mean_weights(exposures)
    chance = stream("background")
    for exposure in exposures:
        rule = _rule(exposure.place)
        rate = float(rule["年間故障率"]) * BACKGROUND / means[exposure.place.position.class_code]
        for _ in range(poisson(chance, rate * exposure.years * exposure.weight)):
            yield from _reported(exposure, rule["季節"], chance)


def _reported(exposure: _Exposure, season: str, chance: Random) -> Iterator[Event]:
    """The new contractor writes up a quarter more of the minor faults."""
    day = _day_in_season(exposure.first, exposure.last, season, chance)
    minor = happens(chance, MINOR_SHARE)
    hidden = minor and day < CONTRACTOR_CHANGE
    if not (hidden and not happens(chance, MINOR_REPORTED_BEFORE_CHANGE)):
        yield Event(exposure.place, exposure.device, day, CALM, minor, 0)


def _day_in_season(first: date, last: date, season: str, chance: Random) -> date:
    weights = SEASONS[season]
    while True:
        day = first + timedelta(days=chance.randint(0, (last - first).days))
        if chance.random() * max(weights) <= weights[day.month - 1]:
            return day


def _exposures() -> Iterator[_Exposure]:
    for place in all_places():
        if state(place) != "使用":
            continue
        for device in place.devices:
            frailty = _frailty(device.asset_no, _rule(place)["群"])
            for first, last in _years(place, device):
                yield _Exposure(place, device, first, last, frailty)


def _years(place: Place, device: Device) -> Iterator[tuple[date, date]]:
    known = device.installed.first is not None
    begin = device.certainly_from if known else place.position.facility.opened
    begin, end = max(begin, RECORDS_FROM), min(device.last_day, LEDGER_DAY)
    for year in range(fiscal_year(RECORDS_FROM), fiscal_year(LEDGER_DAY) + 1):
        first, last = max(begin, date(year, 4, 1)), min(end, date(year + 1, 3, 31))
        if first <= last:
            yield first, last


@cache
def _frailty(asset_no: str, group: str) -> float:
    shape = _shapes()[group]
    return stream("frailty", asset_no).gammavariate(shape, 1 / shape)


def _mean_weights(exposures: list[_Exposure]) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    years: dict[str, float] = defaultdict(float)
    for exposure in exposures:
        weights[exposure.place.position.class_code] += exposure.weight * exposure.years
        years[exposure.place.position.class_code] += exposure.years
    return {code: weights[code] / years[code] for code in weights}


def _weather() -> Iterator[Event]:
    for year in range(fiscal_year(RECORDS_FROM), fiscal_year(LEDGER_DAY) + 1):
        rain, thunder = stream("storm", year), stream("lightning", year)
        for day in _weather_days(year, (6, 10), STORM_DAYS, rain):
            yield from _struck(day, STORM, rain.randint(*STORM_REPORTS), rain)
        for day in _weather_days(year, (7, 9), LIGHTNING_DAYS, thunder):
            yield from _struck(day, LIGHTNING, thunder.randint(*LIGHTNING_REPORTS), thunder)


def struck_days() -> dict[date, str]:
    """Days of downpour and of lightning; a day of both is one of downpour."""
    found = [event for event in _weather() if event.day <= LEDGER_DAY]
    found.sort(key=lambda event: event.setting == STORM)
    return {event.day: event.setting for event in found}


def _weather_days(year: int, months: tuple[int, int], count: int, chance: Random) -> list[date]:
    first = date(year, months[0], 5)
    span = (date(year, months[1], 25) - first).days
    return [first + timedelta(days=n) for n in sorted(chance.sample(range(span), count))]


def _struck(day: date, setting: str, count: int, chance: Random) -> Iterator[Event]:
    exposed = [
        (place, device, _proneness(place, device))
        for place in all_places()
        if _rule(place)["群"] in _groups_in(setting) and state(place) == "使用"
        for device in place.devices
        if in_service(place, device, day)
    ]
    # Drawing by exponential races gives a weighted sample without replacement.
    racers = sorted(exposed, key=lambda one: chance.expovariate(one[2]))
    for place, device, _ in racers[:count]:
        yield Event(place, device, day, setting, minor=False, number=0)


def _proneness(place: Place, device: Device) -> float:
    rule = _rule(place)
    return float(rule["年間故障率"]) * _frailty(device.asset_no, rule["群"])


def _repeats(events: list[Event]) -> Iterator[Event]:
    chance = stream("repeats")
    for event in events:
        day = event.day + timedelta(days=chance.randint(2, REPEAT_WITHIN_DAYS))
        again = happens(chance, REPEAT_CHANCE)
        if again and day <= min(event.device.last_day, LEDGER_DAY):
            yield replace(event, day=day, setting=CALM, repeat_of=event.day)


def _rule(place: Place) -> Row:
    return behaviour(place.position.class_code)


@cache
def _shapes() -> dict[str, float]:
    return {row["群"]: float(row["異質性"]) for row in read("groups")}


@cache
def _groups_in(setting: str) -> frozenset[str]:
    rows = [row for row in read("scenarios") if row["場面"] == setting]
    return frozenset(group for row in rows for group in row["群"].split())
