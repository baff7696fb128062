"""From ledgers as cities write them to what the registry would become."""

import io

import openpyxl
import pytest
from sqlmodel import Session, select

from importers import planning, queries, service
from importers.decisions import Decisions, answered
from importers.models import ImportJob, Outcome
from service.accounts.actor import Actor
from service.registry.models import Device, Position
from tests.importers.ledgers import CLASSES, FACILITIES, load, outcomes, plan

HEADER = "施設,名称,小分類,製造者,製造番号,設置年月\n"
PUMPS = (
    HEADER
    + "見本浄化センター,No.1汚水ポンプ,汚水ポンプ本体,A社,L1,S58.3\n"
    + "見本浄化センター,No.2汚水ポンプ,汚水ポンプ本体,A社,L2,S58.3\n"
)


@pytest.fixture
def city(session: Session, terminal: Actor) -> Session:
    load(session, CLASSES, FACILITIES, by=terminal)
    return session


def _rows(session: Session, job: ImportJob) -> list[dict]:
    return [dict(row) for row in queries.rows(session, job.id, after=0, limit=99)]


def _codes(session: Session, job: ImportJob, level: str) -> list[str]:
    found = _rows(session, job)
    return [m["code"] for row in found for m in row["messages"] if m["level"] == level]


def _asked(job: ImportJob) -> list[tuple[str, list[str]]]:
    return [(question["code"], question["path"]) for question in job.questions]


def _answer(
    session: Session, content: str, *answers: tuple[list[str], object], by: Actor
) -> ImportJob:
    decisions = answered(Decisions(), answers)
    return service.plan_file(session, content.encode(), "ledger.csv", decisions=decisions, by=by)


def _loaded(session: Session, content: str, *answers: tuple[list[str], object], by: Actor) -> None:
    service.apply_job(session, _answer(session, content, *answers, by=by).id, by=by)
    session.expire_all()


MAKE = (["make_numbers"], True)


def test_a_ledger_without_numbers_asks_once_and_numbers_on(city, terminal):
    asked = plan(city, PUMPS, by=terminal)
    assert _asked(asked) == [("numbers-missing", ["make_numbers"])]
    assert outcomes(asked) == {"needs_decision": 2}
    _loaded(city, PUMPS, MAKE, by=terminal)
    codes = city.exec(select(Position.position_code).order_by(Position.position_code)).all()
    assert codes == ["TJ-0001", "TJ-0002"]
    assert city.exec(select(Device.asset_code).order_by(Device.asset_code)).all() == [
        "TJ-0001-D1",
        "TJ-0002-D1",
    ]


@pytest.mark.parametrize(
    "again",
    [
        PUMPS,
        PUMPS.replace("No.2汚水ポンプ", "２号汚水ﾎﾟﾝﾌﾟ").replace("No.1", "№1"),
        PUMPS.replace("A社", "㈱Ａ社"),
        HEADER + "\n".join(reversed(PUMPS.splitlines()[1:])),
    ],
    ids=["same", "other-writing", "maker", "other-order"],
)
def test_the_same_things_are_found_again_without_numbers(city, terminal, again):
    _loaded(city, PUMPS, MAKE, by=terminal)
    job = _answer(city, again, MAKE, by=terminal)
    assert city.exec(select(Position)).all().__len__() == 2
    assert not any(row["outcome"] == "create" for row in _rows(city, job))
    assert "several-matches" not in _codes(city, job, "conflict")


def test_namesakes_are_taken_in_their_order_or_not_at_all(city, terminal):
    twins = HEADER + "見本浄化センター,手動弁,汚水ポンプ本体,,,S58.3\n" * 2
    _loaded(city, twins, MAKE, by=terminal)
    assert outcomes(_answer(city, twins, MAKE, by=terminal)) == {"unchanged": 2}
    one = HEADER + "見本浄化センター,手動弁,汚水ポンプ本体,,,S58.3\n"
    job = _answer(city, one, MAKE, by=terminal)
    assert outcomes(job) == {"conflict": 1}
    assert _codes(city, job, "conflict") == ["several-matches"]


