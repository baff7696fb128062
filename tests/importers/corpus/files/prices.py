"""Prices."""

from tests.importers.corpus.answers import (
    CorpusFile,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, trap
from tests.importers.corpus.formats import delimited


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
