"""The sample city is consistent, realistic in the stated ranges, and the same every time."""

import csv
import hashlib
import io
import re
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importers.values.dates import read_partial_date
from service.core.partial_date import PartialDate
from service.faults.symptoms import SYMPTOMS

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
CITY = SAMPLES / "city"
CITY_FILES = tuple(sorted(path.name for path in CITY.glob("*.csv")))
BEND = SAMPLES / "bend" / "lift_station_pumps.csv"
BEND_SHA256 = "c5f2a69ef037823489d84570c0242a4495e8d669327d7348ea285135aa9be56a"
Row = dict[str, str]
MERGED, OPEN = "統合", {"報告", "受付", "対応中", "待ち", "処置完了"}


@cache
def table(name: str) -> tuple[Row, ...]:
    with (CITY / name).open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def classes() -> dict[str, Row]:
    path = SAMPLES / "classes" / "equipment_classes.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["分類コード"]: row for row in csv.DictReader(file)}


def faults() -> tuple[Row, ...]:
    return table("fault_history.csv")


def share(rows: tuple[Row, ...], matching: int) -> float:
    return matching / len(rows)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def installed(row: Row) -> PartialDate:
    return read_partial_date(row["設置年月"]).value


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    program = [sys.executable, str(CITY / "generate.py"), "--out", str(folder)]
    program += ["--xlsx", str(folder / "ledger.xlsx"), "--cp932", str(folder / "ledger.cp932.csv")]
    subprocess.run(program, check=True, timeout=60)  # noqa: S603 — the city's own generator
    return folder


class TestGenerator:
    def test_writes_the_committed_bytes(self, regenerated: Path):
        written = {name: (regenerated / name).read_bytes() for name in CITY_FILES}
        changed = [name for name in CITY_FILES if written[name] != (CITY / name).read_bytes()]
        assert changed == []
        assert len(CITY_FILES) == 12

    def test_workbook_holds_the_ledger(self, regenerated: Path):
        workbook = load_workbook(regenerated / "ledger.xlsx", read_only=True)
        rows = list(workbook["設備台帳"].iter_rows(values_only=True))
        workbook.close()
        ledger = table("equipment_ledger.csv")
        assert len(rows) == len(ledger) + 1
        assert [cell or "" for cell in rows[1]] == list(ledger[0].values())

    def test_cp932_file_holds_the_ledger(self, regenerated: Path):
        text = (regenerated / "ledger.cp932.csv").read_bytes().decode("cp932")
        rows = tuple(csv.DictReader(io.StringIO(text, newline="")))
        assert rows == table("equipment_ledger.csv")


class TestEveryFile:
    @pytest.mark.parametrize("name", CITY_FILES)
    def test_can_be_written_in_cp932(self, name: str):
        if name == "equipment_ledger_dirty.csv":
            (CITY / name).read_bytes().decode("cp932")
        else:
            (CITY / name).read_text(encoding="utf-8-sig").encode("cp932")

    def test_codes_are_unique(self):
        for name, column in (
            ("facilities.csv", "施設コード"),
            ("equipment_ledger.csv", "設備番号"),
            ("fault_history.csv", "案件番号"),
            ("companies.csv", "事業者コード"),
            ("users.csv", "利用者名"),
        ):
            codes = [row[column] for row in table(name)]
            assert len(codes) == len(set(codes)), name

    def test_names_are_marked_as_invented(self):
        assert all(row["架空"] == "1" for row in table("companies.csv"))
        assert all("(架空)" in row["名称"] for row in table("companies.csv"))
        assert all("(架空)" in row["製造者"] for row in table("equipment_ledger.csv"))
        assert all(row["施設名"].startswith("見本第") for row in table("facilities.csv"))
        assert all("架空" in row["所在地"] for row in table("facilities.csv"))


