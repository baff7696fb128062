"""Other kinds of files: an export of kintone, an old history of faults, photos in an archive."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

from typing import Any

from tests.importers.corpus.answers import (
    Answer,
    CorpusFile,
    Ignored,
    OneOf,
    Outcome,
    asks,
    day,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap, kept
from tests.importers.corpus.formats import archive, delimited

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c6360f8cf500f0003860180da0a2b4e0000000049454e44ae426082"
)


def kintone() -> CorpusFile:
    """Record numbers, times and people of the app around the fields; a sub-table under each record."""
    headers = {
        "start": "レコードの開始行",
        "no": "レコード番号",
        "created": "作成日時",
        "creator": "作成者",
        "updated": "更新日時",
        "code": "設備番号",
        "facility": "施設名",
        "name": "機器名称",
        "class": "分類コード",
        "maker": "メーカー",
        "model": "型式",
        "installed": "設置日",
        "cost": "取得価格(千円)",
        "status": "状態",
        "work_on": "修理日",
        "work": "修理内容",
    }
    ledger = Ledger("KT", headers)
    ledger.header()
    base = {
        "created": "2023/04/01 09:12",
        "creator": "見本 太郎",
        "updated": "2025/10/08 17:40",
        "facility": "見本浄化センター",
        "class": "AX-VL-01",
        "maker": "T弁栓",
        "model": "TUC-240B",
        "cost": "300",
        "status": "使用",
    }
    for number, written in ((1, "1998-04-15"), (2, "1998-04-15"), (3, "")):
        code = f"KT-V-{number}"
        own = {
            "start": "*",
            "no": str(100 + number),
            "code": code,
            "name": f"KT弁{number}",
            "installed": written,
            "work_on": "2024-05-01",
            "work": "パッキン交換",
        }
        truth = {
            "code": code,
            "facility": "TJ",
            "name": f"KT弁{number}",
            "class": "AX-VL-01",
            "installed": day(1998, 4, 15) if written else None,
            "cost": 300_000,
        }
        ledger.row(
            Trap("kintoneの書出し", "installed", written, (stored(),), {}), base | own, truth
        )
        more = {"start": "", "no": str(100 + number), "work_on": "2025-05-01", "work": "増締め"}
        ledger.line(*((base | own | more).get(name, "") for name in headers))
        repeated = (Ignored(), stored(told=("repeated-row",)), stored(outcome="unchanged"))
        ledger.expect("kintoneの表の続きの行", repeated, {}, "レコードの開始行", "")
    return CorpusFile("kintone.csv", delimited(ledger.lines, encoding="utf-8-sig"), ledger.answers)


FAULTS = {
    "no": "受付番号",
    "facility": "施設名",
    "equipment": "故障機器",
    "at": "発生日時",
    "body": "故障内容",
    "response": "処置内容",
    "reporter": "報告者",
    "cost": "修理費（千円）",
    "closed": "完了日時",
}


def faults() -> CorpusFile:
    """An old history in free text: who, what and when as people remembered it."""
    ledger = Ledger("FH", FAULTS)
    ledger.line("故障・修理履歴（平成28年度～令和2年度）")
    ledger.header()
    pump = "No.1汚水ポンプ"
    known = {"facility": "TJ", "position": "TJ-P-001", "occurred_on": "2018-05-01"}
    unknown = ("unknown-equipment",)
    several = ("several-equipment", *unknown)
    rows: tuple[tuple[str, str, dict[str, str], tuple[Outcome, ...]], ...] = (
        ("機器名の照合", "equipment", {"equipment": pump}, (stored(),)),
        ("機器名の照合", "equipment", {"equipment": "１号汚水ポンプ"}, (stored(),)),
        ("機器名の照合", "equipment", {"equipment": "汚水ﾎﾟﾝﾌﾟNo.2"}, (stored(position="TJ-P-002"),)),
        ("機器名の候補", "equipment", {"equipment": "No.1汚水P"}, (asks(*unknown, then={"position": "TJ-P-001"}),)),
        ("機器名の候補", "equipment", {"equipment": "汚水ポンプ"}, (asks(*unknown, then={}),)),
        ("台帳にない機器", "equipment", {"equipment": "事務室給湯器"}, (asks(*unknown, then={"position": None}),)),
        ("複数の機器の一行", "equipment", {"equipment": "No.1、No.2汚水ポンプ"}, (asks(*several, then={}),)),
        ("機器名の空白", "equipment", {"equipment": ""}, (stored(position=None), asks(*unknown), refused("required-missing"))),
        ("故障の施設名", "facility", {"facility": "見本第一ポンプ場"}, (asks("unknown-lookup", then={"facility": "P01", "position": "P01-P-001"}),)),
        ("故障の日付", "at", {"at": "平成30年5月1日"}, (stored(),)),
        ("故障の日付", "at", {"at": "2018/5/1 13:30"}, (stored(),)),
        ("故障の日付", "at", {"at": "H30.5.1　午後1時30分"}, (stored(occurred_at="2018-05-01 13:30"), refused("not-a-date", "impossible-time"), asks("not-a-date"))),
        ("24時を過ぎた時刻", "at", {"at": "H30.5.1 24:30"}, (stored(occurred_on="2018-05-02"), refused("impossible-time", "not-a-date"), asks("impossible-time"))),
        ("故障の年の失われた日付", "at", {"at": "5/1"}, (refused("year-lost", "not-a-date"), asks("year-lost"))),
        ("日のない故障日", "at", {"at": "H30.5"}, (refused("day-needed", "not-a-date"), asks("day-needed"), stored(told=("first-day",)))),
        ("故障の日付の不明", "at", {"at": "不明"}, (refused("day-needed", "not-a-date", "required-missing"), asks("day-needed"))),
        ("元号のない故障日", "at", {"at": "30.5.1"}, (asks("ambiguous-era", then={}),)),
        ("修理費", "cost", {"cost": "1,200"}, (stored(cost=1_200_000),)),
        ("修理費", "cost", {"cost": "保証対応"}, (refused("not-a-number", "price-elsewhere"), asks("price-elsewhere", "not-a-number"), stored(cost=None))),
        ("完了が発生より前", "closed", {"closed": "H30.4.1"}, (refused("ends-before-start", "closed-before-occurred"), asks("ends-before-start"))),
        ("会社名の入った報告者", "reporter", {"reporter": "A設備保全 見本"}, (stored(),)),
    )  # fmt: skip
    for number, (name, field, own, accepted) in enumerate(rows, start=1):
        row = {
            "no": f"H{number:03d}",
            "facility": "見本浄化センター",
            "equipment": pump,
            "at": "H30.5.1",
            "body": f"異音あり（{number}）",
            "response": "グリスアップ",
            "reporter": "見本",
            "cost": "",
            "closed": "H30.6.1 17:00",
        }
        truth = known | {"case_no": f"H{number:03d}", "summary": f"異音あり（{number}）"}
        ledger.row(Trap(name, field, own[field], accepted, {}), row | own, truth)
    ledger.line(
        *(
            {
                "no": "H099",
                "facility": "見本浄化センター",
                "equipment": pump,
                "at": "H30.5.1",
                "body": "過負荷で停止。\nリセットで復帰した。",
                "response": "様子を見る",
                "reporter": "見本",
                "closed": "H30.6.1 17:00",
            }.get(n, "")
            for n in FAULTS
        )
    )
    ledger.expect(
        "改行のある故障内容",
        (stored(),),
        known | {"case_no": "H099", "body": kept("過負荷で停止。\nリセットで復帰した。")},
        "故障内容",
        "過負荷で停止。",
    )
    replies: dict[str, Any] = {
        "unknown-equipment:No.1汚水P": "TJ-P-001", "unknown-equipment:汚水ポンプ": "TJ-P-001",
        "unknown-equipment:事務室給湯器": "-", "several-equipment:No.1、No.2汚水ポンプ": "TJ-P-001",
        "unknown-equipment:No.1、No.2汚水ポンプ": "TJ-P-001", "unknown-lookup:見本第一ポンプ場": "P01",
        "ambiguous-era": "平成",
    }  # fmt: skip
    return CorpusFile(
        "faults_cp932.csv", delimited(ledger.lines), ledger.answers, "faults", replies
    )


def companies() -> CorpusFile:
    lines = [
        ["事業者コード", "会社名", "法人番号", "夜間連絡先", "区分"],
        ["C-X", "X電設㈱", "０１２３４５６７８９０１２", "０４６６－２５－１１１１", "製造"],
        ["C-Y", "Y水工", "1234567890123", "0466‐25ー2222", "保守、工事"],
        ["C-Z", "Z", "", "466251111", "何でも"],
    ]
    phone = OneOf(("0466-25-1111",))
    answers = [
        Answer(2, "電話番号の横棒", (stored(), refused("unknown-word"), asks("unknown-word")), {"code": "C-X", "phone": phone, "corporate_number": "0123456789012"}, "夜間連絡先", lines[1][3]),
        Answer(3, "電話番号の横棒", (stored(), refused("unknown-word"), asks("unknown-word")), {"code": "C-Y", "phone": "0466-25-2222"}, "夜間連絡先", lines[2][3]),
        Answer(4, "未知の区分", (refused("unknown-word"), asks("unknown-word", "unknown-lookup")), {"code": "C-Z"}, "区分", "何でも"),
    ]  # fmt: skip
    return CorpusFile("companies.csv", delimited(lines, encoding="utf-8"), answers, "companies")


def photos() -> CorpusFile:
    """Photos named after the equipment; what is no photo of a known place is said to be so."""
    wanted = ("unknown-reference", "unknown-lookup", "unknown-equipment", "photo-unmatched")
    no_photo = ("not-a-photo", "not-a-picture", "file-type-not-allowed", "not-an-image")
    entries: tuple[tuple[str, str, bytes, tuple[Outcome, ...], dict[str, Any]], ...] = (
        ("写真の名前", "TJ-P-001.png", PNG, (stored(),), {"position": "TJ-P-001"}),
        ("写真の名前", "TJ-P-001_2.png", PNG + b"\0", (stored(),), {"position": "TJ-P-001"}),
        (
            "写真の名前",
            "写真/TJ-P-002 全景.png",
            PNG + b"\0\0",
            (stored(),),
            {"position": "TJ-P-002"},
        ),
        (
            "写真の名前の全角",
            "ＴＪ－Ｐ－００３.PNG",
            PNG + b"\0\0\0",
            (stored(),),
            {"position": "TJ-P-003"},
        ),
        ("知らない番号の写真", "ZZ-P-999.png", PNG + b"\1", (refused(*wanted), asks(*wanted)), {}),
        (
            "写真でないファイル",
            "TJ-P-001.txt",
            b"memo",
            (refused(*no_photo), Ignored(), asks(*no_photo)),
            {},
        ),
    )
    answers = [
        Answer(number, name, accepted, truth, "", written)
        for number, (name, written, _, accepted, truth) in enumerate(entries, start=1)
    ]
    content = archive((name, body) for _, name, body, _, _ in entries)
    return CorpusFile("photos.zip", content, answers, "photos")