def test_a_new_number_beside_the_old_one_renames_the_place(city, terminal):
    numbered = "設備番号,施設コード,分類コード,名称\nP-1,TJ,PU-OS-01,No.1汚水ポンプ\n"
    _loaded(city, numbered, by=terminal)
    renamed = (
        "設備番号,旧設備番号,施設コード,分類コード,名称,上位設備番号\n"
        "TJ-9,P-1,TJ,PU-OS-01,No.1汚水ポンプ,\nTJ-10,,TJ,PU-OS-01,電動機,TJ-9\n"
    )
    _loaded(city, renamed, by=terminal)
    place = city.exec(select(Position).where(Position.position_code == "TJ-9")).one()
    assert place.legacy_codes == ["P-1"]
    child = city.exec(select(Position).where(Position.position_code == "TJ-10")).one()
    assert child.parent_id == place.id
    job = plan(city, numbered, by=terminal)
    assert outcomes(job) == {"unchanged": 1}
    assert "old-code" in _codes(city, job, "change")


def test_numbers_that_are_good_only_inside_a_facility(city, terminal):
    shared = (
        "設備番号,施設コード,分類コード,名称\nP-1,TJ,PU-OS-01,ポンプ\nP-1,P01,PU-OS-01,ポンプ\n"
    )
    job = plan(city, shared, by=terminal)
    assert _asked(job) == [("code-in-other-facility", ["prefix_codes"])]
    _loaded(city, shared, (["prefix_codes"], True), by=terminal)
    codes = city.exec(select(Position.position_code).order_by(Position.position_code)).all()
    assert codes == ["P01-P-1", "TJ-P-1"]


def test_a_row_for_several_units_is_split_or_kept(city, terminal):
    group = "設備番号,施設コード,分類コード,名称\nP-1,TJ,PU-OS-01,No.1～3汚水ポンプ\n"
    assert _asked(plan(city, group, by=terminal)) == [("group-in-one-row", ["groups"])]
    split = _answer(city, group, (["groups"], "explode"), by=terminal)
    names = [row["normalised"]["operations"][0]["values"]["name"] for row in _rows(city, split)]
    assert names == ["No.1汚水ポンプ", "No.2汚水ポンプ", "No.3汚水ポンプ"]
    kept = _answer(city, group, (["groups"], "keep"), by=terminal)
    assert outcomes(kept) == {"create": 1}


def test_words_for_records_are_asked_and_answered_once(city, terminal):
    rows = (f"P-{n},見本汚水処理場,謎のポンプ,{name}\n" for n, name in enumerate("甲乙"))
    ledger = "設備番号,施設,小分類,名称\n" + "".join(rows)
    job = plan(city, ledger, by=terminal)
    facility = ["lookups", "facility", "見本汚水処理場"]
    assert _asked(job) == [("unknown-lookup", facility)]
    job = _answer(city, ledger, (facility, "TJ"), by=terminal)
    equipment_class = ["lookups", "equipment_class", "謎のポンプ"]
    assert _asked(job) == [("unknown-lookup", equipment_class)]
    assert job.questions[0]["row_count"] == 2
    done = _answer(city, ledger, (facility, "TJ"), (equipment_class, "PU-OS-01"), by=terminal)
    assert outcomes(done) == {"create": 2}


def test_the_class_is_told_by_the_name_when_there_is_no_column(city, terminal):
    ledger = "設備番号,施設コード,名称\nP-1,TJ,No.1汚水ポンプ本体\nP-2,TJ,謎\n"
    job = plan(city, ledger, by=terminal)
    assert outcomes(job) == {"create": 1, "needs_decision": 1}
    assert _asked(job) == [("unknown-lookup", ["lookups", "equipment_class", "謎"])]


def test_a_device_with_another_serial_number_in_the_place_is_a_conflict(city, terminal):
    _loaded(city, PUMPS, MAKE, by=terminal)
    job = _answer(city, PUMPS.replace("L2", "L9"), MAKE, by=terminal)
    assert _codes(city, job, "conflict") == ["other-device-in-place"]


