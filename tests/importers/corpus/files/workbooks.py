"""Workbooks of several formats, sheets and sorts of cells."""

from typing import Any

import openpyxl

from tests.importers.corpus.answers import (
    Answer,
    CorpusFile,
    Holds,
    Ignored,
    OneOf,
    asks,
    day,
    month,
    refused,
    stored,
)
from tests.importers.corpus.equipment import HEADERS, Ledger, Trap, trap
from tests.importers.corpus.formats import (
    excel_97,
    fill,
    open_document,
    saved,
    with_macros,
    workbook,
)


def sheet_per_facility() -> CorpusFile:
    """The facility stands nowhere but in the name of the sheet."""
    headers = {name: title for name, title in HEADERS.items() if name != "facility"}
    sheets: dict[str, list[list[Any]]] = {"表紙": [["設備台帳"], ["令和6年度"]]}
    answers: list[Answer] = []
    for sheet, code, prefix, name in (
        ("見本浄化センター", "TJ", "SA", "シート名の施設"),
        ("見本第一中継Ｐ場", "P01", "SB", "略したシート名"),
        ("第二中継ポンプ場", "P02", "SC", "シート名の一部一致"),
        ("架空第九十九ポンプ場", "P02", "SD", "未知のシート名"),
    ):
        ledger = Ledger(prefix, headers, sheet=sheet)
        ledger.line(f"令和6年度　設備一覧（{sheet}）" if prefix == "SA" else "令和6年度　設備一覧")
        ledger.header()
        ask = asks("facility-of-table", "unknown-lookup", then={"facility": code})
        accepted = (ask,) if prefix in {"SB", "SD"} else (stored(facility=code), ask)
        ledger.add([trap(name, "name", f"{prefix}弁{n}", *accepted) for n in (1, 2)])
        sheets[sheet] = ledger.lines
        answers += ledger.answers
    answers = [_named(answer) for answer in answers]
    replies = {
        "facility-of-table:架空第九十九ポンプ場": "P02",
        "facility-of-table:見本第一中継Ｐ場": "P01",
        "facility-of-table:第二中継ポンプ場": "P02",
    }
    return CorpusFile("sheets.xlsx", workbook(sheets), answers, replies=replies)


def _named(answer: Answer) -> Answer:
    return Answer(**{**answer.__dict__, "truth": {**answer.truth, "name": answer.written}})


def facility_in_cell() -> CorpusFile:
    """「施設名」 in A2 and the facility in B2; the table starts below."""
    headers = {name: title for name, title in HEADERS.items() if name != "facility"}
    ledger = Ledger("FB", headers, sheet="Sheet1")
    ledger.line("設備台帳", None, None, "作成：施設係")
    ledger.line("施設名", "見本第二中継ポンプ場", None, "調査年月", "R6.3")
    ledger.line()
    ledger.header()
    here = stored(facility="P02")
    ledger.add([trap("B2の施設", "name", f"FB系統弁{n}", here) for n in (1, 2, 3)])
    return CorpusFile("facility_in_b2.xlsx", workbook({"Sheet1": ledger.lines}), ledger.answers)


def several_tables() -> CorpusFile:
    """Two tables under each other in one sheet, with other columns in another order."""
    first = Ledger("T1", sheet="一覧")
    first.line("１．機械設備")
    first.header()
    first.add([trap("一つのシートの表1", "health", "4", stored(health=4)) for _ in range(2)])
    first.line()
    first.line("２．電気設備")
    second = Ledger(
        "T2",
        {n: HEADERS[n] for n in ("name", "code", "facility", "class", "installed", "spec")},
        first.lines,
        sheet="一覧",
    )
    second.header()
    for number in (1, 2):
        code = f"T2-E-{number}"
        row = {
            "name": f"電灯盤{number}",
            "code": code,
            "facility": "TJ",
            "class": "EL-LD-04",
            "installed": "H5.10",
            "spec": "AC200V",
        }
        truth = {
            "name": f"電灯盤{number}",
            "code": code,
            "facility": "TJ",
            "class": "EL-LD-04",
            "installed": month(1993, 10),
            "voltage_v": 200,
        }
        second.row(Trap("一つのシートの表2", "installed", "H5.10", (stored(),), {}), row, truth)
    answers = [*first.answers, *second.answers]
    return CorpusFile("two_tables.xlsx", workbook({"一覧": first.lines}), answers)


