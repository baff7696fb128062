"""Names, makers and words of closed sets."""

from tests.importers.corpus.answers import (
    CorpusFile,
    OneOf,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, kept, trap
from tests.importers.corpus.formats import delimited


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
