"""The sample city, file by file, from the files that ship."""

import pytest
from sqlalchemy import text

from importers import service
from tests.importers.ledgers import SAMPLES, load, outcomes, plan

CITY = SAMPLES / "city"
FILES = (
    (SAMPLES / "classes" / "equipment_classes.csv", "classes"),
    (CITY / "companies.csv", "companies"),
    (CITY / "facilities.csv", "facilities"),
    (CITY / "contracts.csv", "contracts"),
    (CITY / "equipment_ledger.csv", "equipment"),
    (CITY / "replaced_devices.csv", "replaced_devices"),
    (CITY / "fault_history.csv", "faults"),
)


def _rows(path) -> int:
    """Rows of the file, counted without the importers."""
    import csv  # noqa: PLC0415

    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def test_the_whole_city_comes_in_and_again_changes_nothing(session, terminal):
    for path, source in FILES:
        job = plan(session, path.read_bytes(), crs=6668, by=terminal)
        assert (job.source, outcomes(job)) == (source, {"create": _rows(path)})
        service.apply_job(session, job.id, by=terminal)
    counted = {
        table: session.execute(text(f"select count(*) from {table}")).scalar_one()
        for table in ("equipment_class", "company", "facility", "contract", "position")
    }
    by_file = dict(zip(counted, (_rows(FILES[at][0]) for at in (0, 1, 2, 3, 4)), strict=True))
    assert counted == by_file
    devices = session.execute(text("select count(*) from device")).scalar_one()
    assert devices == _rows(FILES[4][0]) + _rows(FILES[5][0])
    cases = session.execute(
        text("select count(*), count(device_id) from fault_case where position_id is not null")
    ).one()
    assert cases[0] == cases[1] > 0
    for path, _ in FILES:
        job = plan(session, path.read_bytes(), crs=6668, by=terminal)
        assert outcomes(job) == {"unchanged": _rows(path)}


@pytest.fixture
def plant(session, terminal):
    """The master data and the beginning of the equipment ledger."""
    *masters, (ledger, _) = FILES[:5]
    few = ledger.read_bytes().splitlines(keepends=True)[:20]
    contents = [path.read_bytes() for path, _ in masters]
    load(session, *contents, b"".join(few), crs=6668, by=terminal)
    return session


HEADER = (
    "案件番号,施設コード,設備番号,発生日時,報告日時,現象,運転への影響,報告者会社コード,報告者氏名,内容,"
    "応急処置,対応内容,処置区分,費用(円),完了日時,状況,故障計上,統合先案件番号\n"
)


def _case(number, *, position="", state="完結", closed="2020-05-09 10:00", into="") -> str:
    return (
        f"{number},MC1,{position},2020-05-01 09:00,2020-05-01 10:00,S04 S05,停止,HK-A,例田 三郎,"
        f"異音がする,停止した,軸受を交換した,交換,120000,{closed},{state},1,{into}\n"
    )


def test_a_history_row_is_case_report_and_response(plant, terminal):
    position = plant.execute(
        text("select position_code from position order by position_code limit 1")
    ).scalar_one()
    load(plant, HEADER + _case("R2-MC1-0900", position=position), by=terminal)
    row = plant.execute(
        text(
            "select c.state, c.closed_at, c.symptoms, c.severity, c.device_id, r.body,"
            " r.entry_mode, s.action_code, s.cost_yen, s.description, co.company_code"
            " from fault_case c join case_report l on l.case_id = c.id"
            " join fault_report r on r.id = l.report_id"
            " join response_record s on s.case_id = c.id"
            " join company co on co.id = c.company_id where c.case_no = 'R2-MC1-0900'"
        )
    ).one()
    assert row.closed_at.isoformat() == "2020-05-09T01:00:00+00:00"
    assert (row.state, row.symptoms, row.severity) == ("closed", ["S04", "S05"], 1)
    assert (row.body, row.entry_mode) == ("異音がする", "imported")
    assert (row.action_code, row.cost_yen, row.description) == ("replace", 120000, "軸受を交換した")
    assert row.company_code == "HK-A"


def test_later_cases_count_on_from_the_ledgers_numbers(plant, terminal):
    load(plant, HEADER + _case("R2-MC1-0900"), by=terminal)
    last = plant.execute(
        text(
            "select last_no from case_number n join facility f on f.id = n.facility_id"
            " where f.facility_code = 'MC1' and fiscal_year = 2020"
        )
    ).scalar_one()
    assert last == 900


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (_case("R2-MC1-0901", closed=""), "closed-without-day"),
        (_case("R2-MC1-0901", state="待ち", closed=""), "waiting-without-reason"),
        (_case("R2-MC1-0901", state="統合", closed=""), "merged-without-target"),
        (_case("R2-MC1-0901", position="NOPE-1"), "unknown-reference"),
    ],
)
def test_a_case_that_cannot_be(plant, terminal, case, code):
    job = plan(plant, HEADER + case, by=terminal)
    assert outcomes(job) == {"rejected": 1}
    messages = plant.execute(
        text("select messages from import_row where job_id = :id"), {"id": job.id}
    ).scalar_one()
    assert code in [message["code"] for message in messages]


def test_a_report_never_changes(plant, terminal):
    load(plant, HEADER + _case("R2-MC1-0900"), by=terminal)
    job = plan(plant, HEADER + _case("R2-MC1-0900").replace("異音がする", "煙が出た"), by=terminal)
    assert outcomes(job) == {"conflict": 1}


def test_cases_may_be_merged_into_later_rows(plant, terminal):
    text_ = HEADER + _case("R2-MC1-0902", state="統合", closed="", into="R2-MC1-0903")
    load(plant, text_ + _case("R2-MC1-0903"), by=terminal)
    merged = plant.execute(
        text(
            "select b.case_no from fault_case a join fault_case b on b.id = a.merged_into_id"
            " where a.case_no = 'R2-MC1-0902'"
        )
    ).scalar_one()
    assert merged == "R2-MC1-0903"
