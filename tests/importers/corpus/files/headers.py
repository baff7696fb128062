"""Header rows and merged cells as offices draw them."""

from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font

from tests.importers.corpus.answers import (
    Answer,
    CorpusFile,
    Ignored,
    asks,
    fiscal_year,
    month,
    refused,
    stored,
)
from tests.importers.corpus.equipment import HEADERS, Ledger, Trap, trap, valve
from tests.importers.corpus.formats import (
    Cell,
    fill,
    saved,
    workbook,
)

GROUPS = (("設備", 5), ("機器", 5), ("設置", 2), ("管理", 4))


TALL = {
    "code": "設備番号",
    "facility": "施設",
    "place": "場所",
    "class": "設備分類",
    "name": "名称",
    "asset": "機器番号",
    "maker": "製造者",
    "model": "型式",
    "serial": "製造番号",
    "spec": "仕様",
    "installed_year": "設置年",
    "installed_month": "設置月",
    "cost": "取得価格(千円)",
    "health": "健全度",
    "status": "状態",
    "note": "備考",
}


_UNDER = {"設置年": "年", "設置月": "月"}


def merged_header() -> CorpusFile:
    """Three header rows with merges and vertical text, ditto, struck and hidden rows, subtotals."""
    ledger = Ledger("MH", TALL)
    ledger.line("設備台帳（機械設備）　令和6年3月末現在")
    ledger.line("見本市下水道部（架空）")
    ledger.line(*_banners())
    ledger.line(*(_upright(_UNDER.get(name, name)) for name in TALL.values()))
    ledger.line(*["（必須）"] * 2, *[None] * 10, "税抜", "5～1")
    _body(ledger)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "機械"
    fill(sheet, ledger.lines)
    column = 1
    for _, width in GROUPS:
        sheet.merge_cells(
            start_row=3, start_column=column, end_row=3, end_column=column + width - 1
        )
        column += width
    for cell in sheet[4]:
        cell.alignment = Alignment(textRotation=255, wrapText=True)
    for answer in ledger.answers:
        if answer.trap == "取消線の行":
            for cell in sheet[answer.row_no]:
                cell.font = Font(strike=True)
        if answer.trap == "非表示の行":
            sheet.row_dimensions[answer.row_no].hidden = True
    answers = [_on(answer, "機械") for answer in ledger.answers]
    return CorpusFile("merged_header.xlsx", saved(book), answers)


def _banners() -> list[Cell]:
    return [text for name, width in GROUPS for text in (name, *[None] * (width - 1))]


def _upright(name: str) -> str:
    return name if "(" in name else "\n".join(name)


def _on(answer: Answer, sheet: str) -> Answer:
    return Answer(**{**answer.__dict__, "sheet": sheet})


def _body(ledger: Ledger) -> None:
    since = {"installed": month(1983, 3)}
    _tall(ledger, "結合見出しの年と月", stored(**since))
    _tall(ledger, "同上の記号", stored(**since, maker="T弁栓"), maker="〃", model="同上")
    _tall(ledger, "同上の記号", stored(**since, maker="T弁栓"), maker="″", model="↓")
    _tall(ledger, "同上の記号", stored(**since, maker="T弁栓"), facility="〃", place="〃")
    gone = stored(told=("struck-is-removed", "struck-row"), status="abolished", **since)
    _tall(ledger, "取消線の行", gone, refused("struck-row"), asks("struck-row"))
    _tall(ledger, "非表示の行", stored(told=("hidden-row",), **since), asks("hidden-row"))
    ledger.ignored("小計の行", ["小計", *[None] * 11, 6000], Ignored())
    _tall(
        ledger,
        "小計の下の同上",
        stored(told=("ditto",), maker="T弁栓", **since),
        refused("ditto-without-row-above"),
        asks("ditto-without-row-above"),
        maker="〃",
    )
    ledger.line()
    ledger.ignored("見出しの繰返し", list(_banners()), Ignored())
    ledger.ignored("見出しの繰返し", [_upright(_UNDER.get(n, n)) for n in TALL.values()], Ignored())
    _tall(
        ledger,
        "見出しの下の同上",
        refused("ditto-without-row-above"),
        asks("ditto-without-row-above"),
        maker="〃",
    )
    _tall(
        ledger,
        "年度の入った年の欄",
        stored(installed=fiscal_year(1983)),
        installed_year="S58年度",
        installed_month=None,
    )
    _tall(ledger, "文字の月", stored(**since), installed_month="３月")
    _tall(
        ledger,
        "年の欄の不明",
        stored(installed=None, installed_precision="unknown"),
        installed_year="不明",
        installed_month=None,
    )
    _tall(ledger, "数値の製造番号", stored(serial="20481", **since), serial=20481)
    _tall(ledger, "数値の製造番号", stored(serial="20481.5", **since), serial=20481.5)
    ledger.line()
    ledger.ignored("合計の行", ["合計", None, None, None, "15台", *[None] * 7, 12345], Ignored())
    ledger.ignored("注の行", ["注）取得価格は税抜きである。"], Ignored())
    ledger.ignored("注の行", ["※ 取消線は撤去済みを示す。"], Ignored())


