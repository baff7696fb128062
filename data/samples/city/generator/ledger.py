"""The equipment ledger as the city keeps it in a spreadsheet."""

from collections.abc import Iterator
from functools import cache
from random import Random

from generator.days import LEDGER_DAY, exact, in_month, months_after
from generator.devices import Device, Place, all_places, behaviour
from generator.facilities import STANDSTILL
from generator.layout import Position
from generator.streams import happens, stream, weighted
from generator.tables import Row, class_master, columns

HEADER = columns("""
    設備番号 施設コード 場所 大分類 中分類 小分類 分類コード 機器名称 号機
    上位設備番号 機器番号 製造者 型式 製造番号 製造年月 仕様 設置年月
    取得価格(千円) 重要度 予備機 健全度 健全度判定日 耐用年数(個別) 状態 備考
""")

REPLACED_HEADER = columns("""
    設備番号 機器番号 製造者 型式 製造番号 設置年月日 撤去年月日 撤去理由
""")

REMARKS = (
    "部品供給終了の案内あり",
    "令和元年の台風で冠水、整備済み",
    "次回更新時に容量見直し",
    "銘板判読困難",
    "予備品1式を倉庫に保管",
    "塗装補修済み",
    "完成図書は旧図面番号で保管",
    "同型機に不具合あり、要観察",
)
LIFE_REASON = "長寿命化対策済みのため個別に設定"
NEVER_JUDGED_SHARE = 0.6
PRICE_SPREAD = 0.3


def ledger_rows() -> Iterator[Row]:
    return (_row(place) for place in all_places())


def replaced_rows() -> Iterator[Row]:
    formers = ((p.position.code, p.former) for p in all_places() if p.former)
    return (_replaced_row(code, former) for code, former in formers)


def state(place: Place) -> str:
    return "休止" if place.position.facility.code == STANDSTILL else _state(place.position.code)


@cache
def _state(position_code: str) -> str:
    chance = stream("state", position_code)
    return weighted(chance, {"使用": 0.965, "休止": 0.022, "廃止": 0.013})


def _row(place: Place) -> Row:
    position, device = place.position, place.present
    master = class_master()[position.class_code]
    chance = stream("ledger", position.code)
    price = _price(position.class_code, chance)
    own_life = happens(chance, 0.015)
    health, judged_on = _health(device, master, chance)
    return {
        **_place_columns(position, master),
        **_device_columns(device),
        "製造年月": device.manufactured,
        "仕様": position.spec,
        "設置年月": device.installed.text,
        "取得価格(千円)": price,
        "重要度": position.criticality,
        "予備機": position.spare,
        "健全度": health,
        "健全度判定日": judged_on,
        "耐用年数(個別)": str(int(master["標準耐用年数"]) + 5) if own_life else "",
        "状態": state(place),
        "備考": _remark(chance, own_life=own_life),
    }


def _place_columns(position: Position, master: Row) -> Row:
    return {
        "設備番号": position.code,
        "施設コード": position.facility.code,
        "場所": position.place,
        **{column: master[column] for column in ("大分類", "中分類", "小分類", "分類コード")},
        "機器名称": position.name,
        "号機": position.unit_label,
        "上位設備番号": position.parent,
    }


def _device_columns(device: Device) -> Row:
    return {
        "機器番号": device.asset_no,
        "製造者": device.maker,
        "型式": device.model,
        "製造番号": device.serial,
    }


def _replaced_row(position_code: str, device: Device) -> Row:
    return {
        "設備番号": position_code,
        **_device_columns(device),
        "設置年月日": f"{device.installed_on:%Y-%m-%d}",
        "撤去年月日": f"{device.removed_on:%Y-%m-%d}",
        "撤去理由": device.removal_reason,
    }


def _price(class_code: str, chance: Random) -> str:
    median = float(behaviour(class_code)["価格中央値(千円)"])
    price = median * chance.lognormvariate(0, PRICE_SPREAD)
    return "" if happens(chance, 0.04) else str(max(10, round(price / 10) * 10))


def _health(device: Device, master: Row, chance: Random) -> tuple[str, str]:
    """Health sinks by about three steps over the target life."""
    if master["管理方法"] == "事後" and happens(chance, NEVER_JUDGED_SHARE):
        return "", ""
    age = (LEDGER_DAY - device.installed_on).days / 365.25
    worn = 2.6 * age / float(master["目標耐用年数"])
    health = round(min(5, max(1, 5.2 - worn + chance.gauss(0, 0.55))))
    since = min(age * 12, 60)
    judged_on = months_after(LEDGER_DAY, -int(since * chance.random()))
    return str(health), (exact if happens(chance, 0.3) else in_month)(judged_on).text


def _remark(chance: Random, *, own_life: bool) -> str:
    if own_life:
        return LIFE_REASON
    return chance.choice(REMARKS) if happens(chance, 0.06) else ""
