"""Numbers of equipment, and what spreadsheets make of them."""

from typing import Any

from tests.importers.corpus.answers import (
    CorpusFile,
    OneOf,
    Outcome,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap, trap
from tests.importers.corpus.formats import (
    delimited,
)

_SAME_DASHES = ("‐", "‑", "‒", "–", "—", "―", "−", "ー", "─", "━", "－", "ｰ")


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
