"""Inspections of the important pumps, and the parts that repairs changed."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from random import Random
from typing import NamedTuple

from generator.days import LEDGER_DAY, exact, is_closed, months_after
from generator.devices import Place, all_places, behaviour
from generator.streams import happens, stream
from generator.tables import Row, columns

INSPECTION_HEADER = columns("""
    設備番号 点検日 点検区分 点検者 会社コード 点検項目 総合判定 健全度 健全度の根拠 次回予定日
""")
PART_HEADER = columns("""
    設備番号 部品名 数量 交換日 施工業者 会社コード 費用(円) 案件番号 交換理由
""")
PUMPS = frozenset({"pump", "mhpump"})
INSPECTED_SHARE = 0.6
YEARS = 3
GRADES_UP_TO = 5
MOST_VIBRATION = 2.8
CONTRACTOR_UNTIL = date(2023, 9, 30)
PARTS = (
    ("メカニカルシール", "漏れ", 0.4),
    ("軸受", "摩耗", 0.4),
    ("羽根車", "摩耗", 0.6),
    ("Vベルト", "劣化", 0.2),
    ("ケーブル", "損傷", 0.4),
    ("電磁接触器", "接点の荒れ", 0.5),
    ("リレー", "劣化", 0.3),
    ("基板", "故障", 0.7),
    ("電源ユニット", "故障", 0.6),
    ("蓄電池", "劣化", 0.8),
    ("バッテリ", "劣化", 0.8),
    ("パッキン", "劣化", 0.2),
    ("チェーン", "伸び", 0.5),
    ("センサ", "故障", 0.7),
    ("ヒューズ", "溶断", 0.1),
)
BASIS = {
    "5": "更新後の初回点検",
    "4": "外面に軽い発錆",
    "3": "振動と軸受温度が上昇傾向",
    "2": "吐出量が定格の8割",
    "1": "絶縁低下で運転不可",
}
_WRITTEN = re.compile(r"([HR])(\d+)\.(\d+)(?:\.(\d+))?")
_FIRST_YEARS = {"H": 1988, "R": 2018}


class Meter(NamedTuple):
    """What a pump's panel shows: its usual current, and hours that only grow."""

    current: float
    hours: int
    hours_a_year: int


def inspection_rows(ledger: Iterable[Row]) -> Iterator[Row]:
    """``ledger`` is in the order of the places."""
    for place, row in zip(all_places(), ledger, strict=True):
        group = behaviour(place.position.class_code)["群"]
        chance = stream("inspection", place.position.code)
        if group not in PUMPS or row["状態"] != "使用" or not happens(chance, INSPECTED_SHARE):
            continue
        rows = [*_judgements(place, row), *_yearly(place, row, chance)]
        yield from sorted(rows, key=lambda found: _day(found["点検日"]))


def _judgements(place: Place, row: Row) -> Iterator[Row]:
    """The ledger's 健全度 comes from a detailed inspection; five years before it was better."""
    if not row["健全度判定日"]:
        return
    judged_on = _day(row["健全度判定日"])
    before = months_after(judged_on, -60)
    if before > place.present.certainly_from:
        better = str(min(GRADES_UP_TO, int(row["健全度"]) + 1))
        yield _inspection(place, exact(before).text, "精密点検", before, health=better)
    yield _inspection(place, row["健全度判定日"], "精密点検", judged_on, health=row["健全度"])


def _yearly(place: Place, row: Row, chance: Random) -> Iterator[Row]:
    month, worn = chance.randint(1, 12), row["健全度"] in {"1", "2", "3"}
    meter = Meter(chance.uniform(4, 60), chance.randint(900, 9_000), chance.randint(300, 3_000))
    last = date(LEDGER_DAY.year, month, 1)
    if last > LEDGER_DAY or happens(chance, 0.04):  # some have not been done this year
        last = months_after(last, -12)
    for years_ago in reversed(range(YEARS)):
        day = _working_day(months_after(last, -12 * years_ago), chance)
        if day <= place.present.certainly_from or day > LEDGER_DAY:
            continue
        due = months_after(last, 12 - 12 * years_ago)
        yield _inspection(
            place,
            exact(day).text,
            "定期点検",
            day,
            items=_items(meter, YEARS - years_ago, chance, worn=worn),
            due=due,
        )


def _items(meter: Meter, year: int, chance: Random, *, worn: bool) -> tuple[str, str]:
    current = round(meter.current * chance.uniform(0.95, 1.05), 1)
    insulation = chance.choice((5, 10, 20, 50, 100)) if worn else chance.choice((50, 100, 200))
    vibration = round(chance.uniform(1.5, 4.5) if worn else chance.uniform(0.4, 1.8), 1)
    mark, result = ("△", "要観察") if vibration > MOST_VIBRATION else ("○", "良好")
    written = (
        f"電流={current} A ○; 絶縁抵抗={insulation} MΩ ○; 振動={vibration} mm/s {mark};"
        f" 運転時間={meter.hours + year * meter.hours_a_year} h"
    )
    return written, result


def _inspection(
    place: Place,
    written: str,
    kind: str,
    day: date,
    *,
    health: str = "",
    items: tuple[str, str] = ("", ""),
    due: date | None = None,
) -> Row:
    company = _contractor(place, day)
    return {
        "設備番号": place.position.code,
        "点検日": written,
        "点検区分": kind,
        "点検者": "保守点検班",
        "会社コード": company,
        "点検項目": items[0],
        "総合判定": items[1],
        "健全度": health,
        "健全度の根拠": BASIS.get(health, ""),
        "次回予定日": due.isoformat() if due else "",
    }


def part_rows(faults: Iterable[Row]) -> Iterator[Row]:
    """A repair that changed a part says so in its words."""
    seen: set[tuple[str, str, str]] = set()
    for fault in faults:
        if fault["処置区分"] != "交換" or not fault["設備番号"] or not fault["対応終了"]:
            continue
        day = fault["対応終了"][:10]
        for name, cause, share in PARTS:
            key = (fault["設備番号"], name, day)
            if name in fault["対応内容"] and key not in seen:
                seen.add(key)
                yield _part(fault, name, day, cause, share)


def _part(fault: Row, name: str, day: str, cause: str, share: float) -> Row:
    count = re.search(re.escape(name) + r"(\d)本", fault["対応内容"])
    cost = int(fault["費用(円)"] or 0)
    return {
        "設備番号": fault["設備番号"],
        "部品名": name,
        "数量": count[1] if count else "1",
        "交換日": day,
        "施工業者": "保守点検班",
        "会社コード": fault["報告者会社コード"],
        "費用(円)": str(int(cost * share) // 100 * 100) if cost else "",
        "案件番号": fault["案件番号"],
        "交換理由": cause,
    }


def _contractor(place: Place, day: date) -> str:
    if day <= CONTRACTOR_UNTIL:
        return "HK-A"
    return "HK-C" if behaviour(place.position.class_code)["群"] == "mhpump" else "HK-B"


def _working_day(month: date, chance: Random) -> date:
    day = month.replace(day=chance.randint(1, 24))
    while is_closed(day):
        day = day.replace(day=day.day + 1)
    return day


def _day(written: str) -> date:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError(written)
    return date(_FIRST_YEARS[match[1]] + int(match[2]), int(match[3]), int(match[4] or 1))
