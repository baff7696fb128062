"""Numbers, names, specifications and money: one ledger each."""

from typing import Any

from tests.importers.corpus.answers import (
    CorpusFile,
    Near,
    OneOf,
    Outcome,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap, kept, trap
from tests.importers.corpus.formats import delimited

_SAME_DASHES = ("‐", "‑", "‒", "–", "—", "―", "−", "ー", "─", "━", "－", "ｰ")
_NO_FIGURES = {"bore_mm": None, "power_kw": None, "voltage_v": None}


def codes() -> CorpusFile:
    """Numbers of equipment, serial numbers and the zeros that spreadsheets eat."""
    ledger = Ledger("CO")
    ledger.header()
    for number, dash in enumerate(_SAME_DASHES, start=1):
        written = f"CO-V-{number:03d}".replace("-", dash)
        ledger.add([trap("番号の横棒", "code", written, stored())])
    ledger.add(
        [
            trap("番号の全角", "code", "ＣＯ－Ｖ－０１３", stored()),
            trap("番号の空白", "code", "　CO-V-014 ", stored()),
            trap("番号の丸数字", "serial", "①-12", stored(serial=OneOf(("1-12", "①-12")))),
            trap("頭のゼロ", "serial", "00012", stored(serial="00012")),
            trap("指数に見える番号", "serial", "1E5", stored(serial="1E5")),
            trap("指数に見える番号", "serial", "12E34", stored(serial="12E34")),
            _lost("指数になった番号", "1.23E+11", "digits-lost", "code-may-have-lost-digits"),
            _doubted("16桁の番号", "1234567890123450", "may-be-rounded", "digits-lost"),
            _lost("日付になった番号", "1月2日", "date-in-code", "code-was-date"),
            _lost("日付になった番号", "2-Jan", "date-in-code", "code-was-date"),
            trap("製造番号の不明", "serial", "不明", stored(serial=None)),
            trap("製造番号の不明", "serial", "銘板なし", stored(serial=OneOf((None, "銘板なし")))),
            trap("製造番号の不明", "serial", "－", stored(serial=None)),
            trap("製造番号の不明", "serial", "判読不能", stored(serial=None)),
            trap("番号なし", "code", "", refused("required-missing", "value-missing")),
            trap("ローマ数字", "model", "Ⅲ型", stored(model=OneOf(("III型", "Ⅲ型")))),
            trap("括弧と記号のある型式", "model", "TUC-240B(S)/2", stored(model="TUC-240B(S)/2")),
        ]
    )
    content = delimited(ledger.lines, encoding="utf-8-sig")
    return CorpusFile("codes.csv", content, ledger.answers)


def _lost(name: str, written: str, *reasons: str) -> Trap:
    return trap(name, "serial", written, asks(*reasons), refused(*reasons))


def _doubted(name: str, written: str, *reasons: str) -> Trap:
    outcomes = (stored(told=reasons, serial=written), asks(*reasons), refused(*reasons))
    return trap(name, "serial", written, *outcomes)


def zeros_eaten() -> CorpusFile:
    """Number columns that Excel turned into numbers: 1 was 0001."""
    ledger = Ledger("ZE")
    ledger.header()
    for number in range(1, 6):
        asset = f"{number:04d}"
        said = stored(asset=asset) if number < 4 else None
        outcome: tuple[Outcome, ...] = (
            (said,)
            if said
            else (
                asks(
                    "zeros-lost", "digits-lost", "lost-zeros", "code-widths", then={"asset": asset}
                ),
                stored(
                    told=("zeros-lost", "lost-zeros", "digits-lost"),
                    asset=OneOf((asset, str(number))),
                ),
            )
        )
        written = asset if number < 4 else str(number)
        ledger.add([trap("失われた頭のゼロ", "asset", written, *outcome)])
    replies: dict[str, Any] = dict.fromkeys(("zeros-lost", "lost-zeros", "code-widths"), 4)
    return CorpusFile("zeros.csv", delimited(ledger.lines), ledger.answers, replies=replies)


def names() -> CorpusFile:
    ledger = Ledger("NA")
    ledger.header()
    ledger.add(
        [
            trap("末尾の空白", "name", "吐出弁　　", stored(name="吐出弁")),
            trap("半角カナ", "name", "ｵｽｲﾎﾟﾝﾌﾟ弁", stored(name="オスイポンプ弁")),
            trap("全角の英数字", "name", "Ｎｏ．２汚水系弁", stored(name="No.2汚水系弁")),
            trap("号機の記号", "name", "№3汚水系弁", stored(name="No.3汚水系弁")),
            trap(
                "号機の書き方",
                "name",
                "２号汚水系弁",
                stored(name=OneOf(("2号汚水系弁", "No.2汚水系弁", "２号汚水系弁"))),
            ),
            trap("長音を含む名称", "name", "プールゲート弁", stored(name="プールゲート弁")),
            trap("5Cを含む文字", "name", "予備表示能力弁", stored(name="予備表示能力弁")),
            trap("5Cを含む文字", "maker", "ソ十能機械", stored(maker="ソ十能機械")),
            trap("IBM拡張漢字", "maker", "髙﨑機工", stored(maker=OneOf(("髙﨑機工", "高崎機工")))),
            trap("会社の略号", "maker", "㈱A社", stored(maker="A社")),
            trap("会社の略号", "maker", "A社（株）", stored(maker="A社")),
            trap("会社の略号", "maker", "株式会社 A社", stored(maker="A社")),
            trap("会社の略号", "maker", "(株)Ａ社", stored(maker="A社")),
            trap(
                "製造者の不明",
                "maker",
                "不明",
                stored(maker=None, model=OneOf((None, "TUC-240B"))),
                asks("unknown-maker"),
            ),
            trap("先頭が等号", "note", "=要確認", stored(note="=要確認")),
            trap("先頭が横棒", "note", "-10～50℃で使用", stored(note="-10～50℃で使用")),
            trap("先頭が＠", "note", "@担当確認", stored(note="@担当確認")),
            trap("健全度の全角", "health", "３", stored(health=3)),
            trap("健全度の範囲外", "health", "6", refused("health-out-of-range", "not-a-number")),
            trap(
                "健全度の範囲外",
                "health",
                "0",
                refused("health-out-of-range"),
                asks("health-out-of-range"),
            ),
            trap(
                "管きょの緊急度",
                "health",
                "Ⅱ",
                refused("not-a-number", "health-out-of-range", "urgency-not-health"),
                asks("unknown-word"),
            ),
            trap(
                "健全度の言葉",
                "health",
                "B",
                refused("not-a-number", "health-out-of-range"),
                asks("unknown-word"),
            ),
            trap(
                "未知の区分",
                "status",
                "そのまま",
                refused("unknown-word"),
                asks("unknown-word", "unknown-lookup"),
            ),
            trap("状態の別の書き方", "status", "休止中", stored(status="suspended")),
            trap("状態の別の書き方", "status", "廃止", stored(status="abolished")),
            trap(
                "未知の分類", "class", "XX-99", refused("unknown-reference"), asks("unknown-lookup")
            ),
            trap(
                "未知の施設",
                "facility",
                "ZZ9",
                refused("unknown-reference"),
                asks("unknown-lookup"),
            ),
            trap("改行のある備考", "note", "銘板\n判読困難", stored(note=kept("銘板\n判読困難"))),
        ]
    )  # the last line only: a record with a line break is two lines of the file
    return CorpusFile("names_cp932.csv", delimited(ledger.lines), ledger.answers)


def _spec(name: str, written: str, *more: Outcome, **facts: object) -> Trap:
    return trap(
        name, "spec", written, stored(**{**_NO_FIGURES, "spec_raw": written, **facts}), *more
    )


_PS = OneOf((Near(36.8, 0.2), None))
SPECS = (
    _spec(
        "仕様の一式",
        "φ500×28m3/min×12m×90kW×400V×4P",
        bore_mm=500,
        flow_m3_min=28,
        head_m=12,
        power_kw=90,
        voltage_v=400,
        poles=4,
    ),
    _spec(
        "掛け算の記号",
        "φ80x0.4m3/min*10mＸ2.2kW",
        bore_mm=80,
        flow_m3_min=Near(0.4, 1e-6),
        head_m=10,
        power_kw=2.2,
    ),
    _spec(
        "掛け算の記号",
        "φ80✕0.4m3/min✕10m✕2.2kW",
        bore_mm=80,
        flow_m3_min=Near(0.4, 1e-6),
        head_m=10,
        power_kw=2.2,
    ),
    _spec("直径のφ", "Φ200", bore_mm=200),
    _spec("直径のφ", "200φ", bore_mm=200),
    _spec("相のφ", "3φ3W 200V", phase=3, voltage_v=200),
    _spec("相のφ", "1φ100V", phase=1, voltage_v=100),
    _spec("相のφ", "φ150×3φ200V×5.5kW", bore_mm=150, phase=3, voltage_v=200, power_kw=5.5),
    _spec("合字の単位", "口径200㎜", bore_mm=200),
    _spec("全角の仕様", "３．７ＫＷ", power_kw=3.7),
    _spec("全角の仕様", "Φ１００×２２ｋｗ", bore_mm=100, power_kw=22),
    trap(
        "呼び径か電流か",
        "spec",
        "200A",
        asks("bore-or-ampere", then={**_NO_FIGURES, "spec_raw": "200A", "bore_mm": 200}),
    ),
    _spec("高圧の単位", "6.6kV", voltage_v=6600),
    _spec("高圧の単位", "AC6600V", voltage_v=6600),
    _spec(
        "毎時の流量",
        "φ80×96m3/h×10m×5.5kW",
        bore_mm=80,
        flow_m3_min=Near(1.6, 1e-6),
        head_m=10,
        power_kw=5.5,
    ),
    _spec("毎時の流量", "1.68 m3/h", flow_m3_min=Near(0.028, 1e-6)),
    _spec("毎秒・毎日の流量", "0.5m3/s", flow_m3_min=Near(30, 1e-6)),
    _spec("毎秒・毎日の流量", "1440m3/日", flow_m3_min=Near(1, 1e-6)),
    _spec("毎秒・毎日の流量", "600L/min", flow_m3_min=Near(0.6, 1e-6)),
    _spec("kVA", "500kVA 6600V", capacity_kva=500, voltage_v=6600, power_kw=None),
    _spec("馬力", "50PS", power_kw=_PS),
    _spec("馬力", "ディーゼル 100PS×1500min-1", power_kw=OneOf((Near(73.55, 0.3), None))),
    _spec("予備込みの仕様", "90kW(予備機含)", power_kw=90),
    _spec("台数の併記", "1.68m3/min×2台", flow_m3_min=Near(1.68, 1e-6)),
    _spec("桁区切りの仕様", "2,200kW", power_kw=2200),
    _spec("範囲の仕様", "-10～50℃", bore_mm=None),
    _spec("範囲の仕様", "0～0.3MPa", bore_mm=None),
    _spec("長さは揚程でない", "ベルト幅600mm×8m×2.2kW", power_kw=2.2, head_m=None, bore_mm=None),
    _spec("極数と相", "3φ 400V 75kW 4P", phase=3, voltage_v=400, power_kw=75, poles=4),
    trap("仕様の不明", "spec", "不明", stored(**_NO_FIGURES, spec_raw=OneOf((None, "不明")))),
)


def specs() -> CorpusFile:
    """Excel's "Unicode text": UTF-16, tabs between the cells."""
    ledger = Ledger("SP")
    ledger.header()
    ledger.add(SPECS)
    content = delimited(ledger.lines, encoding="utf-16", delimiter="\t")
    return CorpusFile(
        "specs_utf16.tsv", content, ledger.answers, replies={"bore-or-ampere": "bore"}
    )


def own_columns() -> CorpusFile:
    """Figures in columns of their own, with the unit in the header, in the cell, or in both."""
    headers = {
        "code": "設備番号",
        "facility": "施設名",
        "class": "設備分類",
        "name": "設備名称",
        "bore": "口径（mm）",
        "flow": "吐出量(m3/h)",
        "head": "全揚程[m]",
        "power": "電動機出力\n(kW)",
        "cost": "取得価額（百万円）",
    }
    ledger = Ledger("OW", headers)
    ledger.header()
    base = {
        "facility": "見本浄化センター",
        "class": "手動弁",
        "bore": "φ200",
        "flow": "96",
        "head": "12.5m",
        "power": "5.5",
        "cost": "1.5",
    }
    truth = {
        "facility": "TJ",
        "class": "AX-VL-01",
        "bore_mm": 200,
        "flow_m3_min": Near(1.6, 1e-6),
        "head_m": 12.5,
        "power_kw": 5.5,
        "cost": 1_500_000,
        "parts": 1,
    }
    wrong = refused("other-quantity", "not-a-number", "unit-differs")
    rows = (
        ("見出しの単位", "flow", "96", stored()),
        ("セルの単位が勝つ", "flow", "1.6m3/min", stored()),
        ("全角の数", "flow", "９６", stored()),
        ("見出しの単位", "power", "3.7kW", stored(power_kw=3.7)),
        ("別の量の単位", "power", "50kVA", wrong, asks("other-quantity"), stored(power_kw=None)),
        ("馬力", "power", "50PS", wrong, asks("other-quantity"), stored(power_kw=Near(36.8, 0.2))),
        ("桁区切りか小数点か", "flow", "1,200", stored(flow_m3_min=Near(20, 1e-6))),
        ("数でない値", "bore", "大", refused("not-a-number"), asks("not-a-number")),
    )
    for number, (name, column, written, *accepted) in enumerate(rows, start=1):
        row = {"code": f"OW-{number}", "name": f"計量弁{number}", **base, column: written}
        own = truth | {"code": f"OW-{number}", "name": f"計量弁{number}"}
        ledger.row(Trap(name, column, written, tuple(accepted), {}), row, own)
    for line in ledger.lines[:1]:
        line[:] = [cell.replace("\n", "") for cell in line]
    return CorpusFile("figures.csv", delimited(ledger.lines), ledger.answers)


def money() -> CorpusFile:
    """Prices under a header in thousands."""
    ledger = Ledger("MO")
    ledger.header()
    negative = ("negative-price", "not-a-number")
    elsewhere = ("price-elsewhere", "not-a-number")
    ledger.add(
        [
            trap("千円の見出し", "cost", "12,345", stored(cost=12_345_000)),
            trap("千円の見出し", "cost", "１２，３４５", stored(cost=12_345_000)),
            trap("セルの金額単位", "cost", "12,345千円", stored(cost=12_345_000)),
            trap("セルの金額単位", "cost", "500,000円", stored(cost=500_000)),
            trap("セルの金額単位", "cost", "￥1,200,000円", stored(cost=1_200_000)),
            trap(
                "税の併記",
                "cost",
                "1,100(税込)",
                stored(cost=1_100_000),
                refused("not-a-number"),
                asks("tax", "not-a-number"),
            ),
            trap("負の価格", "cost", "▲500", refused(*negative), asks(*negative)),
            trap("負の価格", "cost", "△500", refused(*negative), asks(*negative)),
            trap("負の価格", "cost", "(123)", refused(*negative), asks(*negative)),
            trap("負の価格", "cost", "-500", refused(*negative), asks(*negative)),
            trap(
                "一式の価格",
                "cost",
                "一式に含む",
                asks(*elsewhere),
                refused(*elsewhere),
                stored(cost=None, told=elsewhere),
            ),
            trap(
                "小数点か桁区切りか",
                "cost",
                "2.200",
                asks("thousands-or-decimals"),
                refused("thousands-or-decimals"),
            ),
            trap("小数の千円", "cost", "1234.5", stored(cost=1_234_500)),
            trap("価格の不明", "cost", "不明", stored(cost=None), refused("not-a-number")),
            trap("価格の不明", "cost", "－", stored(cost=None)),
            trap(
                "価格の言葉",
                "cost",
                "約300",
                stored(cost=300_000, told=("approximate", "about")),
                refused("not-a-number"),
                asks("not-a-number", "approximate"),
            ),
            trap("桁区切りの誤り", "cost", "12,34", refused("not-a-number"), asks("not-a-number")),
        ]
    )
    return CorpusFile("money.csv", delimited(ledger.lines), ledger.answers)


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
    shifted = ("health-out-of-range", "unknown-word", "too-many-cells", "row-too-long", "shifted-row")
    ledger.add([trap("桁区切りで列がずれた行", "cost", "1,200", refused(*shifted), asks(*shifted))])
    place = list(ledger.headers).index("cost")
    ledger.lines[-1][place : place + 1] = ["1", "200"]
    missing = ("required-missing", "value-missing", "row-too-short", "column-missing")
    ledger.add([trap("途中で切れた行", "name", "", refused(*missing), asks(*missing))])
    ledger.lines[-1] = ledger.lines[-1][:2]
    lost = ("required-missing", "value-missing", "unknown-reference", "facility-of-table")
    ledger.add([trap("空白で続く施設", "facility", "", refused(*lost), asks(*lost), stored(told=("filled-down", "ditto")))])
    ledger.add([trap("全角の施設コード", "facility", "ＴＪ", stored())])
    ledger.line(*[""] * len(ledger.headers))
    ledger.line()
    return CorpusFile("broken_lines.csv", delimited(ledger.lines), ledger.answers)


_WRONG_PARENT = ("unknown-reference", "unknown-lookup", "own-parent", "parent-circle", "parent-elsewhere")


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


def _family(
    prefix: str, rows: tuple[tuple[str, str, tuple[Outcome, ...]], ...]
) -> CorpusFile:
    headers = {"code": "設備番号", "facility": "施設名", "class": "分類コード", "name": "機器名称", "parent": "上位設備番号"}
    ledger = Ledger(prefix, headers)
    ledger.header()
    for number, (name, parent, accepted) in enumerate(rows, start=1):
        facility = "TJ" if name == "施設名の欄の施設コード" else "見本浄化センター"
        row = {"code": f"{prefix}-{number}", "facility": facility, "class": "AX-VL-01", "name": f"親子弁{number}", "parent": parent}
        truth = {"code": f"{prefix}-{number}", "facility": "TJ"}
        ledger.row(Trap(name, "parent", parent, accepted, {}), row, truth)
    return CorpusFile(f"family_{prefix.lower()}.csv", delimited(ledger.lines), ledger.answers)
