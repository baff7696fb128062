"""Writes the fictitious sample city 見本市, byte for byte the same every time.

python data/samples/city/generate.py                         # the committed CSV files
python data/samples/city/generate.py --xlsx ledger.xlsx      # the ledger as a workbook, too
python data/samples/city/generate.py --cp932 ledger.csv      # … and as Excel's CP932 CSV
"""

import argparse
from pathlib import Path

from generator import case_rows, facilities, ledger, parties, tables, upkeep, weather
from generator.dirty import write_dirty

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the CSV files")
    parser.add_argument("--xlsx", type=Path, help="also write the equipment ledger as a workbook")
    parser.add_argument("--cp932", type=Path, help="also write the equipment ledger as CP932 CSV")
    options = parser.parse_args()

    rows = list(ledger.ledger_rows())
    write_city(options.out, rows)
    if options.xlsx:
        tables.write_xlsx(options.xlsx, "設備台帳", ledger.HEADER, rows)
    if options.cp932:
        tables.write(options.cp932, ledger.HEADER, rows, encoding="cp932")


def write_city(folder: Path, rows: list[tables.Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sites = (facility.row() for facility in facilities.all_facilities())
    tables.write(folder / "facilities.csv", facilities.HEADER, sites)
    tables.write(folder / "equipment_ledger.csv", ledger.HEADER, rows)
    replaced = ledger.replaced_rows()
    tables.write(folder / "replaced_devices.csv", ledger.REPLACED_HEADER, replaced)
    faults = list(case_rows.fault_rows())
    tables.write(folder / "fault_history.csv", case_rows.HEADER, faults)
    inspections = upkeep.inspection_rows(rows)
    tables.write(folder / "inspections.csv", upkeep.INSPECTION_HEADER, inspections)
    parts = upkeep.part_rows(faults)
    tables.write(folder / "part_replacements.csv", upkeep.PART_HEADER, parts)
    tables.write(folder / "rainfall.csv", weather.HEADER, weather.rain_rows())
    tables.write(folder / "companies.csv", parties.COMPANY_HEADER, parties.company_rows())
    tables.write(folder / "contracts.csv", parties.CONTRACT_HEADER, parties.contract_rows())
    tables.write(folder / "users.csv", parties.USER_HEADER, parties.user_rows())
    write_dirty(folder)


if __name__ == "__main__":
    main()
