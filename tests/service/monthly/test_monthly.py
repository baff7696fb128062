"""The monthly report: the screen and its files tell one story, and a re-issue says what changed."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.clock import now
from service.core.database import transaction
from service.core.errors import Forbidden
from service.core.settings import Settings
from service.faults.schemas import ResponseCreate
from service.faults.service import add_response, file_report, merge
from service.monthly import service
from service.monthly.domain import ALL_FIGURES, Month, MonthToCome, NotAMonth
from service.monthly.queries import Wanted
from tests.service.faults.conftest import AsActor, City, make_report

OCTOBER = "2026-10"


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture
def staff(app: Any, city: City) -> TestClient:
    return _client(app, city, "staff")


def _client(app: Any, city: City, who: str) -> TestClient:
    return TestClient(
        app,
        headers={"origin": "http://testserver", "accept": "text/html"},
        cookies={"gesuibo": city.tokens[who]},
        follow_redirects=False,
    )


@pytest.fixture(autouse=True)
def standard_form(engine: Engine) -> Iterator[None]:
    """Whatever form a test has sent, the next one starts from the standard form."""
    yield
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        connection.execute(text("update monthly_template set retired_at = now()"))


def _file(as_actor: AsActor, city: City, occurred_at: datetime, **changes: Any) -> UUID:
    with as_actor(city.staff) as session:
        report = make_report(city, occurred_at=occurred_at, company_id=city.company_id, **changes)
        return file_report(session, report, by=city.staff).case_id


def _set(engine: Engine, case_id: UUID, **values: Any) -> None:
    given = ", ".join(f"{name} = :{name}" for name in values)
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        connection.execute(
            text(f"update fault_case set {given} where id = :id"), values | {"id": case_id}
        )


def _moment(month: int, day: int, hour: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def october(engine: Engine, city: City) -> dict[str, UUID]:
    """Three cases of October, one of them merged, one dismissed; one of September told late."""

    @contextmanager
    def acting(by: Any) -> Iterator[Any]:
        with transaction(engine, by.identity) as session:
            yield session

    told = {
        "first": _file(acting, city, _moment(10, 3), body="=1+1 異音"),
        "twin": _file(acting, city, _moment(10, 4)),
        # 31 October 23:30 in Japan, still October; 1 November 00:30 is not.
        "last": _file(acting, city, _moment(10, 31, 14)),
        "next": _file(acting, city, _moment(10, 31, 16)),
        "late": _file(acting, city, _moment(9, 29), symptoms=["S01", "S04"]),
    }
    _set(engine, told["first"], urgency="S", stop_from=_moment(10, 3), stop_to=_moment(10, 3, 8))
    _set(engine, told["last"], state="dismissed", state_reason="異常なし")
    for name, month in (("first", 10), ("twin", 10), ("last", 11), ("next", 11), ("late", 10)):
        _set(engine, told[name], reported_at=_moment(month, 5))
    with acting(city.staff) as session:
        for case, yen in ((told["first"], 120_000), (told["twin"], 30_000)):
            given = {"kind": "permanent_fix", "description": "羽根車交換", "cost_yen": yen}
            add_response(session, case, ResponseCreate.model_validate(given), by=city.staff)
        merge(session, told["twin"], told["first"], by=city.staff, reason="同じ詰まり")
    return told


def _wanted(city: City) -> Wanted:
    return Wanted(Month.parse(OCTOBER), city.facility_id)


def test_a_month_is_counted_by_the_day_it_happened_in_japan(
    october: dict[str, UUID], city: City, as_actor: AsActor
):
    with as_actor(city.staff) as session:
        content = service.counted(session, _wanted(city), by=city.staff)
    assert {case.id for case in content.cases} == {str(october["first"]), str(october["last"])}
    assert [case.id for case in content.late] == [str(october["late"])]
    assert content.totals == {
        "cases": 2,
        "failures": 1,
        "urgent": 1,
        "closed": 0,
        "open": 1,
        "waiting": 0,
        "dismissed": 1,
        "unregistered": 0,
        "stop_hours": 5.0,
        "still_stopped": 0,
        "cost_yen": 150_000,
        "late": 1,
    }


def test_contractors_get_no_monthly_report(city: City, as_actor: AsActor, app: Any):
    with as_actor(city.contractor) as session, pytest.raises(Forbidden):
        service.counted(session, _wanted(city), by=city.contractor)
    assert _client(app, city, "contractor").get("/monthly").status_code == 403


def _issue(staff: TestClient, city: City) -> str:
    data = {"month": OCTOBER, "facility_id": str(city.facility_id)}
    answer = staff.post("/monthly", data=data)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    page = staff.get(answer.headers["location"])
    assert page.headers["refresh"] == f"0; url=/monthly/{query['issued'][0]}/report.xlsx"
    return query["issued"][0]


def _book(staff: TestClient, report_id: str) -> Any:
    answer = staff.get(f"/monthly/{report_id}/report.xlsx")
    assert answer.status_code == 200
    assert "filename*=UTF-8''%E6%9C%88" in answer.headers["content-disposition"]
    return load_workbook(io.BytesIO(answer.content))


def _shown_figures(page: str) -> dict[str, float]:
    found = re.findall(r'data-figure="(\w+)">\s*([\d,.]+) ', page)
    return {key: float(value.replace(",", "")) for key, value in found}


def test_the_workbook_says_what_the_screen_says(
    staff: TestClient, city: City, october: dict[str, UUID]
):
    page = staff.get("/monthly", params={"month": OCTOBER, "facility_id": str(city.facility_id)})
    on_screen = _shown_figures(page.text)
    book = _book(staff, _issue(staff, city))
    sheet = book["月次報告"]
    keys = {one.label: one.key for one in ALL_FIGURES}
    in_file = {
        keys[row[0].value]: row[1].value
        for row in sheet.iter_rows(min_row=9, max_row=20)
        if row[0].value in keys
    }
    assert in_file == on_screen
    assert len(in_file) == len(ALL_FIGURES)
    listed = staff.get(
        "/api/v1/cases",
        params={"facility_id": str(city.facility_id), "limit": 100},
    ).json()["items"]
    months = [
        case
        for case in listed
        if case["state"] != "merged" and _in_japan(case["occurred_at"]).startswith(OCTOBER)
    ]
    assert in_file["cases"] == len(months)


def _in_japan(moment: str) -> str:
    return (datetime.fromisoformat(moment).astimezone(UTC) + timedelta(hours=9)).isoformat()


def test_the_workbook_is_a_page_for_the_file(
    staff: TestClient, city: City, october: dict[str, UUID]
):
    book = _book(staff, _issue(staff, city))
    sheet = book["月次報告"]
    texts = {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"令和8年10月分", "令和8年度", "部長", "課長", "担当"} <= texts
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert not any("{{" in str(text) for text in texts)
    assert book.vba_archive is None
    places = [row for row in sheet.iter_rows(min_row=22) if row[0].value == city.facility_code]
    assert [(cell.value, cell.number_format) for cell in places[0][-3:]] == [
        (5.0, "#,##0.0"),
        (0, "#,##0"),
        (150_000, "#,##0"),
    ]
    assert [cell.value for cell in book["遅着一覧"]["F"]][1:] == ["起動しない、異音"]
    notes = {row[0].value: row[1].value for row in book["注記"].iter_rows(min_row=2)}
    assert "統合先の1件と数える" in notes["案件数"]
    assert "時点の記録による数" in notes["時点"]


def test_texts_that_look_like_formulas_stay_texts(
    staff: TestClient, city: City, engine: Engine, october: dict[str, UUID]
):
    _set(engine, october["first"], position_id=None, unregistered_desc='=HYPERLINK("http://x")')
    try:
        report_id = _issue(staff, city)
        cells = [c for row in _book(staff, report_id)["案件一覧"].iter_rows() for c in row]
        told = next(c for c in cells if str(c.value).startswith("=HYPER"))
        assert told.data_type == "s" or told.value.startswith("'")
        raw = staff.get(f"/monthly/{report_id}/report.xlsx").content
        assert b"<f>" not in _part(raw, "xl/worksheets/sheet2.xml")
        assert "'=HYPERLINK" in staff.get(f"/monthly/{report_id}/cases.csv").text
    finally:
        _set(engine, october["first"], position_id=city.pump_id, unregistered_desc=None)


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def test_issued_again_unchanged_it_is_the_same_issue(
    staff: TestClient, city: City, october: dict[str, UUID]
):
    assert _issue(staff, city) == _issue(staff, city)


def test_a_reissue_tells_what_changed(
    staff: TestClient, city: City, engine: Engine, october: dict[str, UUID], as_actor: AsActor
):
    before = _issue(staff, city)
    first = _book(staff, before)
    _set(engine, october["first"], urgency="B")
    added = _file(as_actor, city, _moment(10, 20))
    after = _issue(staff, city)
    assert after != before
    book = _book(staff, after)
    texts = [c.value for row in book["月次報告"].iter_rows() for c in row]
    old = [c.value for row in first["月次報告"].iter_rows() for c in row]
    revision = next(t for t in texts if str(t).startswith("改訂") and t != "改訂")
    assert revision not in old
    told = [[c.value for c in row] for row in book["改訂内容"].iter_rows(min_row=2)]
    assert ["合計", "案件数", 2, 3, 1] in told
    assert ["合計", "緊急度S・A", 1, 0, -1] in told
    with as_actor(city.staff) as session:
        numbers = dict(
            session.execute(
                text("select id, case_no from fault_case where id = any(:ids)"),
                {"ids": [added, october["first"]]},
            ).all()
        )
    assert [numbers[october["first"]], "緊急度", "S", "B", None] in told
    assert [numbers[added], "加わった案件"] in [row[:2] for row in told]
    assert _shown_cells(_book(staff, before)) == _shown_cells(first)  # an old issue stays
    _set(engine, october["first"], urgency="S")
    _set(engine, added, state="merged", merged_into_id=october["first"])


def _shown_cells(book: Any) -> list[list[Any]]:
    return [[c.value for c in row] for sheet in book for row in sheet.iter_rows()]


def test_the_open_table_can_be_read_by_machines(
    staff: TestClient, city: City, october: dict[str, UUID]
):
    answer = staff.get(f"/monthly/{_issue(staff, city)}/cases.csv")
    content = answer.content.decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(content)))
    assert all(head)  # one header row
    assert len(set(head)) == len(head)
    assert {len(line) for line in lines} == {len(head)}  # nothing merged, no blank lines
    cells = [dict(zip(head, line, strict=True)) for line in lines]
    for row in cells:
        assert datetime.fromisoformat(row["発生日時"]).utcoffset() == timedelta(hours=9)
        for number in ("停止時間_分", "費用_円", "故障計上", "台帳登録"):
            assert re.fullmatch(r"\d*", row[number])
        assert not any("\n" in cell or cell != cell.strip() for cell in row.values())
    late = [row for row in cells if row["区分"] == "遅着"]
    assert [(row["現象1"], row["現象2"]) for row in late] == [("起動しない", "異音")]


def test_months_are_read_strictly(city: City, as_actor: AsActor):
    for wrong in ("2026-13", "2026", "26-10", "２０２６-10"):
        with pytest.raises(NotAMonth):
            Month.parse(wrong)
    assert Month.parse("2026-12").following == Month(2027, 1)
    assert Month.parse("2026-01").previous == Month(2025, 12)
    to_come = Month.of(now().date() + timedelta(days=62))
    with as_actor(city.staff) as session, pytest.raises(MonthToCome):
        service.counted(session, Wanted(to_come), by=city.staff)


def test_an_unknown_facility_has_no_report(staff: TestClient):
    unknown = {"month": OCTOBER, "facility_id": "01a20add-df35-7353-87ff-e62ee0bce174"}
    assert staff.get("/monthly", params=unknown).status_code == 404
    assert staff.post("/monthly", data=unknown).status_code == 404
