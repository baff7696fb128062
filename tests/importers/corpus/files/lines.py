"""Rows that stand for several things, for a part of another, or for half a row."""

from tests.importers.corpus.answers import (
    CorpusFile,
    Outcome,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap, trap
from tests.importers.corpus.formats import delimited


def groups() -> CorpusFile:
    """Several things in one row, and rows that only look so."""
    headers = {
        "code": "設備番号",
        "facility": "施設コード",
        "class": "分類コード",
        "name": "機器名称",
        "quantity": "台数",
        "serial": "製造番号",
        "cost": "取得価格(千円)",
        "note": "備考",
    }
    ledger = Ledger("GR", headers)
    ledger.header()
    four = {"parts": 4, "facility": "TJ", "class": "AX-VL-01"}
    question = ("group-in-one-row",)
    rows = (
        ("No.1～4の一行", "No.1～4汚水系ゲート", "4", asks(*question, then=four)),
        ("No.1～4の一行", "No.1,2洗浄弁", "", asks(*question, then=four | {"parts": 2})),
        ("No.1～4の一行", "１～３号攪拌機", "3", asks(*question, then=four | {"parts": 3})),
        ("台数が複数", "予備弁", "2", asks(*question, then=four | {"parts": 2})),
        ("台数が複数", "排気弁", "2台(1台予備)", asks(*question, then=four | {"parts": 2})),
        ("台数が一", "No.1単独弁", "1台", stored(parts=1, name="No.1単独弁", facility="TJ")),
        ("台数が一", "基準弁", "一式", stored(parts=1, name="基準弁"), asks(*question)),
        (
            "範囲に見える名称",
            "No.1-2系統連絡弁",
            "1",
            stored(parts=1, name="No.1-2系統連絡弁"),
            asks(*question),
        ),
        ("号機と型番", "No.3弁300-4型", "1", stored(parts=1, name="No.3弁300-4型")),
    )
    for number, (name, written, quantity, *accepted) in enumerate(rows, start=1):
        row = {
            "code": f"GR-{number:03d}",
            "facility": "TJ",
            "class": "AX-VL-01",
            "name": written,
            "quantity": quantity,
        }
        ledger.row(Trap(name, "name", written, tuple(accepted), {}), row, {})
    content = delimited(ledger.lines)
    replies = {"group-in-one-row": "explode"}
    return CorpusFile("groups.csv", content, ledger.answers, replies=replies)


def broken_lines() -> CorpusFile:
    """Lines that do not fit their header: an unquoted comma, a line cut off, blanks below."""
    ledger = Ledger("BR")
    ledger.header()
    ledger.add([trap("正しい行", "name", "BR系統弁1", stored(name="BR系統弁1"))])
    shifted = (
        "health-out-of-range",
        "unknown-word",
        "too-many-cells",
        "row-too-long",
        "shifted-row",
    )
    ledger.add([trap("桁区切りで列がずれた行", "cost", "1,200", refused(*shifted), asks(*shifted))])
    place = list(ledger.headers).index("cost")
    ledger.lines[-1][place : place + 1] = ["1", "200"]
    missing = ("required-missing", "value-missing", "row-too-short", "column-missing")
    ledger.add([trap("途中で切れた行", "name", "", refused(*missing), asks(*missing))])
    ledger.lines[-1] = ledger.lines[-1][:2]
    lost = ("required-missing", "value-missing", "unknown-reference", "facility-of-table")
    ledger.add(
        [
            trap(
                "空白で続く施設",
                "facility",
                "",
                refused(*lost),
                asks(*lost),
                stored(told=("filled-down", "ditto")),
            )
        ]
    )
    ledger.add([trap("全角の施設コード", "facility", "ＴＪ", stored())])
    ledger.line(*[""] * len(ledger.headers))
    ledger.line()
    return CorpusFile("broken_lines.csv", delimited(ledger.lines), ledger.answers)


_WRONG_PARENT = (
    "unknown-reference",
    "unknown-lookup",
    "own-parent",
    "parent-circle",
    "parent-elsewhere",
)


def parents() -> CorpusFile:
    """Places within places; the upper one may stand below, be known, or be nowhere."""
    wrong = (refused(*_WRONG_PARENT), asks(*_WRONG_PARENT))
    return _family(
        "PA",
        (
            ("下の行にある上位設備", "PA-2", (stored(parent="PA-2"),)),
            ("上位設備", "", (stored(parent=None),)),
            ("登録済みの上位設備", "ＴＪ－Ｐ－００１", (stored(parent="TJ-P-001"),)),
            ("未知の上位設備", "ZZ-9", wrong),
            ("施設名の欄の施設コード", "", (stored(parent=None),)),
        ),
    )


def parents_elsewhere() -> CorpusFile:
    wrong = (refused(*_WRONG_PARENT), asks(*_WRONG_PARENT))
    return _family("PE", (("ほかの施設の上位設備", "P01-P-001", wrong),))


def own_parents() -> CorpusFile:
    wrong = (refused(*_WRONG_PARENT), asks(*_WRONG_PARENT))
    return _family("PO", (("自分が上位の設備", "PO-1", wrong),))


def _family(prefix: str, rows: tuple[tuple[str, str, tuple[Outcome, ...]], ...]) -> CorpusFile:
    headers = {
        "code": "設備番号",
        "facility": "施設名",
        "class": "分類コード",
        "name": "機器名称",
        "parent": "上位設備番号",
    }
    ledger = Ledger(prefix, headers)
    ledger.header()
    for number, (name, parent, accepted) in enumerate(rows, start=1):
        facility = "TJ" if name == "施設名の欄の施設コード" else "見本浄化センター"
        row = {
            "code": f"{prefix}-{number}",
            "facility": facility,
            "class": "AX-VL-01",
            "name": f"親子弁{number}",
            "parent": parent,
        }
        truth = {"code": f"{prefix}-{number}", "facility": "TJ"}
        ledger.row(Trap(name, "parent", parent, accepted, {}), row, truth)
    return CorpusFile(f"family_{prefix.lower()}.csv", delimited(ledger.lines), ledger.answers)
