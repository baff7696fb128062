"""What goes out comes in again and changes nothing."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from importers.exporting.fault_ledgers import FAULT_LEDGERS
from importers.exporting.files import written_csv, written_xlsx
from importers.exporting.ledgers import LEDGERS, lines_of
from importers.exporting.maintenance_ledgers import MAINTENANCE_LEDGERS
from importers.exporting.writing import partial
from importers.sources.catalogue import SOURCES
from importers.values.dates import date_reader
from service.accounts.actor import Actor
from tests.importers.ledgers import SAMPLES, load, outcomes, plan


def _csv(session: Session, ledger: str) -> bytes:
    return b"".join(written_csv(lines_of(session, ledger)))


def test_every_export_of_the_sample_city_is_zero_changes(city, terminal):
    for ledger in LEDGERS:
        content = _csv(city, ledger)
        count = len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) - 1
        if not count:  # what happened to the equipment has tests of its own
            assert ledger in FAULT_LEDGERS.keys() | MAINTENANCE_LEDGERS.keys()
            continue
        job = plan(city, content, by=terminal)
        assert (job.source, outcomes(job)) == (ledger, {"unchanged": count})
        with written_xlsx(lines_of(city, ledger), "台帳") as file:
            again = plan(city, file.read(), by=terminal)
        assert outcomes(again) == {"unchanged": count}


def test_an_empty_registry_gives_the_header_as_a_template(session: Session):
    for ledger in LEDGERS:
        (header,) = list(lines_of(session, ledger))
        assert set(header) <= {
            name + unit
            for column in SOURCES[ledger].columns
            for name in column.headers
            for unit in ("", "(円)", "(mm)", "(m3/min)", "(m)", "(kW)", "(V)")
        }


@pytest.fixture
def hostile(session: Session, terminal: Actor) -> Session:
    load(session, (SAMPLES / "city" / "companies.csv").read_bytes(), by=terminal)
    session.execute(text("update company set name = '=HYPERLINK(\"http://x\")'"))
    return session


def test_no_export_holds_a_live_formula(hostile):
    content = _csv(hostile, "companies").decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(content)) for cell in line]
    assert '\'=HYPERLINK("http://x")' in cells
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t"}]
    with written_xlsx(lines_of(hostile, "companies"), "事業者") as file:
        raw = file.read()
    sheet = zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.active["B2"].value == '=HYPERLINK("http://x")'


@given(
    st.sampled_from(
        ["S58.3", "S58", "昭和58年度", "S58.3.4", "S57～58", "S58.3頃", "不明", "H元.6"]
    )
)
def test_a_date_is_written_so_that_it_is_read_the_same(written):
    value = date_reader()(written).value
    again = date_reader()(partial(value.start, value.end, value.precision)).value
    assert (again.start, again.end, again.precision) == (value.start, value.end, value.precision)