class TestClasses:
    def test_size_and_symptoms(self):
        assert 60 <= len(classes()) <= 90
        for row in classes().values():
            codes = row["現象候補"].split()
            assert 1 <= len(codes) <= 8
            assert set(codes) <= set(SYMPTOMS)

    def test_only_rows_with_an_exact_source_are_verified(self):
        verified = [row for row in classes().values() if row["確認済"] == "1"]
        assert 25 <= len(verified) <= 40
        assert not [row for row in verified if "要確認" in row["出典"]]
        assert all("要確認" in row["出典"] for row in classes().values() if row["確認済"] == "0")

    def test_ledger_uses_known_classes_in_their_words(self):
        for row in table("equipment_ledger.csv"):
            master = classes()[row["分類コード"]]
            assert [row[c] for c in ("大分類", "中分類", "小分類")] == [
                master[c] for c in ("大分類", "中分類", "小分類")
            ]


class TestFacilities:
    def test_kinds(self):
        kinds = Counter(row["施設種別"] for row in table("facilities.csv"))
        assert kinds == {"浄化センター": 2, "ポンプ場": 15, "マンホールポンプ": 60}

    def test_coordinates_lie_in_the_box(self):
        for row in table("facilities.csv"):
            assert 35.29 < float(row["緯度"]) < 35.43
            assert 139.40 < float(row["経度"]) < 139.52

    def test_contracts_cover_every_facility_without_overlap(self):
        former, plants, manholes = table("contracts.csv")
        assert former["対象施設"] == "*"
        assert former["終了日"] < plants["開始日"] == manholes["開始日"]
        covered = plants["対象施設"].split() + manholes["対象施設"].split()
        assert sorted(covered) == sorted(row["施設コード"] for row in table("facilities.csv"))
        companies = {row["事業者コード"] for row in table("companies.csv")}
        assert {row["事業者コード"] for row in table("contracts.csv")} <= companies


class TestLedger:
    def test_size_by_facility(self):
        kinds = {row["施設コード"]: row["施設種別"] for row in table("facilities.csv")}
        sizes = Counter(row["施設コード"] for row in table("equipment_ledger.csv"))
        limits = {
            "浄化センター": (2500, 3000),
            "ポンプ場": (80, 200),
            "マンホールポンプ": (8, 15),
        }
        for code, size in sizes.items():
            low, high = limits[kinds[code]]
            assert low <= size <= high, code
        assert 7600 <= sum(sizes.values()) <= 8500

    def test_mix_of_disciplines(self):
        rows = table("equipment_ledger.csv")
        mix = Counter(classes()[row["分類コード"]]["工種"] for row in rows)
        for discipline, expected in (("機械", 0.5), ("電気", 0.2), ("計装", 0.2), ("建築", 0.1)):
            assert share(rows, mix[discipline]) == pytest.approx(expected, abs=0.03)

    def test_parents_are_pump_sets_of_the_same_facility(self):
        rows = {row["設備番号"]: row for row in table("equipment_ledger.csv")}
        children = [row for row in rows.values() if row["上位設備番号"]]
        assert len(children) > 200
        for child in children:
            parent = rows[child["上位設備番号"]]
            assert parent["施設コード"] == child["施設コード"]
            assert parent["機器名称"].endswith("ポンプ一式")

    def test_dates_of_installation(self):
        rows = table("equipment_ledger.csv")
        dates = [installed(row) for row in rows]
        unknown = sum(day.start is None for day in dates)
        assert 0.01 <= share(rows, unknown) <= 0.03
        assert all(day.start <= date(2026, 10, 31) for day in dates if day.start)
        assert all(day.end >= date(1981, 10, 31) for day in dates if day.end)
        writings = Counter(day.precision.value for day in dates)
        assert min(writings["day"], writings["month"], writings["fiscal_year"]) > 800

    def test_health_sinks_with_age(self):
        judged = [row for row in table("equipment_ledger.csv") if row["健全度"]]
        ages: dict[str, list[int]] = {level: [] for level in "12345"}
        for row in judged:
            if start := installed(row).start:
                ages[row["健全度"]].append(2026 - start.year)
        means = [sum(ages[level]) / len(ages[level]) for level in "12345"]
        assert means == sorted(means, reverse=True)

    def test_asset_numbers_never_come_twice(self):
        present = [row["機器番号"] for row in table("equipment_ledger.csv")]
        former = [row["機器番号"] for row in table("replaced_devices.csv")]
        assert len(set(present + former)) == len(present) + len(former)