def _tall(ledger: Ledger, name: str, *accepted: Any, **others: Any) -> None:
    ledger.count += 1
    row = valve(ledger.prefix, ledger.count)
    cells = row.cells | {
        "facility": "見本浄化センター",
        "class": "手動弁",
        "installed_year": "S58",
        "installed_month": 3,
        "cost": 1200,
        "health": 3,
        **others,
    }
    field = next(iter(others), "installed_year")
    ledger.row(Trap(name, field, others.get(field, ""), accepted, {}), cells, row.truth)


def merged_down() -> CorpusFile:
    """The facility and the place are written once, in a cell merged over three rows."""
    headers = {n: HEADERS[n] for n in ("facility", "place", "code", "class", "name", "installed")}
    ledger = Ledger("MD", headers, sheet="台帳")
    ledger.header()
    for number in (1, 2, 3, 4, 5, 6):
        row = valve("MD", number, installed="H10.4.15")
        first = number in {1, 4}
        facility = "TJ" if number < 4 else "P01"
        cells = row.cells | {"facility": facility if first else None}
        cells |= {"place": row.cells["place"] if first else None}
        names = ("code", "class", "name", "place")
        truth = {name: row.truth[name] for name in names} | {"facility": facility}
        ledger.row(Trap("縦に結合したセル", "facility", facility, (stored(),), {}), cells, truth)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台帳"
    fill(sheet, ledger.lines)
    for area in ("A2:A4", "B2:B4", "A5:A7", "B5:B7"):
        sheet.merge_cells(area)
    return CorpusFile("merged_down.xlsx", saved(book), ledger.answers)


def units_under_names() -> CorpusFile:
    """The second header row holds the units; a line above says what all prices are in."""
    headers = {
        "code": "設備番号",
        "facility": "施設コード",
        "class": "分類コード",
        "name": "機器名称",
        "bore": "口径",
        "flow": "吐出量",
        "power": "出力",
        "cost": "取得価格",
    }
    ledger = Ledger("UN", headers, sheet="台帳")
    ledger.line("ポンプ一覧")
    ledger.header()
    ledger.line(None, None, None, None, "mm", "m3/h", "kW", "千円")
    for number in (1, 2, 3):
        code = f"UN-{number}"
        row = {
            "code": code,
            "facility": "TJ",
            "class": "PU-DR-01",
            "name": f"単位弁{number}",
            "bore": 80,
            "flow": 96,
            "power": 3.7,
            "cost": 1200,
        }
        truth = {
            "code": code,
            "bore_mm": 80,
            "flow_m3_min": 1.6,
            "power_kw": 3.7,
            "cost": 1_200_000,
        }
        question = asks("which-unit", "money-unit", "unit-unknown")
        ledger.row(Trap("単位だけの見出しの段", "cost", 1200, (stored(), question), {}), row, truth)
    return CorpusFile("units_row.xlsx", workbook({"台帳": ledger.lines}), ledger.answers)


def unit_above_table() -> CorpusFile:
    """「（単位：千円）」 stands at the right above the table, as in budgets."""
    ledger = Ledger("UA", HEADERS | {"cost": "取得価格"}, sheet="台帳")
    ledger.line("設備台帳", *[None] * 11, "（単位：千円）")
    ledger.header()
    doubt = ("which-unit", "money-unit", "unit-unknown", "unit-above-table", "unit-of-prices")
    ledger.add([trap("表の上の単位", "cost", 1200, stored(), asks(*doubt)) for _ in range(3)])
    return CorpusFile("unit_above.xlsx", workbook({"台帳": ledger.lines}), ledger.answers)


def same_names_twice() -> CorpusFile:
    """「型式」 of the pump and 「型式」 of its motor: the banner above tells them apart."""
    headers = {
        "code": "設備番号",
        "facility": "施設コード",
        "class": "分類コード",
        "name": "機器名称",
        "maker": "製造者",
        "model": "型式",
        "serial": "製造番号",
        "maker2": "製造者",
        "model2": "型式",
        "serial2": "製造番号",
    }
    ledger = Ledger("TW", headers, sheet="台帳")
    ledger.line(*[None] * 4, "ポンプ", None, None, "電動機", None, None)
    ledger.header()
    for number in (1, 2):
        code = f"TW-{number}"
        row = {
            "code": code,
            "facility": "TJ",
            "class": "PU-DR-01",
            "name": f"二重ポンプ{number}",
            "maker": "C機械工業",
            "model": "CVV-1",
            "serial": f"CK-9{number}",
            "maker2": "M電機",
            "model2": "MBU-1",
            "serial2": f"MD-9{number}",
        }
        truth = {
            "code": code,
            "name": f"二重ポンプ{number}",
            "maker": "C機械工業",
            "model": "CVV-1",
            "serial": f"CK-9{number}",
        }
        question = asks("column-missing", "column-twice", "ambiguous-column", "several-columns")
        ledger.row(Trap("同じ見出しが二つ", "model", "CVV-1", (stored(), question), {}), row, truth)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台帳"
    fill(sheet, ledger.lines)
    sheet.merge_cells("E1:G1")
    sheet.merge_cells("H1:J1")
    return CorpusFile("banners.xlsx", saved(book), ledger.answers)
