"""Dates as ledgers write them (a ledger in CP932, and one in UTF-8 for what CP932 cannot say)."""

from tests.importers.corpus.answers import (
    CorpusFile,
    Ignored,
    OneOf,
    asks,
    day,
    fiscal_year,
    month,
    refused,
    stored,
    year,
)
from tests.importers.corpus.equipment import HEADERS, Ledger, Trap, trap
from tests.importers.corpus.formats import delimited

OVERRUN = ("era-overrun",)
NOT_A_DAY = refused("impossible-date", "not-a-date")
UNREADABLE = (refused("not-a-date"), asks("not-a-date", "ambiguous-date"))


def _when(name: str, written: str, span: str | None, **rest: object) -> Trap:
    return trap(name, "installed", written, stored(installed=span, **rest))


def _unknown(written: str) -> Trap:
    known = stored(installed=None, installed_precision="unknown")
    return trap("日付・不明の書き方", "installed", written, known)


ERAS = (
    _when("和暦・年月", "S58.3", month(1983, 3)),
    _when("和暦・年月", "昭58.3", month(1983, 3)),
    _when("和暦・年月", "昭和58年3月", month(1983, 3)),
    _when("和暦・年月", "S58-3", month(1983, 3)),
    _when("和暦・年月日", "令和5年3月31日", day(2023, 3, 31)),
    _when("和暦・年月日", "R5/3/31", day(2023, 3, 31)),
    _when("和暦・年月日", "R05.03.31", day(2023, 3, 31)),
    _when("和暦・年月日", "R6.2.29", day(2024, 2, 29)),
    _when("日付・全角", "Ｒ５．３．３１", day(2023, 3, 31)),
    _when("日付・全角", "２０２３年３月３１日", day(2023, 3, 31)),
    _when("元年", "H元.6", month(1989, 6)),
    _when("元年", "平成元年6月", month(1989, 6)),
    _when("元年", "令和元年5月", month(2019, 5)),
    _when("元号の合字", "㍻1.6", month(1989, 6)),
    _when("改元の境", "H31.4.30", day(2019, 4, 30)),
    _when("改元の境", "R1.5.1", day(2019, 5, 1)),
    _when("改元の境", "S64.1.7", day(1989, 1, 7)),
    *(
        trap("元号の期間を過ぎた年", "installed", text, stored(told=OVERRUN, installed=span))
        for text, span in (
            ("H31.5", month(2019, 5)),
            ("H32.3", month(2020, 3)),
            ("平成35年3月31日", day(2023, 3, 31)),
            ("S64.2", month(1989, 2)),
        )
    ),
    _when("年度", "S50年度", fiscal_year(1975)),
    _when("年度", "昭和50年度", fiscal_year(1975)),
    _when("年度", "平成元年度", fiscal_year(1989)),
    _when("年度", "2010年度", fiscal_year(2010)),
    _when("年だけの日付", "S58", year(1983)),
    _when("年だけの日付", "1983", year(1983)),
    _when("年だけの日付", "昭和58年", year(1983)),
    _when("およその日付", "S58.3頃", month(1983, 3), installed_precision="approximate"),
    _when("およその日付", "約S58", year(1983), installed_precision="approximate"),
    _when("年の幅", "S57～58", year(1982, 1983)),
    _when("ゼロの月日", "S58.00.00", year(1983)),
    _when("ゼロの月日", "S58.3.0", month(1983, 3)),
)
WESTERN = (
    _when("西暦の日付", "2023/3/31", day(2023, 3, 31)),
    _when("西暦の日付", "1983年3月", month(1983, 3)),
    _when("西暦の日付", "2023-03-31", day(2023, 3, 31)),
    _when("8桁の日付", "20230331", day(2023, 3, 31)),
    _when("時刻の付いた日付", "2023.3.31 0:00", day(2023, 3, 31)),
    trap(
        "Excelの通し番号",
        "installed",
        "45016",
        stored(told=("excel-serial",), installed=day(2023, 3, 31)),
    ),
    trap(
        "英語の日付",
        "installed",
        "Mar-83",
        stored(installed=month(1983, 3)),
        *UNREADABLE,
    ),
    trap("英語の日付", "installed", "3/31/2023", stored(installed=day(2023, 3, 31)), *UNREADABLE),
    trap("月日の順が分からない日付", "installed", "03/04/2023", *UNREADABLE),
    trap(
        "漢数字の日付",
        "installed",
        "昭和五十八年三月",
        stored(installed=month(1983, 3)),
        *UNREADABLE,
    ),
    trap("年の失われた日付", "installed", "3/4", refused("year-lost", "not-a-date")),
    trap("年の失われた日付", "installed", "3月4日", refused("year-lost", "not-a-date")),
    trap("暦にない日付", "installed", "R6.2.30", NOT_A_DAY),
    trap("暦にない日付", "installed", "S58.13.1", NOT_A_DAY),
    trap("暦にない日付", "installed", "2023/2/29", NOT_A_DAY),
    trap("日付でない言葉", "installed", "本工事", *UNREADABLE),
    trap("日付でない言葉", "installed", "別紙参照", *UNREADABLE),
    trap(
        "年度末",
        "installed",
        "平成2年度末",
        stored(installed=OneOf((month(1991, 3), day(1991, 3, 31), fiscal_year(1990)))),
        *UNREADABLE,
    ),
    trap(
        "未来の日付",
        "installed",
        "R18.4",
        stored(told=("future-date", "date-in-future", "in-the-future"), installed=month(2036, 4)),
        refused("future-date", "date-in-future", "in-the-future"),
        asks("future-date", "date-in-future", "in-the-future"),
    ),
)
UNKNOWN = (
    *(_unknown(word) for word in ("不明", "－", "―", "?", "調査中", "未定", "無し", "不詳")),
    trap("空白の日付", "installed", "", stored(installed=None, installed_precision=None)),
)


