"""The city's own form: filled where it asks, refused with a sentence when it carries more."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.i18n.locales import Locale
from service.faults import paper_content
from service.faults.paper import as_pdf
from service.faults.paper_content import gathered
from service.faults.schemas import ResponseCreate
from service.faults.service import add_response, file_report, take_step
from service.faults.steps import Step
from service.monthly import (
    case_form,
    case_form_pages,
    case_layout,
    form_file,
    queries,
    service,
    workbook,
)
from service.monthly.domain import FormKind, Month
from service.monthly.queries import Wanted
from tests.service.faults.conftest import City, make_report


def _form(change: Callable[[Any], None] = lambda _sheet: None) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet["B2"] = "{{対象年月}}"
    sheet["C5"] = "{{ 案件数 }}"
    sheet["A9"] = "{{案件一覧}}"
    sheet["F1"] = "=C5*2"
    change(sheet)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _with(name: str, content: str | bytes, data: bytes | None = None) -> bytes:
    out = io.BytesIO(data or _form())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _replaced(part: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_form())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            body = source.read(name).decode()
            target.writestr(name, body.replace(old, new) if name == part else body)
    return out.getvalue()


def test_cells_are_found_by_what_they_ask_for():
    assert [(c.cell, c.name) for c in form_file.read(_form())] == [
        ("B2", "対象年月"),
        ("C5", "案件数"),
        ("A9", "案件一覧"),
    ]


@pytest.mark.parametrize("locale", list(Locale))
def test_the_sample_is_a_form(locale: Locale):
    names = {cell.name for cell in form_file.read(workbook.sample(locale))}
    assert names == form_file.MONTHLY.names


def _set(cell: str, value: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value

    return change


EXTERNAL = '<Relationships><Relationship Target="file:///x.xlsx" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"PK", form_file.NotAnXlsx),
        (b"", form_file.NotAnXlsx),
        (_with("xl/vbaProject.bin", b"x"), form_file.HasMacros),
        (_with("xl/macrosheets/sheet1.xml", "<x/>"), form_file.HasMacros),
        (_with("xl/activeX/activeX1.xml", "<x/>"), form_file.HasMacros),
        (_with("xl/embeddings/oleObject1.bin", b"x"), form_file.HasMacros),
        (_with("xl/externalLinks/externalLink1.xml", "<x/>"), form_file.HasLinks),
        (_with("xl/connections.xml", "<x/>"), form_file.HasLinks),
        (_with("xl/worksheets/_rels/sheet1.xml.rels", EXTERNAL), form_file.HasLinks),
        (_with("xl/media/image1.png", b"x"), form_file.HasDrawing),
        (_with("xl/odd.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), form_file.NotAnXlsx),
        (_with("xl/odd.xml", "<x/>".encode("utf-16")), form_file.NotAnXlsx),
        (_with("xl/zeros.bin", b"\0" * 31 * 1024 * 1024), form_file.FormTooLarge),
        (b"x" * (form_file.MAX_BYTES + 1), form_file.FormTooLarge),
        (_form(_set("D1", "=cmd|'/c calc'!A0")), form_file.HasCommand),
        (_form(_set("D1", '=HYPERLINK("http://x.example","x")')), form_file.HasCommand),
        (_form(_set("D1", '=webservice("http://x.example")')), form_file.HasCommand),
        (_form(_set("D1", "=[1]Sheet1!A1")), form_file.HasCommand),
        (_form(_set("D1", "{{件数}}")), form_file.UnknownMark),
        (_form(_set("B12", "以上")), form_file.NoRoom),
        (
            _replaced("[Content_Types].xml", "sheet.main+xml", "sheet.macroEnabled.main+xml"),
            form_file.HasMacros,
        ),
    ],
)
def test_what_a_form_must_not_carry_is_named(data: bytes, refusal: type[form_file.UnfitForm]):
    with pytest.raises(form_file.UnfitForm) as refused:
        form_file.read(data)
    assert type(refused.value) is refusal


def test_a_form_that_asks_for_nothing_is_no_form():
    book = Workbook()
    book.active["A1"] = "月次報告"
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(form_file.NoMarks):
        form_file.read(data.getvalue())


def test_the_citys_form_is_filled_and_the_rest_of_it_stays(
    session: Session, terminal: Actor, city: City
):
    def dress(sheet: Any) -> None:
        sheet["A1"] = "見本市 上下水道部"
        sheet.merge_cells("A1:D1")
        sheet.page_setup.orientation = "portrait"

    service.keep_template(session, "様式.xlsx", _form(dress), by=terminal)
    wanted = Wanted(Month(2024, 2), city.facility_id)
    report = service.issue(session, wanted, by=terminal)
    issued = service.issued(session, report.id, by=terminal)
    book = load_workbook(io.BytesIO(workbook.xlsx(issued, Locale.JA)))
    sheet = book.worksheets[0]
    assert (sheet["B2"].value, sheet["C5"].value) == ("令和6年2月分", 0)
    assert (sheet["A1"].value, sheet["F1"].value) == ("見本市 上下水道部", "=C5*2")
    assert sheet.page_setup.orientation == "portrait"
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:D1"]
    assert sheet["A9"].value is None
    assert "注記" in book.sheetnames  # footnotes go along though the form did not ask
    service.put_away(session, by=terminal)
    again = service.issue(session, wanted, by=terminal)
    assert again.revision == 2
    assert again.template_id is None


def test_a_form_of_cases_says_what_the_pdf_says(session: Session, terminal: Actor, city: City):
    new = make_report(city, body="=1+1 始動しない。", temporary_action="No.1へ切替")
    case_id = file_report(session, new, by=city.staff).case_id
    take_step(session, case_id, Step.ACCEPT, by=city.staff)
    fix = ResponseCreate(kind="permanent_fix", description="接触器を交換", cost_yen=48_400)
    add_response(session, case_id, fix, by=city.staff)
    paper = gathered(session, case_id, by=city.staff)
    book = Workbook()
    for row, name in enumerate(case_form.CASE.single, start=1):
        book.active.cell(row, 1, f"{{{{{name}}}}}")
    for column, name in ((3, "報告一覧"), (9, "対応一覧")):
        book.active.cell(1, column, f"{{{{{name}}}}}")
    form = io.BytesIO()
    book.save(form)
    monthly = queries.template_in_use(session)
    kind = FormKind.CASE
    kept = service.keep_template(session, "様式.xlsx", form.getvalue(), by=terminal, kind=kind)
    assert queries.template_in_use(session) == monthly
    assert queries.template_in_use(session, kind) == kept
    data = workbook.saved(case_form_pages.filled(kept, paper, Locale.JA))
    filled = load_workbook(io.BytesIO(data)).active
    cells = {
        name: filled.cell(row, 1).value for row, name in enumerate(case_form.CASE.single, start=1)
    }
    assert cells["費用の合計"] == 48_400
    told = dict(paper_content.told(paper, Locale.JA))
    assert {name: cells[name] or "" for name in told} == told
    pdf = pypdfium2.PdfDocument(as_pdf(paper, Locale.JA))
    printed = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    plain = re.sub(r"\s", "", printed)
    shown = [*told.values(), filled["F1"].value, filled["M1"].value, "48,400"]
    assert [one for one in shown if re.sub(r"\s", "", one) not in plain] == []
    assert filled["F1"].value.startswith("=1+1")
    assert filled["F1"].data_type == "s"
    with pytest.raises(form_file.UnknownMark):
        form_file.read(_form(), case_form.CASE)
    sample = form_file.read(workbook.saved(case_layout.laid_out(Locale.JA)), case_form.CASE)
    assert {cell.name for cell in sample} == case_form.CASE.names
