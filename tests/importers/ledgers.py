"""Small ledgers for the tests, as text of a CSV file."""

import io
from pathlib import Path
from typing import Any

import openpyxl
from sqlmodel import Session

from importers import service
from importers.decisions import Decisions
from importers.models import ImportJob
from service.accounts.actor import Actor

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
CLASSES = """分類コード,大分類,中分類,小分類,工種,標準耐用年数,出典,確認済
PU-OS-01,ポンプ設備,汚水ポンプ設備,汚水ポンプ本体,機械,15,市の表,1
"""
FACILITIES = """施設コード,施設名,施設種別,緯度,経度,測地系,供用開始,状態
TJ,見本浄化センター,浄化センター,35.3389,139.4902,JGD2011,S58.4.1,供用
P01,見本第一中継ポンプ場,ポンプ場,,,,不明,供用
"""
EQUIPMENT_HEADER = (
    "設備番号,施設コード,場所,分類コード,機器名称,号機,上位設備番号,機器番号,製造者,型式,製造番号,"
    "製造年月,仕様,設置年月,取得価格(千円),重要度,予備機,健全度,健全度判定日,状態,備考\n"
)
PUMP_1 = (
    "TJ-P-001,TJ,沈砂池棟/B2F/ポンプ室,PU-OS-01,No.1汚水ポンプ,1,,K-0001,㈱A社,500DSC4,L02-4533,"
    'S57.11,φ500×28m3/min×12m×90kW,S58.3,"12,345",A,有,3,R4.10,使用,\n'
)
PUMP_2 = (
    "TJ-P-002,TJ,沈砂池棟/B2F/ポンプ室,PU-OS-01,No.2汚水ポンプ,2,TJ-P-001,K-0002,A社,500DSC4,"
    "L02-4534,,,S58.3.1,,A,有,,,使用,\n"
)


def plan(session: Session, content: str | bytes, *, by: Actor, **decisions: Any) -> ImportJob:
    raw = content.encode() if isinstance(content, str) else content
    return service.plan_file(session, raw, "ledger.csv", decisions=Decisions(**decisions), by=by)


def load(session: Session, *contents: str | bytes, by: Actor, **decisions: Any) -> None:
    """Imports what a test takes for granted."""
    for content in contents:
        service.apply_job(session, plan(session, content, by=by, **decisions).id, by=by)


def outcomes(job: ImportJob) -> dict[str, int]:
    return {
        name: count
        for name, count in job.counts.items()
        if name not in {"rows", "records"} and count
    }


def workbook(text: str) -> bytes:
    """The same cells as an Excel file, as text cells."""
    import csv  # noqa: PLC0415

    book = openpyxl.Workbook()
    for row in csv.reader(text.splitlines()):
        book.active.append([cell or None for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
