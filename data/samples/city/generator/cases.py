"""Events written up as cases: duplicates, states, and the numbers the city gives them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from generator.case_times import Times, clock
from generator.case_words import Words, write_up
from generator.days import CUTOFF, fiscal_year
from generator.events import DUPLICATE_CHANCE, Event, all_events
from generator.streams import happens, stream, weighted
from generator.tables import read

REPORTED, ACCEPTED, UNDER_WAY, WAITING, RESOLVED = "報告", "受付", "対応中", "待ち", "処置完了"
CLOSED, DISMISSED, MERGED = "完結", "対象外", "統合"
OPEN = (REPORTED, ACCEPTED, UNDER_WAY, WAITING, RESOLVED)
NEWEST_OPEN, OLDER_WAITING, WAITING_SINCE_DAYS = 44, 16, 300
FIRST_REIWA_YEAR = 2019


@dataclass(frozen=True)
class Case:
    event: Event
    words: Words
    times: Times
    status: str
    number: str = ""
    original: int | None = None  # index of the event whose case this one only repeats


def all_cases() -> list[Case]:
    return _numbered(_with_open_tail(sorted(_cases(), key=_order)))


def _cases() -> Iterator[Case]:
    for event in all_events():
        words = write_up(event)
        times = clock(event, words)
        chance = stream("status", event.number)
        dismissed = event.false_alarm and happens(chance, 0.6)
        yield Case(event, words, times, DISMISSED if dismissed else CLOSED)
        if not event.false_alarm and happens(chance, DUPLICATE_CHANCE):
            yield _duplicate(event, words, times, chance)


def _duplicate(event: Event, words: Words, times: Times, chance: Random) -> Case:
    text = chance.choice(read("duplicates"))
    later = min(times.found + timedelta(minutes=chance.randint(15, 420)), CUTOFF)
    reported = min(later + timedelta(minutes=chance.randint(3, 40)), CUTOFF)
    body = text["内容"].format(
        name=event.place.position.name,
        place=event.place.position.facility.name,
        detail=words.body,
    )
    alarm = words.alarm_class if text["発見の契機"] == "警報" else "なし"
    return Case(
        event,
        replace(
            words,
            detection=text["発見の契機"],
            alarm_class=alarm,
            alarm_name=words.alarm_name if alarm != "なし" else "",
            body=body,
            first_aid="",
            remedy="",
        ),
        replace(times, occurred=times.occurred, found=later, reported=reported, precision="推定"),
        MERGED,
        original=event.number,
    )


def _order(case: Case) -> tuple[datetime, int, bool]:
    return case.times.reported, case.event.number, case.original is not None


def _with_open_tail(cases: list[Case]) -> list[Case]:
    """The newest cases are still being worked on, and a few older ones wait for parts or money."""
    closed = [index for index, case in enumerate(cases) if case.status == CLOSED]
    newest = closed[-NEWEST_OPEN:]
    since = CUTOFF - timedelta(days=WAITING_SINCE_DAYS)
    chance = stream("open")
    slow = [i for i in closed[:-NEWEST_OPEN] if _may_wait(cases[i], since)]
    statuses = dict.fromkeys(chance.sample(slow, OLDER_WAITING), WAITING)
    for rank, index in enumerate(newest):
        statuses[index] = _open_status(rank / len(newest), chance)
    return [replace(c, status=statuses.get(i, c.status)) for i, c in enumerate(cases)]


def _may_wait(case: Case, since: datetime) -> bool:
    return case.times.reported > since and case.words.action in {"交換", "修理"}


def _open_status(recency: float, chance: Random) -> str:
    late = {REPORTED: 4 * recency**3, ACCEPTED: 2 * recency, UNDER_WAY: 1.2}
    return weighted(chance, {**late, WAITING: 0.9, RESOLVED: 1.6 * (1.1 - recency)})


def _numbered(cases: list[Case]) -> list[Case]:
    counts: dict[tuple[int, str], int] = defaultdict(int)
    numbered = []
    for case in cases:
        year = fiscal_year(case.times.reported.date())
        facility = case.event.place.position.facility.code
        counts[year, facility] += 1
        count = counts[year, facility]
        number = f"R{year - FIRST_REIWA_YEAR + 1}-{facility}-{count:04d}"
        numbered.append(replace(case, number=number))
    return numbered