def test_places_that_the_ledger_no_longer_names_are_only_listed(city, terminal):
    numbered = "設備番号,施設コード,分類コード,名称\n" + "".join(
        f"P-{n},TJ,PU-OS-01,ポンプ{n}\n" for n in range(1, 5)
    )
    _loaded(city, numbered, by=terminal)
    fewer = "\n".join(numbered.splitlines()[:-1])
    job = plan(city, fewer, by=terminal)
    missing = job.notes["missing"]
    assert (missing["count"], missing["total"]) == (1, 4)
    assert [place["position_code"] for place in missing["places"]] == ["P-4"]
    assert outcomes(job) == {"unchanged": 3}


def test_missing_places_are_abolished_on_request_up_to_a_ceiling(city, terminal):
    _loaded(city, PUMPS, MAKE, by=terminal)
    one = "\n".join(PUMPS.splitlines()[:-1])
    retire = {"on": "2026-11-01", "ceiling_percent": 10}
    job = _answer(city, one, MAKE, (["retire_missing"], retire), by=terminal)
    assert [code for code, _ in _asked(job)] == ["too-many-missing"]
    retire["ceiling_percent"] = 60
    _loaded(city, one, MAKE, (["retire_missing"], retire), by=terminal)
    place = city.exec(select(Position).where(Position.position_code == "TJ-0002")).one()
    assert place.status == "abolished"
    assert outcomes(_answer(city, one, MAKE, by=terminal)) == {"unchanged": 1}


def test_numbers_that_lost_their_zeros_are_asked(city, terminal):
    ledger = "設備番号,施設コード,分類コード,名称\n0001,TJ,PU-OS-01,甲\n2,TJ,PU-OS-01,乙\n"
    job = plan(city, ledger, by=terminal)
    assert _asked(job) == [("lost-zeros", ["code_widths", "position_code"])]
    job = _answer(city, ledger, (["code_widths", "position_code"], 4), by=terminal)
    made = [row["normalised"]["operations"][0]["key"] for row in _rows(city, job)]
    assert made == [["0001"], ["0002"]]


def test_a_column_that_is_mostly_unreadable_is_perhaps_another(city, terminal):
    ledger = "設備番号,施設コード,分類コード,名称,設置年月\n" + "".join(
        f"P-{n},TJ,PU-OS-01,ポンプ,良好\n" for n in range(6)
    )
    job = plan(city, ledger, by=terminal)
    (question,) = job.questions
    assert question["code"] == "column-mostly-unreadable"
    assert question["path"][2] == "設置年月"
    job = _answer(city, ledger, (question["path"], ""), by=terminal)
    assert outcomes(job) == {"create": 6}


def test_a_missing_column_can_be_named(city, terminal):
    ledger = "設備番号,施設コード,分類コード,呼び名\nP-1,TJ,PU-OS-01,甲ポンプ\n"
    job = plan(city, ledger, by=terminal)
    (question,) = job.questions
    assert (question["code"], question["choices"]) == (
        "column-missing",
        [{"value": "呼び名", "label": "呼び名"}],
    )
    assert outcomes(_answer(city, ledger, (question["path"], "呼び名"), by=terminal)) == {
        "create": 1
    }


def test_a_table_that_nobody_knows_asks_what_it_is(city, terminal):
    job = plan(city, "甲,乙\n1,2\n", by=terminal)
    assert [question["code"] for question in job.questions] == ["source-unknown"]
    assert job.source == ""
    assert outcomes(job) == {}


def test_a_future_day_is_a_warning(city, terminal):
    job = _answer(city, PUMPS.replace("S58.3", "R40.3", 1), MAKE, by=terminal)
    assert _codes(city, job, "warning") == ["future-date"]


def test_sheets_of_facilities_and_the_facilities_themselves(city, terminal):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "見本浄化センター"
    for row in (["設備番号", "分類コード", "名称"], ["P-1", "PU-OS-01", "甲"]):
        sheet.append(row)
    other = book.create_sheet("新しいポンプ場")
    for row in (["設備番号", "分類コード", "名称"], ["P-2", "PU-OS-01", "乙"]):
        other.append(row)
    master = book.create_sheet("施設一覧")
    for row in (["施設コード", "施設名", "施設種別"], ["P02", "新しいポンプ場", "ポンプ場"]):
        master.append(row)
    content = io.BytesIO()
    book.save(content)
    job = service.plan_file(city, content.getvalue(), "x.xlsx", by=terminal)
    assert outcomes(job) == {"create": 3}
    service.apply_job(city, job.id, by=terminal)


