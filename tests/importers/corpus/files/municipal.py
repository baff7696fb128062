"""Ledgers of four invented cities, each with words of its own; nobody prepared them."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

from typing import Any

from tests.importers.corpus.answers import CorpusFile, Ignored, Near, asks, day, month, stored, year
from tests.importers.corpus.equipment import Ledger, Trap
from tests.importers.corpus.formats import delimited, workbook

_MAKERS = ("B製作所", "C機械工業㈱", "(株)D鉄工所", "E水機")
_MAKER_NAMES = ("B製作所", "C機械工業", "D鉄工所", "E水機")


def _ledger(prefix: str, headers: dict[str, str], sheet: str | None = None) -> Ledger:
    return Ledger(prefix, headers, sheet=sheet)


def _row(
    ledger: Ledger, name: str, cells: dict[str, Any], truth: dict[str, Any], *accepted: Any
) -> None:
    ledger.row(Trap(name, "name", cells["name"], accepted or (stored(),), {}), cells, truth)


def machines() -> CorpusFile:
    """機器台帳 of a treatment plant: 40 rows in five trains."""
    headers = {
        "asset": "機器No.", "facility": "機場", "line": "系統", "name": "機器名", "class": "機器種別", "model": "型番",
        "maker": "メーカ", "installed": "据付年月日", "spec": "定格", "life": "耐用年数", "renewal": "更新予定",
    }  # fmt: skip
    ledger = _ledger("M", headers)
    ledger.line("架空市　下水道機器台帳")
    ledger.header()
    kinds = (
        ("床排水ポンプ", "PU-DR-01", "φ80×3.7kW"),
        ("送風機", "BL-BL-01", "30m3/min×22kW"),
        ("手動弁", "AX-VL-01", "φ150"),
        ("現場操作盤", "EL-LD-04", "200V 0.4kW"),
    )
    powers = {"PU-DR-01": 3.7, "BL-BL-01": 22, "AX-VL-01": None, "EL-LD-04": 0.4}
    for number in range(1, 41):
        word, code, spec = kinds[number % 4]
        written, span = _dates(number)
        key = f"MK-{number:04d}"
        name = f"{number}系{word}"
        row = {
            "asset": key, "facility": "見本浄化ｾﾝﾀｰ", "line": f"{number % 5 + 1}系", "name": name, "class": word, "model": f"TYPE-{number}", "maker": _MAKERS[number % 4],
            "installed": written, "spec": spec, "life": "15", "renewal": f"R{8 + number % 9}",
        }  # fmt: skip
        truth = {
            "code": key, "facility": "TJ", "name": name, "class": code, "model": f"TYPE-{number}", "maker": _MAKER_NAMES[number % 4],
            "installed": span, "spec_raw": spec, "power_kw": powers[code],
        }  # fmt: skip
        _row(ledger, "機器台帳（初見）", row, truth)
    return CorpusFile("machines_cp932.csv", delimited(ledger.lines), ledger.answers)


def _dates(number: int) -> tuple[str, str | None]:
    return (
        ("H12.3.31", day(2000, 3, 31)),
        ("平成15年10月", month(2003, 10)),
        ("S60", year(1985)),
        ("不明", None),
        ("2011/3/15", day(2011, 3, 15)),
    )[number % 5]


def manholes() -> CorpusFile:
    """マンホールポンプ台帳: a row is a station with two pumps in it."""
    headers = {
        "no": "No", "name": "名称", "address": "住所", "manhole": "人孔番号", "bore": "ポンプ口径(mm)", "power": "出力（kW）",
        "quantity": "台数", "since": "設置年度", "phone": "電話回線番号",
    }  # fmt: skip
    ledger = _ledger("MP", headers, "マンホールポンプ")
    ledger.line("マンホールポンプ台帳", *[None] * 7, "架空町")
    ledger.header()
    for number in range(1, 31):
        name = f"架空町第{number}マンホールポンプ"
        row = {
            "no": number, "name": name, "address": f"架空町{number}-1", "manhole": f"{number:03d}-１", "bore": 65 if number % 2 else 80,
            "power": 1.5 if number % 2 else 3.7, "quantity": "2台", "since": f"H{number % 20 + 1}", "phone": f"0466-25-{number:04d}",
        }  # fmt: skip
        truth = {
            "name": name,
            "address": f"架空町{number}-1",
            "manhole_no": f"{number:03d}-1",
            "facility_type": "manhole_pump",
        }
        asked = asks(
            "source-unknown",
            "column-missing",
            "numbers-missing",
            "facility-of-table",
            "unknown-lookup",
            "required-missing",
        )
        _row(ledger, "マンホールポンプ台帳（初見）", row, truth, stored(), asked)
    ledger.ignored("注の行", ["※台数には予備を含む"], Ignored())
    return CorpusFile(
        "manhole_pumps.xlsx",
        workbook({"マンホールポンプ": ledger.lines}),
        ledger.answers,
        "facilities",
    )


def electrical() -> CorpusFile:
    """電気設備台帳: panels and circuits, one sheet, the station in a banner above."""
    headers = {
        "name": "盤名称",
        "circuit": "回路",
        "class": "種別",
        "spec": "容量",
        "maker": "製造者名",
        "made": "製造年",
        "serial": "製造No.",
        "note": "摘要",
    }
    ledger = _ledger("EL", headers, "電気")
    ledger.line("見本第一中継ポンプ場　電気設備台帳")
    ledger.header()
    kinds = (
        ("変圧器", "EL-RC-01", "500kVA", {"capacity_kva": 500, "power_kw": None}),
        (
            "発電機",
            "EL-GE-01",
            "375kVA×6.6kV",
            {"capacity_kva": 375, "voltage_v": 6600, "power_kw": None},
        ),
        (
            "現場操作盤",
            "EL-LD-04",
            "3φ3W 200V 37kW",
            {"phase": 3, "voltage_v": 200, "power_kw": 37},
        ),
    )
    for number in range(1, 25):
        word, code, spec, facts = kinds[number % 3]
        name = f"{word}盤{number}"
        made, span = (("S62", year(1987)), ("1990年", year(1990)), ("－", None))[number % 3]
        row = {
            "name": name,
            "circuit": f"F-{number}",
            "class": word,
            "spec": spec,
            "maker": "N電設",
            "made": made,
            "serial": f"{number:05d}",
            "note": "",
        }
        truth = {
            "facility": "P01",
            "name": name,
            "class": code,
            "spec_raw": spec,
            "manufactured": span,
            "serial": f"{number:05d}",
            "maker": "N電設",
            **facts,
        }
        _row(
            ledger,
            "電気設備台帳（初見）",
            row,
            truth,
            stored(),
            asks("numbers-missing", "column-missing", "facility-of-table", then={}),
        )
    content = workbook({"電気": ledger.lines})
    return CorpusFile(
        "electrical.xlsx",
        content,
        ledger.answers,
        replies={"numbers-missing": True, "facility-of-table": "P01"},
    )


def assets() -> CorpusFile:
    """固定資産台帳: the accountants' words, yen, and a 耐用年数 that is not the engineers'."""
    headers = {
        "asset": "資産番号",
        "name": "資産名称",
        "facility": "所在",
        "class": "種類",
        "since": "取得年月日",
        "cost": "取得価額",
        "life": "耐用年数",
        "quantity": "数量",
    }
    ledger = _ledger("FA", headers)
    ledger.header()
    for number in range(1, 21):
        name = f"床排水ポンプ設備{number}"
        key = f"{number:010d}"
        count = "1" if number % 5 else "2"
        row = {
            "asset": key,
            "name": name,
            "facility": "見本第二中継ポンプ場",
            "class": "床排水ポンプ",
            "since": f"H{number}.3.31",
            "cost": f"{number},234,500",
            "life": "20",
            "quantity": count,
        }
        truth = {
            "asset": key,
            "name": name,
            "facility": "P02",
            "class": "PU-DR-01",
            "installed": day(1988 + number, 3, 31),
            "cost": number * 1_000_000 + 234_500,
        }
        question = asks(
            "facility-of-table",
            "column-missing",
            "numbers-missing",
            "unknown-lookup",
            "group-in-one-row",
            then={"facility": "P02"},
        )
        grouped = asks("group-in-one-row", then={"facility": "P02", "parts": 2})
        if count == "2":  # each of the two gets a number and a name of its own, and no price
            truth = {k: v for k, v in truth.items() if k not in {"asset", "name", "cost"}}
        _row(
            ledger,
            "固定資産台帳（初見）",
            row,
            truth,
            *((grouped,) if count == "2" else (stored(), question)),
        )
    replies = {
        "column-missing:facility": "所在",
        "group-in-one-row": "explode",
        "numbers-missing": True,
        "facility-of-table": "P02",
    }
    return CorpusFile("fixed_assets.csv", delimited(ledger.lines), ledger.answers, replies=replies)


def renamed() -> CorpusFile:
    """The same things as everywhere, under other names, in another order, with columns nobody needs."""
    headers = {
        "rank": "重要度", "memo": "担当課メモ", "maker": "製作会社", "health": "健全度評価", "since": "竣工年月", "name": "装置名", "code": "設備コード",
        "spec": "主要仕様", "facility": "処理場名", "model": "形式", "class": "小分類", "cost": "工事金額（千円）", "serial": "製番",
    }  # fmt: skip
    ledger = _ledger("RE", headers)
    ledger.header()
    for number in range(1, 21):
        written, span = _dates(number)
        row = {
            "rank": "A", "memo": "確認済", "maker": _MAKERS[number % 4], "health": str(number % 5 + 1), "since": written, "name": f"装置{number}", "code": f"RE-{number}",
            "spec": "φ100×2.2kW", "facility": "見本浄化センター", "model": "X-1", "class": "手動弁", "cost": "1,234", "serial": f"00{number}",
        }  # fmt: skip
        truth = {
            "code": f"RE-{number}", "facility": "TJ", "name": f"装置{number}", "class": "AX-VL-01", "maker": _MAKER_NAMES[number % 4], "health": number % 5 + 1,
            "installed": span, "bore_mm": 100, "power_kw": Near(2.2, 1e-6), "model": "X-1", "cost": 1_234_000, "serial": f"00{number}", "criticality": "A",
        }  # fmt: skip
        _row(ledger, "列の別名と順序", row, truth)
    return CorpusFile("renamed.csv", delimited(ledger.lines), ledger.answers)