class TestReplacedDevices:
    def test_left_before_the_present_device_came(self):
        present = {row["設備番号"]: installed(row) for row in table("equipment_ledger.csv")}
        for row in table("replaced_devices.csv"):
            came, left = (date.fromisoformat(row[c]) for c in ("設置年月日", "撤去年月日"))
            assert came < left
            assert left < present[row["設備番号"]].start

    def test_number_and_reasons(self):
        rows = table("replaced_devices.csv")
        assert 700 <= len(rows) <= 1000
        assert {row["撤去理由"] for row in rows} == {"更新", "移設", "故障"}
        assert min(row["撤去年月日"] for row in rows) >= "2010-10"


class TestFaults:
    def test_number_by_fiscal_year(self):
        years = Counter(row["案件番号"].split("-")[0] for row in faults())
        assert set(years) == {f"R{n}" for n in range(2, 9)}
        assert all(900 <= years[f"R{n}"] <= 1300 for n in range(2, 8))
        assert years["R8"] < min(years[f"R{n}"] for n in range(2, 8))
        assert 950 <= sum(years[f"R{n}"] for n in range(2, 8)) / 6 <= 1250

    def test_places_are_known_and_in_the_named_facility(self):
        facilities = {r["設備番号"]: r["施設コード"] for r in table("equipment_ledger.csv")}
        assert all(facilities[row["設備番号"]] == row["施設コード"] for row in faults())

    def test_a_device_stood_there_when_it_failed(self):
        opened = {
            row["施設コード"]: read_partial_date(row["供用開始"]).value.start
            for row in table("facilities.csv")
        }
        since: dict[str, date] = {}
        for row in table("equipment_ledger.csv"):
            since[row["設備番号"]] = installed(row).end or opened[row["施設コード"]]
        former = {row["設備番号"]: row for row in table("replaced_devices.csv")}
        before = 0
        for row in faults():
            code, day = row["設備番号"], moment(row["発生日時"]).date()
            if day >= since[code]:
                continue
            before += 1
            came, left = (former[code][c] for c in ("設置年月日", "撤去年月日"))
            assert date.fromisoformat(came) <= day < date.fromisoformat(left), row["案件番号"]
        assert before > 50

    def test_clocks_are_in_order(self):
        columns = ["発生日時", "発見日時", "報告日時", "対応開始", "対応終了", "完了日時"]
        for row in faults():
            times = [moment(row[column]) for column in columns if row[column]]
            assert times == sorted(times), row["案件番号"]
            assert times[-1] <= datetime(2026, 10, 31, 17, 0)  # noqa: DTZ001 — written without zone
            if row["復旧日時"]:
                assert row["停止開始"] <= row["復旧日時"]

    def test_states_have_what_they_need(self):
        for row in faults():
            assert bool(row["統合先案件番号"]) == (row["状況"] == MERGED)
            assert bool(row["待ち理由"]) == (row["状況"] == "待ち")
            assert bool(row["完了日時"]) == (row["状況"] in {"完結", "対象外"})
            assert bool(row["対応開始"]) == (row["状況"] not in {"報告", "受付", MERGED})

    def test_about_sixty_are_open(self):
        states = Counter(row["状況"] for row in faults())
        assert states.keys() == OPEN | {"完結", "対象外", MERGED}
        assert 50 <= sum(states[state] for state in OPEN) <= 70

    def test_duplicates_lead_to_an_earlier_case_of_the_same_place(self):
        cases = {row["案件番号"]: row for row in faults()}
        merged = [row for row in faults() if row["状況"] == MERGED]
        assert 0.03 <= share(faults(), len(merged)) <= 0.08
        for row in merged:
            original = cases[row["統合先案件番号"]]
            assert original["設備番号"] == row["設備番号"]
            assert original["状況"] != MERGED

    def test_false_alarms_do_not_count(self):
        false = [row for row in faults() if row["現象"].split()[0] == "S25"]
        assert all(row["故障計上"] == "0" for row in false)
        assert 0.05 <= share(faults(), len(false)) <= 0.11

    def test_repeats_within_ninety_days(self):
        last: dict[str, datetime] = {}
        repeats = 0
        cases = [row for row in faults() if row["状況"] != MERGED]
        for row in sorted(cases, key=lambda row: row["発見日時"]):
            found, code = moment(row["発見日時"]), row["設備番号"]
            repeats += code in last and found - last[code] <= timedelta(days=90)
            last[code] = found
        assert 0.10 <= repeats / len(cases) <= 0.20

    def test_night_and_holiday_share(self):
        off = sum(is_off_hours(moment(row["発見日時"])) for row in faults())
        assert 0.35 <= share(faults(), off) <= 0.45

    def test_storm_days(self):
        by_day = Counter(row["発見日時"][:10] for row in faults())
        storms = [day for day, count in by_day.items() if count >= 20]
        assert len(storms) >= 3 * 6
        assert all(day[5:7] in {"06", "07", "08", "09", "10"} for day in storms)
        assert max(by_day.values()) <= 60

    def test_minor_faults_rise_with_the_new_contractor(self):
        calm = [r for r in faults() if r["警報区分"] != "重" and r["状況"] != MERGED]
        before = sum("2020-10" <= row["報告日時"][:7] < "2023-10" for row in calm)
        after = sum("2023-10" <= row["報告日時"][:7] < "2026-10" for row in calm)
        assert 1.1 < after / before < 1.5

    def test_company_had_the_contract_on_that_day(self):
        kinds = {row["施設コード"]: row["施設種別"] for row in table("facilities.csv")}
        for row in faults():
            if not row["報告者会社コード"]:
                assert row["発見の契機"] == "住民通報"
                continue
            new = "HK-C" if kinds[row["施設コード"]] == "マンホールポンプ" else "HK-B"
            expected = "HK-A" if row["報告日時"] < "2023-10-01" else new
            assert row["報告者会社コード"] == expected

    def test_sentences_vary(self):
        numbers = re.compile(r"[0-9.]+")
        names = {r["設備番号"]: r["機器名称"] for r in table("equipment_ledger.csv")}
        bodies = {
            numbers.sub("#", row["内容"].replace(names[row["設備番号"]], "@")) for row in faults()
        }
        assert len(bodies) >= 150

    def test_symptoms_are_known(self):
        assert {code for row in faults() for code in row["現象"].split()} <= set(SYMPTOMS)


