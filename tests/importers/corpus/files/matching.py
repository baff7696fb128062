"""Rows that mean what the registry already has, and rows that contradict it or each other."""

from typing import Any

from tests.importers.corpus.answers import CorpusFile, Outcome, asks, day, refused, stored
from tests.importers.corpus.equipment import HEADERS, Ledger, Trap, trap
from tests.importers.corpus.formats import delimited

_KNOWN = {
    "facility": "TJ",
    "place": "沈砂池棟/B2F/ポンプ室",
    "class": "PU-OS-01",
    "maker": "A社",
    "model": "500DSC4",
    "spec": "φ500×28m3/min×12m×90kW",
    "cost": "12345",
    "health": "3",
}
_TRUTH: dict[str, Any] = {
    "facility": "TJ",
    "class": "PU-OS-01",
    "maker": "A社",
    "model": "500DSC4",
    "cost": 12_345_000,
}
FOUND = (
    "duplicate-in-file",
    "installation-overlap",
    "several-matches",
    "other-device-in-place",
    "device-in-two-places",
    "two-devices-in-one-place",
)


def _pump(number: int, **others: Any) -> dict[str, Any]:
    own = {
        "code": f"TJ-P-{number:03d}",
        "name": f"No.{number}汚水ポンプ",
        "asset": f"K-{number:04d}",
        "serial": f"L02-{4532 + number}",
        "installed": "S60.4.1" if number == 3 else "S58.3.1",
    }
    return _KNOWN | own | others


def _rows(
    ledger: Ledger,
    rows: tuple[tuple[str, str, dict[str, Any], tuple[Outcome, ...], dict[str, Any]], ...],
) -> None:
    for name, field, cells, accepted, truth in rows:
        ledger.row(Trap(name, field, cells.get(field, ""), accepted, {}), cells, truth)


def same_again() -> CorpusFile:
    """What is known already: nothing changes, in whatever writing."""
    ledger = Ledger("SA", HEADERS)
    ledger.header()
    truth = _TRUTH | {"outcome": "unchanged"}
    _rows(
        ledger,
        (
            ("変わらない行", "code", _pump(1), (stored(code="TJ-P-001"),), truth),
            (
                "変わらない行",
                "code",
                _pump(2, code="ＴＪ－Ｐ－００２", maker="㈱A社"),
                (stored(code="TJ-P-002"),),
                truth,
            ),
            (
                "一つだけ変わる行",
                "health",
                _pump(3, health="2"),
                (stored(code="TJ-P-003", health=2, outcome="update"),),
                _TRUTH,
            ),
        ),
    )
    return CorpusFile("same_again.csv", delimited(ledger.lines), ledger.answers)


def renumbered() -> CorpusFile:
    """New numbers for old places: the old one stands beside, or the serial number tells."""
    headers = {"legacy": "旧番号", **HEADERS}
    ledger = Ledger("RN", headers)
    ledger.header()
    _rows(
        ledger,
        (
            (
                "旧番号による照合",
                "legacy",
                _pump(1, code="TJ-10-01", legacy="TJ-P-001"),
                (stored(code="TJ-10-01", asset="K-0001", positions=1), asks("renumbered")),
                _TRUTH,
            ),
            (
                "旧番号による照合",
                "legacy",
                _pump(2, code="TJ-10-02", legacy="ＴＪ－Ｐ－００２"),
                (stored(code="TJ-10-02", asset="K-0002", positions=1), asks("renumbered")),
                _TRUTH,
            ),
            (
                "製造番号による機器の照合",
                "asset",
                _pump(3, asset="S-777"),
                (
                    stored(told=("renumbered",), code="TJ-P-003", devices=1),
                    asks("renumbered", *FOUND),
                    refused(*FOUND),
                ),
                _TRUTH,
            ),
        ),
    )
    return CorpusFile("renumbered.csv", delimited(ledger.lines), ledger.answers)


