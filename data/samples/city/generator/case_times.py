"""The clocks of a case: occurrence, discovery, report, response, recovery, completion."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from generator.case_words import HEAVY, Words
from generator.days import CUTOFF, JST, LEDGER_DAY, at, is_closed, is_off_hours
from generator.events import CALM, Event
from generator.streams import happens, stream

EXACT, HOUR, DAY, ESTIMATED = "正確", "時", "日", "推定"
OFF_HOURS_CHANCE = {
    "警報": 0.53,
    "住民通報": 0.45,
    "運転中": 0.30,
    "その他": 0.15,
    "巡回": 0.08,
    "法定点検": 0.0,
}
NIGHT_MINUTES = (*range(10, 8 * 60 + 25), *range(17 * 60 + 20, 24 * 60 - 1))
ORDERED_PARTS_YEN = 100_000  # dearer parts are made to order
DAY_MINUTES = range(8 * 60 + 35, 17 * 60 + 5)


@dataclass(frozen=True)
class Times:
    occurred: datetime
    precision: str
    found: datetime
    reported: datetime
    started: datetime
    ended: datetime
    completed: datetime


def clock(event: Event, words: Words) -> Times:
    chance = stream("times", event.number)
    found = _found(event, words, chance)
    occurred, precision = _occurred(event, words, found, chance)
    reported = found + timedelta(minutes=chance.randint(4, 90))
    if happens(chance, 0.03) and event.day < LEDGER_DAY - timedelta(days=10):
        reported += timedelta(days=chance.randint(1, 5))
    started = _started(reported, words, chance)
    ended = _ended(started, words, chance)
    decided = ended + timedelta(minutes=chance.randint(60, 9 * 24 * 60))
    completed = _in_office_hours(decided, chance)
    return _before_cutoff(Times(occurred, precision, found, reported, started, ended, completed))


def _found(event: Event, words: Words, chance: Random) -> datetime:
    if event.setting != CALM:
        minute = int(chance.triangular(3 * 60, 23.5 * 60, 16 * 60))
        return _until_cutoff(at(event.day, minute))
    if happens(chance, OFF_HOURS_CHANCE[words.detection]):
        anytime = is_closed(event.day)
        minute = chance.randint(10, 1438) if anytime else chance.choice(NIGHT_MINUTES)
        return _until_cutoff(at(event.day, minute))
    return _until_cutoff(at(_working_day(event, chance), chance.choice(DAY_MINUTES)))


def _working_day(event: Event, chance: Random) -> date:
    """One of the next working days, unless the device is gone by then."""
    day, limit = event.day, min(event.device.last_day, LEDGER_DAY)
    # Rounds missed over a holiday are made up within the week, not all on its first day.
    ahead = chance.randint(0, 3) if is_closed(day) else 0
    while (ahead or is_closed(day)) and day < limit:
        ahead -= 0 if is_closed(day) else 1
        day += timedelta(days=1)
    return day


def _until_cutoff(moment: datetime) -> datetime:
    return min(moment, CUTOFF - timedelta(hours=2))


def _occurred(event: Event, words: Words, found: datetime, chance: Random) -> tuple[datetime, str]:
    if words.detection == "警報":
        return found - timedelta(minutes=chance.randint(0, 6)), EXACT
    before = found - timedelta(hours=chance.randint(1, 15))
    midnight = datetime.combine(found.date(), time(), tzinfo=JST)
    choices = (
        (found, EXACT),
        (found.replace(minute=0), HOUR),
        (midnight, DAY),
        (before.replace(minute=0), ESTIMATED),
    )
    moment, precision = chance.choices(choices, weights=(3, 3, 2, 3))[0]
    same_device = moment.date() >= event.day or moment.date() > event.device.certainly_from
    return (moment, precision) if same_device else (found, EXACT)


def _started(reported: datetime, words: Words, chance: Random) -> datetime:
    if words.alarm_class == HEAVY or is_off_hours(reported):
        return reported + timedelta(minutes=chance.randint(20, 150))
    return _in_office_hours(reported + timedelta(hours=chance.randint(1, 6 * 24)), chance)


def _ended(started: datetime, words: Words, chance: Random) -> datetime:
    work = timedelta(minutes=chance.randint(3, 40) * 10)
    if words.action in {"交換", "修理", "改造"} and words.cost_yen > ORDERED_PARTS_YEN:
        return _after_days(started, chance.lognormvariate(2.9, 0.8), chance)
    if words.action in {"交換", "修理", "改造"}:
        return _after_days(started, chance.lognormvariate(0.8, 0.8), chance)
    return started + work


def _after_days(started: datetime, days: float, chance: Random) -> datetime:
    """Parts and fitters come by day; nothing waits for more than half a year."""
    return _in_office_hours(started + timedelta(days=min(180.0, 0.3 + days)), chance)


def _in_office_hours(moment: datetime, chance: Random) -> datetime:
    if not is_off_hours(moment):
        return moment
    day = moment.date() + timedelta(days=1)
    while is_closed(day):
        day += timedelta(days=1)
    return at(day, chance.choice(DAY_MINUTES))


def _before_cutoff(times: Times) -> Times:
    """Squeezes what lies behind the end of the records, keeping the order of the clocks."""
    span = times.completed - times.reported
    room = CUTOFF - times.reported
    share = min(1.0, 0.95 * room / span)

    def squeezed(moment: datetime) -> datetime:
        moment = times.reported + (moment - times.reported) * share
        return moment.replace(second=0, microsecond=0)

    return Times(
        times.occurred,
        times.precision,
        times.found,
        times.reported,
        *(squeezed(moment) for moment in (times.started, times.ended, times.completed)),
    )
