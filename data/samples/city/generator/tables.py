"""CSV in and out; written as Excel writes it (BOM, CRLF) so that a double click shows Japanese."""

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
CLASS_MASTER = Path(__file__).parents[2] / "classes" / "equipment_classes.csv"

Row = dict[str, str]


def columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


@cache
def read(name: str) -> tuple[Row, ...]:
    return read_path(DATA / f"{name}.csv")


@cache
def class_master() -> dict[str, Row]:
    return {row["分類コード"]: row for row in read_path(CLASS_MASTER)}


def read_path(path: Path) -> tuple[Row, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def write(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Row],
    *,
    encoding: str = "utf-8-sig",
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def write_xlsx(path: Path, title: str, header: Sequence[str], rows: Iterable[Row]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 — the CSV files must not need it

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.append(list(header))
    for row in rows:
        sheet.append([row[column] for column in header])
    workbook.save(path)
