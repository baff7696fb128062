"""How tables lie on their sheets: sections, offsets, blanks in headers, sheets that need each other."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

import io

import xlsxwriter

from tests.importers.corpus.answers import CorpusFile, Ignored, asks, month, refused, stored
from tests.importers.corpus.equipment import HEADERS, Ledger, Trap, trap
from tests.importers.corpus.formats import delimited, workbook

_SPACED = {
    "code": "設備　番号", "facility": "施 設 名", "class": "設備\n分類", "name": "名　　称",
    "maker": "ﾒｰｶｰ名", "model": "型　式", "serial": "製造 番号", "spec": "仕　様", "installed": "設置\n年月",
    "cost": "取得価格\n（千円）", "note": "備　考",
}  # fmt: skip


def sections() -> CorpusFile:
    """Headings, subtotals and notes stand between the rows; the table starts in column B."""
    ledger = Ledger("SE", _SPACED, sheet="一覧")
    ledger.line("設備番号順　設備一覧表（名称・型式・製造番号）")
    ledger.line()
    ledger.header()
    for part, heading in enumerate(("【機械設備】", "■電気設備", "（３）計装設備")):
        ledger.ignored("節の見出し", [heading], Ignored())
        for number in (1, 2):
            _spaced(ledger, part * 2 + number)
        ledger.ignored(
            "語のない小計", [None, None, None, "計", *[None] * 5, "2台", 2400], Ignored()
        )
    ledger.ignored("以下余白", [None, None, None, "以下余白"], Ignored())
    ledger.ignored("注の行", ["備考：斜体は推定。", None, None], Ignored())
    ledger.ignored("ページ番号", [*[None] * 5, "- 1 / 1 -"], Ignored())
    lines = [[None, *line] for line in ledger.lines]
    return CorpusFile("sections.xlsx", workbook({"一覧": lines}), ledger.answers)


def _spaced(ledger: Ledger, number: int) -> None:
    code = f"SE-{number:02d}"
    row = {
        "code": code, "facility": "見本浄化センター", "class": "手動弁", "name": f"節の弁{number}", "maker": "T弁栓", "model": "TUC-1",
        "serial": f"0{number}", "spec": "φ100", "installed": "S58.3", "cost": 1200, "note": "",
    }  # fmt: skip
    truth = {
        "code": code, "facility": "TJ", "class": "AX-VL-01", "name": f"節の弁{number}", "maker": "T弁栓", "model": "TUC-1",
        "serial": f"0{number}", "bore_mm": 100, "installed": month(1983, 3), "cost": 1_200_000,
    }  # fmt: skip
    ledger.row(Trap("空白のある見出し", "name", row["name"], (stored(),), {}), row, truth)


def calculated() -> CorpusFile:
    """Formulas with the value that the spreadsheet last saw."""
    ledger = Ledger("CF", sheet="台帳")
    ledger.header()
    ledger.add([trap("計算済みの数式", "cost", 1200, stored(cost=1_200_000)) for _ in (1, 2)])
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("台帳")
    place = list(HEADERS).index("cost")
    for number, line in enumerate(ledger.lines):
        sheet.write_row(number, 0, line)
        if number:
            sheet.write_formula(number, place, "=600*2", None, 1200)
    book.close()
    return CorpusFile("calculated.xlsx", content.getvalue(), ledger.answers)


def new_facility_beside() -> CorpusFile:
    """The equipment of a station that only another sheet of the same workbook tells of."""
    ledger = Ledger("NF", sheet="設備")
    ledger.header()
    for name, facility in (("別シートの施設コード", "N01"), ("別シートの施設コード", "N01")):
        ledger.add([trap(name, "facility", facility, stored(facility="N01"))])
    unknown = ("unknown-reference", "unknown-lookup")
    ledger.add(
        [trap("どのシートにもない施設", "facility", "N99", refused(*unknown), asks(*unknown))]
    )
    stations = [["施設コード", "施設名", "施設種別"], ["N01", "見本新設ポンプ場", "ポンプ場"]]
    content = workbook({"設備": ledger.lines, "施設": stations})
    return CorpusFile("two_kinds.xlsx", content, ledger.answers)


def same_numbers_in_sheets() -> CorpusFile:
    """A row was copied to another sheet and changed there: which one is true?"""
    sheets, answers = {}, []
    both = ("duplicate-in-file", "installation-overlap")
    for name, health in (("機械", 3), ("更新対象", 1)):
        ledger = Ledger("SN", sheet=name)
        ledger.header()
        ledger.add([trap("二つのシートの同じ番号", "health", health, refused(*both), asks(*both))])
        sheets[name] = ledger.lines
        answers += ledger.answers
    return CorpusFile("copied_row.xlsx", workbook(sheets), answers)


def blank_cells() -> CorpusFile:
    """A second ledger with fewer cells filled must not wipe what the registry knows."""
    ledger = Ledger(
        "BC",
        {
            n: HEADERS[n]
            for n in (
                "code",
                "facility",
                "class",
                "name",
                "asset",
                "serial",
                "spec",
                "cost",
                "health",
                "installed",
                "note",
            )
        },
    )
    ledger.header()
    row = {
        "code": "TJ-P-001",
        "facility": "TJ",
        "class": "PU-OS-01",
        "name": "No.1汚水ポンプ",
        "asset": "K-0001",
    }
    truth = {
        "code": "TJ-P-001",
        "serial": "L02-4533",
        "cost": 12_345_000,
        "health": 3,
        "bore_mm": 500,
        "installed": "1983-03-01/1983-03-01",
        "outcome": "unchanged",
    }
    ledger.row(Trap("空白は消さない", "health", "", (stored(),), {}), row, truth)
    return CorpusFile("blanks.csv", delimited(ledger.lines), ledger.answers)