def test_long_files_are_planned_in_parts_with_the_same_result(city, terminal, monkeypatch):
    lines = [
        f"P-{n},TJ,PU-OS-01,ポンプ{n},{f'P-{n + 1}' if n < 30 else ''},K{n}" for n in range(1, 31)
    ]
    lines += ["P-7,TJ,PU-OS-01,別のポンプ,,K99", "P-40,TJ,PU-OS-01,孤児,P-41,K40"]
    lines += ["P-41,TJ,PU-OS-01,孤児の親,P-99,K41"]
    ledger = "設備番号,施設コード,分類コード,名称,上位設備番号,機器番号\n" + "\n".join(lines)
    whole = plan(city, ledger, by=terminal)
    monkeypatch.setattr(planning, "ROWS_A_PART", 4)
    monkeypatch.setattr(planning, "ROWS_AT_ONCE", 4)
    parts = plan(city, ledger, by=terminal)
    assert outcomes(parts) == outcomes(whole)
    assert [row["outcome"] for row in _rows(city, parts)] == [
        row["outcome"] for row in _rows(city, whole)
    ]
    assert outcomes(whole)["conflict"] == 2
    service.apply_job(city, parts.id, mode=service.ApplyMode.GOOD_ROWS_ONLY, by=terminal)


def test_places_above_each_other_in_a_circle_fall(city, terminal):
    lines = ["P-1,TJ,PU-OS-01,甲,P-2", "P-2,TJ,PU-OS-01,乙,P-1", "P-3,TJ,PU-OS-01,丙,P-3"]
    lines += ["P-4,TJ,PU-OS-01,丁,"]
    job = plan(
        city, "設備番号,施設コード,分類コード,名称,上位設備番号\n" + "\n".join(lines), by=terminal
    )
    assert outcomes(job) == {"rejected": 3, "create": 1}
    assert _codes(city, job, "error") == ["parent-cycle", "parent-cycle", "own-parent"]


POINTS = "施設コード,施設名,施設種別,X座標,Y座標\nQ1,甲,ポンプ場,-73289.596,-31191.259\n"


def test_the_coordinate_system_is_asked_once_and_five_points_are_shown(city, terminal):
    job = plan(city, POINTS, by=terminal)
    (question,) = job.questions
    assert question["path"] == ["crs"]
    assert {"6677", "30169"} <= {choice["value"] for choice in question["choices"]}
    (point,) = job.notes["points"]
    done = _answer(city, POINTS, (["crs"], 6677), by=terminal)
    (row,) = _rows(city, done)
    stored = row["normalised"]["operations"][0]["values"]
    assert (round(point["lat"], 4), round(point["lon"], 4)) == (35.3389, 139.4902)
    assert stored["geom"].startswith("SRID=6668;POINT(139.490")
    tokyo = _answer(city, POINTS, (["crs"], 30169), by=terminal)
    assert _rows(city, tokyo)[0]["normalised"]["operations"][0]["values"]["geom"] != stored["geom"]
    assert "tokyo-datum" in _codes(city, tokyo, "change")


FAULTS = "施設名,機器名,発生日,内容,処置内容,修理費(千円)\n"


def test_old_fault_records_find_their_equipment_by_name(city, terminal):
    _loaded(city, PUMPS, MAKE, by=terminal)
    history = FAULTS + "見本浄化センター,２号汚水ポンプ,H30.4.1,異音,軸受交換,120\n"
    _loaded(city, history, by=terminal)
    job = plan(city, history, by=terminal)
    assert outcomes(job) == {"unchanged": 1}
    found = plan(city, history.replace("２号汚水", "3号汚水"), by=terminal)
    (question,) = found.questions
    assert question["path"] == ["lookups", "position", "TJ/3号汚水ポンプ"]
    assert {choice["value"] for choice in question["choices"]} >= {"-", "TJ-0002"}
    kept = _answer(
        city, history.replace("２号汚水", "3号汚水"), (question["path"], "-"), by=terminal
    )
    assert outcomes(kept) == {"create": 1}
    assert _rows(city, kept)[0]["outcome"] == Outcome.CREATE
