"""Fault reports (故障報告): the documents behind the cases; one may tell of several."""

from importers.records import Draft, Ref, RowNotes
from importers.sources.faults import RECEIVED
from importers.sources.readers import instants
from importers.sources.source import Cells, Source, column, picked
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code
from importers.values.text import read_words
from service.core.i18n.marker import N_
from service.faults import domain as words


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    number = cells["report_no"]
    values = {
        "received_at": cells.get("captured_at"),
        "entry_mode": words.EntryMode.IMPORTED.value,
        "reporter_name": "記載なし",
        "body": "",
        **picked(
            cells,
            "report_no",
            "kind",
            "captured_at",
            "received_at",
            "reporter_name",
            "body",
            "temporary_action",
        ),
    }
    company = (
        {"company_id": Ref("company", (cells["company_code"],))} if "company_code" in cells else {}
    )
    report = Draft("fault_report", (number,), values, company, soft=RECEIVED)
    return [report, *(_link(number, case_no) for case_no in cells["case_nos"])]


def _link(report_no: str, case_no: str) -> Draft:
    refs = {
        "case_id": Ref("fault_case", (case_no,)),
        "report_id": Ref("fault_report", (report_no,)),
    }
    return Draft("case_report", (case_no, report_no), {}, refs)


SOURCE = Source(
    "reports",
    N_("故障報告一覧"),
    "fault_report",
    (
        column("report_no", "報告番号", "報告書番号", read=read_code, required=True),
        column("case_nos", "案件番号", "対象案件", read=read_words, required=True),
        column("kind", "報告種別", "速報・続報", read=choice(words.REPORT_KIND_LABELS)),
        column("captured_at", "記入日時", "報告日時", "報告日", bind=instants, required=True),
        column("received_at", "受信日時", "受理日時", bind=instants),
        column("company_code", "報告者会社コード", "会社コード", read=read_class_code),
        column("reporter_name", "報告者氏名", "報告者"),
        column("body", "内容", "報告内容"),
        column("temporary_action", "応急処置"),
    ),
    _draft,
)
