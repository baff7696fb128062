"""The invented city's plants, pump stations and manhole pumps."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from generator.days import exact
from generator.streams import stream
from generator.tables import Row, columns

PLANT, STATION, MANHOLE = "浄化センター", "ポンプ場", "マンホールポンプ"
STATIONS, MANHOLES = 15, 60
# 99 is no prefecture, so this is no municipality; the last digit is a valid check digit.
MUNICIPALITY = "999997"
DISTRICTS = ("見本南部", "見本北部", "見本東部")
KANJI = "〇一二三四五六七八九"
KANA = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")
STORM_STATIONS = frozenset({"P02", "P05", "P06", "P09", "P12"})
STANDSTILL = "MP060"

HEADER = columns("""
    施設コード 施設名 施設名カナ 施設種別 排除方式 処理区 所在地 自治体コード 緯度
    経度 供用開始 通信状況 危険情報 状態
""")

SIGNAL = {
    PLANT: ("B2Fは圏外。管廊は一部で通信不可", "B1F以下は圏外"),
    STATION: ("B2F圏外", "B1F以下は圏外", "地下は電波が弱い"),
    MANHOLE: ("良好", "良好", "マンホール内は圏外"),
}
HAZARD = {
    PLANT: ("酸欠・硫化水素、高圧電気、薬品（次亜塩素酸ナトリウム）",),
    STATION: ("酸欠・硫化水素、高圧電気", "酸欠・硫化水素、転落"),
    MANHOLE: ("酸欠・硫化水素、車道上作業", "酸欠・硫化水素"),
}


@dataclass(frozen=True)
class Facility:
    code: str
    name: str
    kana: str
    kind: str
    drainage: str
    opened: date

    @property
    def has_storm_pumps(self) -> bool:
        return self.drainage == "合流"

    def row(self) -> Row:
        chance = stream("facility", self.code)
        block = chance.randint(1, 9)
        return {
            "施設コード": self.code,
            "施設名": self.name,
            "施設名カナ": self.kana,
            "施設種別": self.kind,
            "排除方式": self.drainage,
            "処理区": chance.choice(DISTRICTS),
            "所在地": f"見本市架空町{block}丁目{chance.randint(1, 30)}番{chance.randint(1, 20)}号",
            "自治体コード": MUNICIPALITY,
            "緯度": f"{chance.uniform(35.335, 35.425):.6f}",
            "経度": f"{chance.uniform(139.405, 139.515):.6f}",
            "供用開始": exact(self.opened).text,
            "通信状況": chance.choice(SIGNAL[self.kind]),
            "危険情報": chance.choice(HAZARD[self.kind]),
            "状態": "休止" if self.code == STANDSTILL else "供用",
        }


@cache
def all_facilities() -> tuple[Facility, ...]:
    return (*_plants(), *_stations(), *_manholes())


def _plants() -> tuple[Facility, ...]:
    first = ("MC1", "見本第一浄化センター", "ミホンダイイチジョウカセンター", PLANT, "合流")
    second = ("MC2", "見本第二浄化センター", "ミホンダイニジョウカセンター", PLANT, "分流汚水")
    return Facility(*first, date(1982, 4, 1)), Facility(*second, date(1991, 4, 1))


def _stations() -> tuple[Facility, ...]:
    chance = stream("stations")
    return tuple(
        _station(n, date(chance.randint(1983, 2009), 4, 1)) for n in range(1, STATIONS + 1)
    )


def _station(number: int, opened: date) -> Facility:
    code = f"P{number:02d}"
    kana = f"ミホンダイ{_kana(number)}チュウケイポンプジョウ"
    drainage = "合流" if code in STORM_STATIONS else "分流汚水"
    return Facility(code, f"見本第{_kanji(number)}中継ポンプ場", kana, STATION, drainage, opened)


def _manholes() -> tuple[Facility, ...]:
    chance = stream("manholes")
    return tuple(
        _manhole(n, date(chance.randint(1988, 2022), 4, 1)) for n in range(1, MANHOLES + 1)
    )


def _manhole(number: int, opened: date) -> Facility:
    name = f"見本第{_kanji(number)}マンホールポンプ"
    kana = f"ミホンダイ{_kana(number)}マンホールポンプ"
    return Facility(f"MP{number:03d}", name, kana, MANHOLE, "分流汚水", opened)


def _kanji(number: int) -> str:
    return _positional(number, KANJI, "十").replace("〇", "")


def _kana(number: int) -> str:
    return _positional(number, KANA, "ジュウ")


def _positional(number: int, digits: str | tuple[str, ...], ten: str) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ten if tens == 1 else digits[tens] + ten
    return head + digits[ones]
