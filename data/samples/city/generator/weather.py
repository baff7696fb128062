"""Rain of every day: heavy where the events have a downpour, seasonal and light otherwise."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from generator.days import LEDGER_DAY, RECORDS_FROM
from generator.events import LIGHTNING, STORM, struck_days
from generator.streams import happens, stream
from generator.tables import Row, columns

HEADER = columns("観測所 年月日 降水量の合計(mm) 1時間降水量の最大(mm)")
GAUGE = "見本"
# Chance of rain by month, January first.
WET = (0.18, 0.22, 0.32, 0.32, 0.32, 0.42, 0.35, 0.28, 0.38, 0.32, 0.25, 0.18)
MEAN_MM, MOST_MM = 7.0, 29.0
DOWNPOUR_MM, DOWNPOUR_HOUR_MM = (55, 140), (25, 70)
SHOWER_MM, SHOWER_HOUR_MM = (8, 28), (6, 19)


def rain_rows() -> Iterator[Row]:
    settings = struck_days()
    chance = stream("rain of the days")
    day = RECORDS_FROM
    while day <= LEDGER_DAY:
        total, hour = _rain_of(day, settings.get(day, ""), chance)
        yield dict(
            zip(HEADER, (GAUGE, day.isoformat(), f"{total:.1f}", f"{hour:.1f}"), strict=True)
        )
        day += timedelta(days=1)


def _rain_of(day: date, setting: str, chance: Random) -> tuple[float, float]:
    is_wet = happens(chance, WET[day.month - 1])
    usual = min(MOST_MM, chance.expovariate(1 / MEAN_MM)) if is_wet else 0.0
    share = chance.uniform(0.2, 0.6)
    if setting == STORM:
        return float(chance.randint(*DOWNPOUR_MM)), float(chance.randint(*DOWNPOUR_HOUR_MM))
    if setting == LIGHTNING:
        return float(chance.randint(*SHOWER_MM)), float(chance.randint(*SHOWER_HOUR_MM))
    return usual, usual * share