def _simple(prefix: str, sheet: str, name: str) -> Ledger:
    ledger = Ledger(prefix, sheet=sheet)
    ledger.header()
    ledger.add(
        [
            trap(name, "installed", "S58.3", stored(installed=month(1983, 3))),
            trap(name, "serial", "00012", stored(serial="00012")),
            trap(name, "name", "予備能力表示弁十", stored(name="予備能力表示弁十")),
            trap(name, "cost", 1200, stored(cost=1_200_000)),
        ]
    )
    return ledger


def macro_workbook() -> CorpusFile:
    ledger = _simple("XM", "台帳", "xlsm形式")
    return CorpusFile("macro.xlsm", with_macros(workbook({"台帳": ledger.lines})), ledger.answers)


def old_workbook() -> CorpusFile:
    ledger = _simple("XL", "台帳", "xls形式")
    return CorpusFile("old.xls", excel_97("台帳", ledger.lines), ledger.answers)


def open_workbook() -> CorpusFile:
    ledger = _simple("OD", "台帳", "ods形式")
    return CorpusFile("office.ods", open_document({"台帳": ledger.lines}), ledger.answers)


def epoch_1904() -> CorpusFile:
    """A workbook from an old Mac counts its days from 1904."""
    ledger = Ledger("EP", sheet="Sheet")
    ledger.header()
    ledger.add(
        [
            trap("1904年起算の通し番号", "installed", 43554, stored(installed=day(2023, 3, 31))),
            trap("1904年起算の日付", "installed", 43554, stored(installed=day(2023, 3, 31))),
        ]
    )
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    fill(book.active, ledger.lines)
    place = list(HEADERS).index("installed") + 1
    book.active.cell(3, place).number_format = "yyyy/mm/dd"
    return CorpusFile("mac_1904.xlsx", saved(book), ledger.answers)


def real_cells() -> CorpusFile:
    """Cells that are no texts: dates, numbers, formulas without a result, errors, booleans."""
    ledger = Ledger("RC", sheet="Sheet")
    ledger.header()
    unread = (
        "formula-without-value",
        "formula-not-calculated",
        "uncalculated-formula",
        "formula",
        "uncached-formula",
        "no-cached-value",
    )
    ledger.add(
        [
            trap("日付のセル", "installed", 45016, stored(installed=day(2023, 3, 31))),
            trap("数値のセル", "cost", 1200, stored()),
            trap("数値のセル", "health", 3.0, stored()),
            trap(
                "値のない数式",
                "cost",
                "=600*2",
                refused(*unread),
                asks(*unread),
                stored(cost=1_200_000),
                stored(cost=None, told=unread),
            ),
            trap(
                "値のない数式", "name", '="RC系統弁"&5', refused(*unread), asks(*unread), stored()
            ),
            trap(
                "エラーのセル",
                "cost",
                "#N/A",
                refused("not-a-number", "cell-error"),
                asks("not-a-number"),
                stored(cost=None, told=("cell-error", "not-a-number")),
            ),
            trap(
                "エラーのセル",
                "installed",
                "#REF!",
                refused("not-a-date", "cell-error"),
                asks("not-a-date"),
                stored(installed=None, told=("cell-error",)),
            ),
            trap("端数の浮動小数", "cost", 0.1 + 0.2, stored(cost=300)),
            trap(
                "大きな数値の製造番号",
                "serial",
                1234567890123456789,
                stored(serial=OneOf(("1234567890123456789",))),
                asks("digits-lost", "may-be-rounded"),
                refused("digits-lost"),
                stored(
                    serial=Holds(("123456789012345",)),
                    told=("may-be-rounded", "digits-lost", "code-may-have-lost-digits"),
                ),
            ),
        ]
    )
    book = openpyxl.Workbook()
    fill(book.active, ledger.lines)
    place = list(HEADERS).index("installed") + 1
    book.active.cell(2, place).number_format = "[$-411]ge.m.d"
    return CorpusFile("real_cells.xlsx", saved(book), ledger.answers)


def hidden_sheet() -> CorpusFile:
    """Last year's ledger lies in a hidden sheet behind this year's."""
    shown = Ledger("HS", sheet="R6")
    shown.header()
    shown.add([trap("見えるシート", "health", 4, stored(health=4))])
    hidden = Ledger("HH", sheet="R5")
    hidden.header()
    told = ("hidden-sheet", "hidden-row", "sheet-hidden")
    hidden.add(
        [trap("非表示のシート", "health", 4, Ignored(), stored(health=4, told=told), asks(*told))]
    )
    book = openpyxl.Workbook()
    book.active.title = "R6"
    fill(book.active, shown.lines)
    fill(book.create_sheet("R5"), hidden.lines)
    book["R5"].sheet_state = "hidden"
    return CorpusFile("hidden_sheet.xlsx", saved(book), [*shown.answers, *hidden.answers])
