"""The same ledger in other words: columns shuffled, headers renamed, widths changed."""

# ruff: noqa: E501 - a row of a ledger stays on one line

from collections.abc import Mapping, Sequence

SYNONYMS: Mapping[str, Sequence[str]] = {
    "code": ("設備番号", "設備コード", "設備No.", "設備ID"),
    "facility": ("施設名", "施設", "機場名", "処理場名", "施設名称"),
    "place": ("場所", "設置場所", "設置位置"),
    "class": ("小分類", "分類", "設備分類"),
    "name": ("機器名称", "名称", "設備名称", "機器名", "設備名"),
    "asset": ("機器番号", "整理番号", "管理番号"),
    "maker": ("製造者", "メーカー", "メーカ", "製造会社", "製作者"),
    "model": ("型式", "形式", "型番"),
    "serial": ("製造番号", "製番", "製造No."),
    "spec": ("仕様", "能力", "定格", "主要仕様"),
    "installed": ("設置年月", "設置年月日", "据付年月", "竣工年月"),
    "cost": ("取得価格(千円)", "取得価額（千円）", "取得金額[千円]"),
    "health": ("健全度", "健全度評価"),
}
ROWS = (
    ("VA-V-1", "見本浄化センター", "機械棟/B1F/弁室", "手動弁", "No.1排水弁", "VA-0001", "T弁栓", "TUC-240B", "TV-0001", "φ200×1.5kW", "H10.4.15", "1,200", "3"),
    ("VA-V-2", "見本浄化センター", "機械棟/B1F/弁室", "手動弁", "No.2排水弁", "VA-0002", "T弁栓", "TUC-240B", "TV-0002", "φ200×1.5kW", "S58.3", "800", "2"),
    ("VA-P-1", "見本第一中継ポンプ場", "ポンプ室", "床排水ポンプ", "床排水ポンプ", "VA-0003", "C機械工業", "CVV-1", "00012", "φ80×0.5m3/min×15m×3.7kW", "R5.3.31", "390", "5"),
    ("VA-P-2", "見本第一中継ポンプ場", "ポンプ室", "床排水ポンプ", "予備排水ポンプ", "VA-0004", "C機械工業", "CVV-1", "", "", "不明", "", ""),
)  # fmt: skip
_WIDE = {number: number + 0xFEE0 for number in range(0x21, 0x7F)}


def wide(text: str) -> str:
    """Letters, digits and signs in full width; what has none stays."""
    return text.translate(_WIDE)


def ledger(order: Sequence[int], names: Sequence[str], widened: set[str]) -> list[list[str]]:
    """The rows with the columns in this order and under these names."""
    fields = list(SYNONYMS)
    rows = (
        [wide(cell) if fields[at] in widened else cell for at, cell in enumerate(row)]
        for row in ROWS
    )
    lines = [list(names), *rows]
    return [[line[at] for at in order] for line in lines]
