"""A company's month as xlsx: its cases, its reports, and what it did on request."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.core.clock import JST
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.faults.domain import (
    CASE_STATE_LABELS,
    REPORT_KIND_LABELS,
    CaseState,
    ReportKind,
)
from service.faults.symptoms import SYMPTOMS
from service.work_requests.domain import RECORD_KIND_LABELS, RecordKind

Month = tuple[list[Row[Any]], list[Row[Any]], list[Row[Any]]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CASES = (
    N_("案件番号"),
    N_("発生日時"),
    N_("施設"),
    N_("設備"),
    N_("現象"),
    N_("緊急度"),
    N_("状態"),
)
_REPORTS = (
    N_("報告番号"),
    N_("受信日時"),
    N_("案件番号"),
    N_("報告の種類"),
    N_("報告者"),
    N_("内容"),
)
_WORK = (
    N_("記録日時"),
    N_("案件番号"),
    N_("施設"),
    N_("設備"),
    N_("種類"),
    N_("開始"),
    N_("終了"),
    N_("内容"),
    N_("記録者"),
)
CASES, REPORTS, WORK = N_("自社の案件"), N_("自社の報告"), N_("依頼への対応")


def xlsx(month: Month, locale: Locale) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  # only this file needs it

    cases, reports, work = month
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, CASES, _CASES, (_case(row, locale) for row in cases), locale)
    _sheet(book, REPORTS, _REPORTS, (_report(row, locale) for row in reports), locale)
    _sheet(book, WORK, _WORK, (_work(row, locale) for row in work), locale)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _case(row: Row[Any], locale: Locale) -> list[Any]:
    named = [SYMPTOMS[code].label if code in SYMPTOMS else code for code in row.symptoms]
    symptoms = translate(N_("、"), locale).join(translate(one, locale) for one in named)
    state = translate(CASE_STATE_LABELS[CaseState(row.state)], locale)
    place = [row.facility_name, row.equipment]
    return [row.case_no, _clock(row.occurred_at), *place, symptoms, row.urgency, state]


def _report(row: Row[Any], locale: Locale) -> list[Any]:
    kind = translate(REPORT_KIND_LABELS[ReportKind(row.kind)], locale)
    when = _clock(row.received_at)
    return [row.report_no, when, row.case_no, kind, row.reporter_name, row.body]


def _work(row: Row[Any], locale: Locale) -> list[Any]:
    return [
        _clock(row.created_at),
        row.case_no,
        row.facility_name,
        row.equipment,
        translate(RECORD_KIND_LABELS[RecordKind(row.kind)], locale),
        _clock(row.started_at),
        _clock(row.ended_at),
        row.body,
        row.author_name,
    ]


def _clock(moment: datetime | None) -> datetime | None:
    """Spreadsheets know no zones: the time on the clock in Japan."""
    return None if moment is None else moment.astimezone(JST).replace(tzinfo=None, second=0)


def _sheet(
    book: Any, title: str, columns: Sequence[str], rows: Iterable[list[Any]], locale: Locale
) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet = book.create_sheet(translate(title, locale)[:31])
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for column, label in enumerate(columns, start=1):
        sheet.cell(1, column, translate(label, locale)).font = Font(bold=True)
        wide = label == "内容"
        sheet.column_dimensions[get_column_letter(column)].width = 60 if wide else 19
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, str):
                cell.value = _UNWRITABLE.sub("", value)
                cell.data_type = "s"  # a text that begins with = is shown, never run
            elif value is not None:
                cell.value = value
                cell.number_format = "yyyy/mm/dd hh:mm"
