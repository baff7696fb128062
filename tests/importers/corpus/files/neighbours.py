"""Files of other invented cities that are no equipment ledgers, in their own words."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

from tests.importers.corpus.answers import (
    Answer,
    CorpusFile,
    Ignored,
    Near,
    OneOf,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap
from tests.importers.corpus.files.points import NEAR
from tests.importers.corpus.formats import delimited, workbook

_KIND = ("source-unknown", "column-missing", "numbers-missing", "required-missing")


def repairs() -> CorpusFile:
    """修繕記録: the day and the hour in two columns, no numbers, companies by name."""
    headers = {
        "no": "連番", "on": "発生年月日", "time": "発生時刻", "facility": "機場名", "equipment": "設備名", "body": "不具合の内容",
        "response": "処置", "who": "対応業者", "cost": "修繕費(円)",
    }  # fmt: skip
    ledger = Ledger("RP", headers)
    ledger.line("令和元年度　修繕記録簿")
    ledger.header()
    for number, (on, time, moment) in enumerate(
        (
            ("R1.7.3", "13:05", "2019-07-03 13:05"),
            ("令和元年8月10日", "午後3時", "2019-08-10 15:00"),
            ("2019/9/9", "9時30分", "2019-09-09 09:30"),
            ("R1.10.12", "深夜", "2019-10-12"),
            ("R1.12.1", "", "2019-12-01"),
        ),
        start=1,
    ):
        row = {
            "no": str(number),
            "on": on,
            "time": time,
            "facility": "見本第一中継ポンプ場",
            "equipment": "No.1汚水ポンプ",
            "body": f"詰まり{number}",
            "response": "清掃",
            "who": "A設備保全",
            "cost": "55,000",
        }
        truth = {
            "facility": "P01",
            "position": "P01-P-001",
            "summary": f"詰まり{number}",
            "cost": 55_000,
            "occurred_on": moment[:10],
        }
        exact = {"occurred_at": moment} if " " in moment else {}
        words = ("impossible-time", "not-a-time", "not-a-date")
        accepted = (stored(**exact), asks(*_KIND, then=exact), refused(*words), asks(*words))
        ledger.row(Trap("修繕記録（初見）", "time", time, accepted, {}), row, truth)
    return CorpusFile("repairs_cp932.csv", delimited(ledger.lines), ledger.answers, "faults")


def stations() -> CorpusFile:
    """施設一覧 without codes; latitude and longitude share a cell, the area has its own words."""
    headers = {
        "no": "No.",
        "name": "施設名称",
        "kind": "種別",
        "address": "所在地",
        "point": "緯度・経度",
        "opened": "供用開始年月日",
        "note": "備考",
    }
    ledger = Ledger("SX", headers, sheet="施設一覧")
    ledger.line("下水道施設一覧", None, None, None, "世界測地系")
    ledger.header()
    for number, (kind, word) in enumerate(
        (
            ("中継ポンプ場", "pump_station"),
            ("終末処理場", "treatment_plant"),
            ("マンホールポンプ場", "manhole_pump"),
        )
    ):
        name = f"隣町第{number + 1}施設"
        row = {
            "no": number + 1,
            "name": name,
            "kind": kind,
            "address": f"隣町{number + 1}番地",
            "point": "35.3389, 139.4902",
            "opened": "S60.4.1",
            "note": "",
        }
        truth = {
            "name": name,
            "facility_type": word,
            "address": f"隣町{number + 1}番地",
            "lat": Near(35.3389, NEAR),
            "lon": Near(139.4902, NEAR),
        }
        accepted = (
            stored(),
            asks(*_KIND, "unknown-word", "which-crs"),
            refused("unknown-word", *_KIND),
        )
        ledger.row(Trap("施設一覧（初見）", "name", name, accepted, {}), row, truth)
    content = workbook({"施設一覧": ledger.lines})
    return CorpusFile("stations.xlsx", content, ledger.answers, "facilities")


def business_partners() -> CorpusFile:
    """業者一覧: no codes, telephone numbers in brackets."""
    lines = [
        ["業者名", "代表者", "電話番号", "住所"],
        ["㈱X電設", "見本 一郎", "（０４６６）２５－１１１１", "隣町1"],
        ["Y水工(有)", "見本 二郎", "0466(25)2222", "隣町2"],
    ]
    answers = [
        Answer(number, "業者一覧（初見）", (asks(*_KIND), refused("source-not-recognised", "required-missing"), stored()), {"name": OneOf((name, name.replace("㈱", "株式会社"), name.replace("㈱", "(株)")))}, "業者名", name)
        for number, (name, *_) in enumerate(lines[1:], start=2)
    ]  # fmt: skip
    return CorpusFile("partners.csv", delimited(lines), answers, "companies")


def card() -> CorpusFile:
    """設備カード: a form for one machine, no table at all."""
    lines = [
        ["設備カード", None, None, "No. 12"],
        ["施設名", "見本浄化センター", "設備番号", "CARD-1"],
        ["機器名称", "No.1送風機", "設置年月", "S58.3"],
        ["製造者", "E水機", "型式", "EB-1"],
        ["仕様", "30m3/min×22kW", None, None],
        ["修繕履歴", None, None, None],
        ["年月日", "内容", "業者", "金額"],
        ["H10.4.1", "軸受交換", "A設備保全", "120"],
    ]
    no_table = (
        "header-not-found",
        "source-not-recognised",
        "not-a-table",
        "no-rows",
        "not-a-ledger",
    )
    accepted = (
        refused(*no_table, "required-missing", "value-missing"),
        asks(*_KIND, "facility-of-table"),
        Ignored(),
    )
    answers = [
        Answer(number, "設備カード", accepted, {}, "", str(line[0]), "カード")
        for number, line in enumerate(lines, start=1)
    ]
    return CorpusFile("card.xlsx", workbook({"カード": lines}), answers)