def old_ledger() -> CorpusFile:
    """An old ledger as Excel saved it: CP932, a title, filler columns, EOF at the end."""
    ledger = Ledger("DA")
    ledger.line("見本市　設備台帳（架空）", *[""] * (len(ledger.headers) + 1))
    ledger.line(*ledger.headers.values(), "", "")
    ledger.add(ERAS)
    ledger.add(WESTERN)
    ledger.add(UNKNOWN)
    for line in ledger.lines[2:]:
        line += ["", ""]
    filler = [""] * len(ledger.headers)
    ledger.ignored("合計の行", ["合計", *filler[:10], "99,999", "", "", ""], Ignored())
    ledger.ignored("注の行", ["※ この台帳はすべて架空である。", *filler[1:]], Ignored())
    return CorpusFile("old_cp932.csv", delimited(ledger.lines, tail=b"\x1a"), ledger.answers)


def eras_asked() -> CorpusFile:
    """A column without eras: asked once, answered once."""
    ledger = Ledger("DE")
    ledger.header()
    for text, span in (
        ("58.3", month(1983, 3)),
        ("58.3.31", day(1983, 3, 31)),
        ("50年度", fiscal_year(1975)),
        ("60年", year(1985)),
        ("H10.4.1", day(1998, 4, 1)),
    ):
        plain = text.startswith("H")
        outcome = (
            stored(installed=span) if plain else asks("ambiguous-era", then={"installed": span})
        )
        ledger.add([trap("元号のない日付", "installed", text, outcome)])
    content = delimited(ledger.lines, encoding="cp932")
    return CorpusFile("no_era.csv", content, ledger.answers, replies={"ambiguous-era": "昭和"})


def years_of_the_header() -> CorpusFile:
    """Under 「設置年度」 a bare year is a fiscal year."""
    ledger = Ledger("DF", HEADERS | {"installed": "設置年度"})
    ledger.header()
    for text, span in (
        ("S58", fiscal_year(1983)),
        ("2010", fiscal_year(2010)),
        ("H10年度", fiscal_year(1998)),
        ("R元", fiscal_year(2019)),
        ("H10.4.15", day(1998, 4, 15)),
    ):
        ledger.add([_when("年度の見出し", text, span)])
    return CorpusFile("fiscal_years.csv", delimited(ledger.lines), ledger.answers)


def rare_characters() -> CorpusFile:
    """What only Unicode can say: ㋿, ㎥, ³, Hangul-looking blanks, 𠮷."""
    ledger = Ledger("DU")
    ledger.header()
    ledger.add(
        [
            _when("元号の合字", "㋿5.3.31", day(2023, 3, 31)),
            trap(
                "合字の単位",
                "spec",
                "28㎥/分",
                stored(
                    spec_raw="28㎥/分", bore_mm=None, power_kw=None, voltage_v=None, flow_m3_min=28
                ),
            ),
            trap(
                "合字の単位",
                "spec",
                "28m³/min×12m",
                stored(
                    spec_raw="28m³/min×12m",
                    bore_mm=None,
                    power_kw=None,
                    voltage_v=None,
                    flow_m3_min=28,
                ),
            ),
            trap(
                "合字の単位",
                "spec",
                "200㎜",
                stored(spec_raw="200㎜", bore_mm=200, power_kw=None, voltage_v=None),
            ),
            trap("CP932にない漢字", "maker", "𠮷田機工", stored(maker="𠮷田機工")),
            trap("見えない文字", "code", "DU-V-006\u200b", stored()),
            trap("ノーブレークスペース", "name", "DU系統弁7\u00a0", stored()),
        ]
    )
    return CorpusFile("utf8_bom.csv", delimited(ledger.lines, encoding="utf-8-sig"), ledger.answers)