class TestDirtyLedger:
    def test_key_describes_the_rows_it_names(self):
        text = (CITY / "equipment_ledger_dirty.csv").read_bytes().decode("cp932")
        records = list(csv.reader(io.StringIO(text.rstrip("\x1a"), newline="")))
        header = records[next(n for n, r in enumerate(records) if r[0] == "設備番号")]
        columns = [name.replace("\n", "") for name in header]
        for answer in table("dirty_answers.csv"):
            record = records[int(answer["行"]) - 1]
            if answer["列"]:
                assert record[columns.index(answer["列"])] == answer["原文"]
            else:
                assert answer["期待結果"] == "無視"

    def test_holds_at_least_thirty_traps_on_about_sixty_rows(self):
        answers = table("dirty_answers.csv")
        assert len({row["罠"] for row in answers}) >= 60
        assert {row["期待結果"] for row in answers} == {
            "変換",
            "警告",
            "要判断",
            "却下",
            "無視",
            "そのまま",
        }


class TestBend:
    def test_is_the_published_file(self):
        assert hashlib.sha256(BEND.read_bytes()).hexdigest() == BEND_SHA256

    def test_has_the_quirks_its_readme_counts(self):
        with BEND.open(encoding="ascii", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len({row["FacilityID"] for row in rows}) == 162
        assert Counter(row["LifeCycleStatus"] for row in rows) == {
            "I": 135,
            "D": 10,
            "DC": 8,
            "AB": 4,
            "PROP": 3,
            " ": 2,
        }
        assert sum(row["InstallDate"].startswith("1900/01/01") for row in rows) == 7
        assert sum(row["InstallDate"] == "" for row in rows) == 2
        assert len({row["LiftStationID"] for row in rows}) == 82
        assert sum(row["PumpModel"] == "0" for row in rows) == 4


def is_off_hours(found: datetime) -> bool:
    weekend = found.weekday() >= 5
    fixed = {(1, 1), (1, 2), (1, 3), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5)}
    fixed |= {(8, 11), (11, 3), (11, 23), (12, 29), (12, 30), (12, 31)}
    holiday = weekend or (found.month, found.day) in fixed
    return holiday or not time(8, 30) <= found.time() < time(17, 15)
