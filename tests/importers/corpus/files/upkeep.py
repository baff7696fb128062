"""Inspections and part replacements as old sheets keep them."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

from typing import Any

from tests.importers.corpus.answers import CorpusFile, Outcome, asks, day, month, refused, stored
from tests.importers.corpus.equipment import Ledger, Trap
from tests.importers.corpus.formats import delimited

INSPECTIONS = {
    "no": "№",
    "facility": "施設名",
    "equipment": "設備名",
    "on": "点検年月日",
    "kind": "点検種別",
    "who": "点検業者",
    "current": "電流値（A）",
    "insulation": "絶縁抵抗(MΩ)",
    "result": "判定",
    "health": "健全度",
    "due": "次回点検日",
    "note": "備考",
}
Rows = tuple[tuple[str, str, dict[str, str], tuple[Outcome, ...]], ...]


def inspections() -> CorpusFile:
    """Marks for words, figures with and without units, judgements, days of every sort."""
    ledger = Ledger("IN", INSPECTIONS)
    ledger.line("令和５年度　設備点検記録")
    ledger.header()
    rows: Rows = (
        ("点検の設備名", "equipment", {"equipment": "１号汚水ポンプ"}, (stored(),)),
        ("点検の設備名", "equipment", {"equipment": "汚水ﾎﾟﾝﾌﾟNo.2"}, (stored(position="TJ-P-002"),)),
        ("点検の設備名の候補", "equipment", {"equipment": "No.1汚水P"}, (asks("unknown-equipment", then={"position": "TJ-P-001"}),)),
        ("台帳にない設備の点検", "equipment", {"equipment": "事務室給湯器"}, (asks("unknown-equipment"), refused("place-needed"))),
        ("点検年月日", "on", {"on": "令和5年10月3日"}, (stored(inspected=day(2023, 10, 3)),)),
        ("点検年月日", "on", {"on": "2023/10/4"}, (stored(inspected=day(2023, 10, 4)),)),
        ("日のない点検", "on", {"on": "R5.11"}, (stored(inspected=month(2023, 11)),)),
        ("点検日の不明", "on", {"on": "不明"}, (refused("day-unknown"),)),
        ("ありえない点検日", "on", {"on": "R5.2.30"}, (refused("impossible-date", "not-a-date"),)),
        ("元号のない点検日", "on", {"on": "5.10.5"}, (asks("ambiguous-era", then={"inspected": day(2023, 10, 5)}),)),
        ("点検区分の言い方", "kind", {"kind": "年次点検"}, (stored(kind="periodic"),)),
        ("点検区分の言い方", "kind", {"kind": "法定"}, (stored(kind="statutory"),)),
        ("知らない点検区分", "kind", {"kind": "お掃除"}, (asks("unknown-word", then={"kind": "routine"}),)),
        ("点検区分の空白", "kind", {"kind": ""}, (stored(kind="periodic", told=("inspection-kind-assumed",)),)),
        ("判定の記号", "result", {"result": "◯"}, (stored(result="good"),)),
        ("判定の記号", "result", {"result": "×"}, (stored(result="bad"),)),
        ("判定の言葉", "result", {"result": "要調査"}, (stored(result="watch"),)),
        ("測定値の桁区切り", "current", {"current": "1,234"}, (stored(current=1234.0),)),
        ("測定値の全角", "current", {"current": "１２．５"}, (stored(current=12.5),)),
        ("測定値の単位", "insulation", {"insulation": "200MΩ"}, (stored(insulation=200.0),)),
        ("測定値と判定", "insulation", {"insulation": "0.5 △"}, (stored(insulation=0.5),)),
        ("測定値の以上", "insulation", {"insulation": "100以上"}, (stored(), refused("not-a-number"))),
        ("測定値の言葉", "current", {"current": "測定不可"}, (stored(current=None), refused("not-a-number"))),
        ("健全度の範囲", "health", {"health": "7"}, (refused("health-out-of-range"),)),
        ("健全度の範囲", "health", {"health": "３"}, (stored(health=3),)),
        ("次回が点検より前", "due", {"due": "R3.4.1"}, (refused("ends-before-start"),)),
        ("次回の年月", "due", {"due": "R6.10"}, (stored(due="2024-10-01", told=("first-day",)),)),
    )  # fmt: skip
    for number, (name, field, own, accepted) in enumerate(rows, start=1):
        row = {
            "no": str(number),
            "facility": "見本浄化センター",
            "equipment": "No.1汚水ポンプ",
            "on": f"R4.{1 + number // 28}.{1 + number % 28}",
            "kind": "定期",
            "who": "A設備保全",
            "current": "12.5",
            "insulation": "50",
            "result": "○",
            "health": "",
            "due": "",
            "note": "",
        }
        truth = {"facility": "TJ", "position": "TJ-P-001", "inspector": "A設備保全"}
        ledger.row(Trap(f"点検: {name}", field, own[field], accepted, {}), row | own, truth)
    ledger.line("計", "", "", "", f"{len(rows)}件")
    replies: dict[str, Any] = {
        "unknown-equipment:No.1汚水P": "TJ-P-001",
        "unknown-equipment:事務室給湯器": "-",
        "unknown-word": "日常点検",
        "ambiguous-era": "令和",
    }
    return CorpusFile(
        "inspections_cp932.csv", delimited(ledger.lines), ledger.answers, "inspections", replies
    )


PARTS = {
    "code": "設備番号",
    "part": "交換部品",
    "no": "部品番号",
    "count": "数量",
    "on": "取替日",
    "who": "施工業者",
    "cost": "金額（千円）",
    "why": "理由",
}


def parts() -> CorpusFile:
    """One part a row; counts with counters, prices in thousands, numbers of devices for places."""
    ledger = Ledger("PR", PARTS)
    ledger.header()
    rows: Rows = (
        ("数量の助数詞", "count", {"count": "２個"}, (stored(quantity=2),)),
        ("数量の一式", "count", {"count": "一式"}, (stored(quantity=1),)),
        ("数量の空白", "count", {"count": ""}, (stored(quantity=1),)),
        ("数量が0", "count", {"count": "0"}, (refused("not-a-number"),)),
        ("部品名の空白", "part", {"part": ""}, (refused("required-missing"),)),
        ("部品番号の全角", "no", {"no": "ＭＳ－５０"}, (stored(part_no="MS-50"),)),
        ("交換の年月", "on", {"on": "R5.11"}, (stored(replaced=month(2023, 11)),)),
        ("交換日の不明", "on", {"on": "不明"}, (refused("day-unknown"),)),
        ("千円の金額", "cost", {"cost": "48.4"}, (stored(cost=48_400),)),
        ("金額の言葉", "cost", {"cost": "保証対応"}, (refused("not-a-number", "price-elsewhere"), asks("price-elsewhere", "not-a-number"))),
        ("知らない設備番号", "code", {"code": "TJ-P-999"}, (refused("unknown-reference"),)),
        ("設備番号のダッシュ", "code", {"code": "TJ−P−001"}, (stored(),)),
    )  # fmt: skip
    for number, (name, field, own, accepted) in enumerate(rows, start=1):
        row = {
            "code": "TJ-P-001",
            "part": "軸受",
            "no": "",
            "count": "1",
            "on": f"R4.5.{number}",
            "who": "A設備保全",
            "cost": "",
            "why": "摩耗",
        }
        truth = {"position": "TJ-P-001", "part": "軸受", "done_by": "A設備保全"}
        ledger.row(Trap(f"部品: {name}", field, own[field], accepted, {}), row | own, truth)
    return CorpusFile(
        "parts_utf8.csv",
        delimited(ledger.lines, encoding="utf-8-sig"),
        ledger.answers,
        "part_replacements",
        {"price-elsewhere": ""},
    )
