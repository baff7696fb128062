"""What the contractor writes and what is done: scenarios chosen and their gaps filled in."""

from dataclasses import dataclass
from functools import cache
from random import Random

from generator.devices import behaviour
from generator.events import CALM, Event
from generator.streams import happens, stream, weighted
from generator.tables import Row, read

HEAVY, LIGHT, NONE = "重", "軽", "なし"
FALSE_ALARM, SEEN_AT_INSPECTION, POWER_CUT = "S25", "S21", "S24"
UNPLANNED_STOPS = frozenset({"S09", "S10", "S03"})

# How a symptom usually comes to notice.
NOTICED = {
    "S21": {"法定点検": 0.7, "巡回": 0.3},
    "alarm": {"警報": 0.86, "運転中": 0.09, "巡回": 0.03, "住民通報": 0.02},
    "quiet": {"巡回": 0.74, "運転中": 0.15, "法定点検": 0.05, "その他": 0.03, "住民通報": 0.03},
}


@dataclass(frozen=True)
class Words:
    symptoms: str
    detection: str
    alarm_class: str
    alarm_name: str
    body: str
    first_aid: str
    remedy: str
    action: str
    cause: str
    cost_yen: int

    @property
    def counts_as_failure(self) -> bool:
        """Findings of an inspection, false alarms and mere power cuts are no failures."""
        return self.symptoms.split(" ")[0] not in {FALSE_ALARM, SEEN_AT_INSPECTION, POWER_CUT}


def write_up(event: Event) -> Words:
    chance = stream("words", event.number)
    if event.false_alarm:
        return _false_alarm(event, chance)
    scenario = _scenario(event, chance)
    gaps = _gaps(event, chance)
    body = chance.choice(scenario["内容"].split("／")).format(**gaps)
    if event.repeat_of and happens(chance, 0.6):
        body += f"{event.repeat_of.month}月{event.repeat_of.day}日にも不具合があった機器である。"
    return Words(
        symptoms=_symptoms(scenario, chance),
        detection=_detection(scenario, chance),
        alarm_class=scenario["警報区分"],
        alarm_name=_alarm_name(event, scenario["警報名"]),
        body=body,
        first_aid=scenario["応急処置"].format(**gaps),
        remedy=scenario["対応内容"].format(**gaps),
        action=scenario["処置区分"],
        cause="原因不明" if happens(chance, 0.08) else scenario["原因区分"],
        cost_yen=_cost_yen(scenario, chance),
    )


def _false_alarm(event: Event, chance: Random) -> Words:
    text = chance.choice(read("false_alarms"))
    name = event.place.position.name
    return Words(
        symptoms=FALSE_ALARM,
        detection="警報",
        alarm_class=LIGHT if happens(chance, 0.8) else HEAVY,
        alarm_name=_alarm_name(event, "異常"),
        body=text["内容"].format(name=name),
        first_aid="",
        remedy=text["対応内容"].format(name=name),
        action="監視",
        cause="原因不明",
        cost_yen=0,
    )


def _scenario(event: Event, chance: Random) -> Row:
    group = behaviour(event.place.position.class_code)["群"]
    possible = _scenarios(group, event.setting) or _scenarios(group, CALM)
    if event.setting == CALM:
        fitting = tuple(s for s in possible if (s["警報区分"] != HEAVY) == event.minor)
        possible = fitting or possible
    return chance.choices(possible, weights=[float(s["重み"]) for s in possible])[0]


@cache
def _scenarios(group: str, setting: str) -> tuple[Row, ...]:
    rows = (row for row in read("scenarios") if row["場面"] == setting)
    return tuple(row for row in rows if group in row["群"].split())


def _gaps(event: Event, chance: Random) -> dict[str, str]:
    current_a = chance.randint(12, 95)
    return {
        "name": event.place.position.name,
        "foreign": chance.choice(read("foreign_objects"))["異物"],
        "a": str(current_a),
        "ra": str(round(current_a * 0.6)),
        "mohm": f"{chance.choice((0.1, 0.2, 0.3, 0.5))}",
        "temp": str(chance.randint(62, 94)),
        "vib": f"{chance.uniform(7.2, 13.5):.1f}",
        "lv": f"{chance.uniform(0.4, 2.6):.1f}",
        "h": str(chance.randint(2, 9)),
        "n": str(chance.randint(12, 45)),
    }


def _symptoms(scenario: Row, chance: Random) -> str:
    """The phone allows several symptoms; a second one is ticked now and then."""
    first = scenario["現象"]
    second = {"S03": "S12", "S04": "S05", "S09": "S10", "S01": "S13", "S06": "S04"}.get(first)
    return f"{first} {second}" if second and happens(chance, 0.18) else first


def _detection(scenario: Row, chance: Random) -> str:
    if scenario["現象"] == SEEN_AT_INSPECTION:
        return weighted(chance, NOTICED["S21"])
    return weighted(chance, NOTICED["quiet" if scenario["警報区分"] == NONE else "alarm"])


def _alarm_name(event: Event, alarm: str) -> str:
    return f"{event.place.position.name} {alarm}" if alarm else ""


def _cost_yen(scenario: Row, chance: Random) -> int:
    low, high = float(scenario["費用下限(千円)"]), float(scenario["費用上限(千円)"])
    if low == 0 and happens(chance, 0.5):
        return 0
    # Square: small bills are far commoner than large ones.
    return round((max(low, 3) + (high - max(low, 3)) * chance.random() ** 2) * 10) * 100