def without_numbers() -> CorpusFile:
    """No numbers at all: places are found by serial number and maker, or by facility and name."""
    headers = {
        "facility": "施設名",
        "name": "設備名称",
        "class": "小分類",
        "maker": "メーカー名",
        "serial": "製造番号",
        "health": "健全度評価",
    }
    ledger = Ledger("WN", headers)
    ledger.header()
    pump = {"facility": "見本浄化センター", "class": "汚水ポンプ本体", "health": "2"}
    twin = {"facility": "見本浄化センター", "class": "手動弁", "health": "2"}
    several = (
        refused("several-matches", "ambiguous-match"),
        asks("several-matches", "ambiguous-lookup"),
    )
    new = asks("numbers-missing", then={"facility": "TJ", "name": "No.9汚水ポンプ"})
    near = ("unknown-lookup",)
    _rows(
        ledger,
        (
            (
                "製造番号とメーカーの照合",
                "serial",
                pump | {"name": "汚水ポンプ(1)", "maker": "㈱A社", "serial": "L02-4533"},
                (stored(code="TJ-P-001", health=2), asks("renumbered", "by-serial")),
                {},
            ),
            (
                "号機による照合",
                "name",
                pump | {"name": "２号汚水ポンプ"},
                (stored(code="TJ-P-002", health=2),),
                {},
            ),
            (
                "号機による照合",
                "name",
                pump | {"name": "汚水ﾎﾟﾝﾌﾟ 3号"},
                (stored(code="TJ-P-003", health=2),),
                {},
            ),
            (
                "同じ製造番号が二つ",
                "serial",
                twin | {"name": "吐出弁", "maker": "T弁栓", "serial": "SAME-1"},
                several,
                {},
            ),
            (
                "違うメーカーの同じ製造番号",
                "maker",
                pump
                | {
                    "name": "No.1汚水ポンプ",
                    "facility": "見本第一中継ポンプ場",
                    "maker": "C機械工業",
                    "serial": "L02-4534",
                },
                (refused(*FOUND), asks(*FOUND), stored(code="P01-P-001", told=FOUND)),
                {},
            ),
            (
                "名前の似た施設",
                "facility",
                pump | {"name": "No.2汚水ポンプ", "facility": "見本第1中継ポンプ場"},
                (asks(*near, then={"code": "P01-P-002"}),),
                {},
            ),
            (
                "名前の似た施設",
                "facility",
                pump | {"name": "No.1汚水ポンプ", "facility": "見本第ニ中継ポンプ場"},
                (asks(*near, then={"code": "P02-P-001"}),),
                {},
            ),
            (
                "未知の施設名",
                "facility",
                pump | {"name": "No.1汚水ポンプ", "facility": "架空第九十九ポンプ場"},
                (asks(*near), refused("unknown-reference", *near)),
                {},
            ),
            ("番号のない新しい設備", "name", pump | {"name": "No.9汚水ポンプ"}, (new,), {}),
            (
                "未知の分類名",
                "class",
                pump | {"name": "謎の装置", "class": "謎の分類"},
                (asks("unknown-lookup", then={"class": "PU-DR-01"}),),
                {},
            ),
        ),
    )
    replies = {
        "numbers-missing": True,
        "unknown-lookup:見本第1中継ポンプ場": "P01",
        "unknown-lookup:見本第ニ中継ポンプ場": "P02",
        "unknown-lookup:謎の分類": "PU-DR-01",
    }
    content = delimited(ledger.lines, encoding="utf-8")
    return CorpusFile("no_numbers.csv", content, ledger.answers, replies=replies)


def contradictions() -> CorpusFile:
    """Rows that cannot all be true."""
    headers = {**HEADERS, "removed": "撤去年月日"}
    ledger = Ledger("XX", headers)
    ledger.header()
    both = (refused(*FOUND), asks(*FOUND))
    ledger.add(
        [
            trap("同じ番号の二行", "code", "XX-V-001", *both, health="4"),
            trap("同じ番号の二行", "code", "XX-V-001", *both, asset="XX-9991"),
            trap("全角で同じ番号の二行", "code", "XX-V-003", *both, health="4"),
            trap("全角で同じ番号の二行", "code", "ＸＸ－Ｖ－００３", *both, asset="XX-9992"),
            trap("一台が二か所", "asset", "XX-9993", *both, serial="Z1"),
            trap("一台が二か所", "asset", "XX-9993", *both, serial="Z1"),
            trap(
                "撤去が設置より前",
                "removed",
                "H5.3.31",
                refused("removed-before-installed", "ends-before-start"),
                asks("removed-before-installed"),
            ),
            trap(
                "撤去年月日",
                "removed",
                "R5.3.31",
                stored(status="abolished", removed=day(2023, 3, 31)),
            ),
            trap(
                "施設の違う番号",
                "code",
                "P01-P-001",
                refused("fixed-value-differs", *FOUND),
                asks("code-in-other-facility"),
            ),
            trap("同じ施設でない機器", "asset", "K-0001", *both, serial="L02-4533", maker="A社"),
        ]
    )
    double = next(line for line in ledger.lines if "XX-9993" in line)
    ledger.lines.append(list(double))
    ledger.expect("まったく同じ行", (*both, stored(told=("repeated-row",))), {}, written="XX-9993")
    ledger.add([trap("まったく同じ行", "code", "XX-V-011")])
    ledger.lines.append(list(ledger.lines[-1]))
    ledger.expect(
        "まったく同じ行",
        (stored(told=("repeated-row",)), refused("duplicate-in-file"), asks("repeated-row")),
        {},
    )
    return CorpusFile("contradictions.csv", delimited(ledger.lines), ledger.answers)


def codes_of_stations() -> CorpusFile:
    """「P-101」 at each of two stations: numbers that are good inside one station only."""
    ledger = Ledger(
        "ST", {n: HEADERS[n] for n in ("code", "facility", "class", "name", "installed")}
    )
    ledger.header()
    for facility, number in (("P01", "P-101"), ("P02", "P-101"), ("P01", "P-102")):
        row = {
            "code": number,
            "facility": facility,
            "class": "PU-DR-01",
            "name": "床排水ポンプ甲",
            "installed": "H10.4.1",
        }
        truth = {"facility": facility, "name": "床排水ポンプ甲", "class": "PU-DR-01"}
        question = asks("code-in-other-facility", then={**truth, "code": f"{facility}-{number}"})
        ledger.row(
            Trap("施設ごとの番号", "code", number, (question, refused("duplicate-in-file")), {}),
            row,
            truth,
        )
    last = ledger.answers[-1]
    ledger.answers[-1] = type(last)(**{**last.__dict__, "accepted": (*last.accepted, stored())})
    return CorpusFile(
        "station_codes.csv",
        delimited(ledger.lines),
        ledger.answers,
        replies={"code-in-other-facility": True},
    )
