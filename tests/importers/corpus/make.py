"""The files of the corpus, and their answer key as a table.

python -m tests.importers.corpus.make FOLDER
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.importers.corpus.answers import CorpusFile
from tests.importers.corpus.files import (
    dates,
    headers,
    layouts,
    lines,
    matching,
    measures,
    municipal,
    neighbours,
    numbers,
    points,
    prices,
    records,
    upkeep,
    words,
    workbooks,
)

MAKERS = (
    dates.old_ledger, dates.eras_asked, dates.years_of_the_header, dates.rare_characters,
    numbers.codes, numbers.zeros_eaten, words.names, measures.specs, measures.own_columns,
    prices.money, lines.groups, lines.broken_lines, lines.parents, lines.parents_elsewhere,
    lines.own_parents,
    headers.merged_header, headers.merged_down, headers.units_under_names,
    headers.unit_above_table, headers.same_names_twice,
    workbooks.sheet_per_facility, workbooks.facility_in_cell, workbooks.several_tables,
    workbooks.macro_workbook, workbooks.old_workbook, workbooks.open_workbook,
    workbooks.epoch_1904, workbooks.real_cells, workbooks.hidden_sheet,
    layouts.sections, layouts.calculated, layouts.new_facility_beside,
    layouts.same_numbers_in_sheets, layouts.blank_cells,
    matching.same_again, matching.renumbered, matching.without_numbers, matching.contradictions,
    matching.codes_of_stations,
    points.degrees, points.sexagesimal, points.plane, points.tokyo_datum, points.swapped,
    points.degrees_swapped,
    records.kintone, records.faults, records.companies, records.photos,
    municipal.machines, municipal.manholes, municipal.electrical, municipal.assets,
    municipal.renamed,
    upkeep.inspections, upkeep.parts,
    neighbours.repairs, neighbours.stations, neighbours.business_partners, neighbours.card,
)  # fmt: skip


def corpus() -> Iterator[CorpusFile]:
    for make in MAKERS:
        yield make()


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "answers.csv").open("w", encoding="utf-8-sig", newline="") as key:
        writer = csv.writer(key)
        writer.writerow(["file", "sheet", "row", "trap", "column", "written", "accepted", "truth"])
        for file in corpus():
            (folder / file.name).write_bytes(file.content)
            for a in file.answers:
                said = " | ".join(map(str, a.accepted))
                writer.writerow(
                    [file.name, a.sheet, a.row_no, a.trap, a.header, a.written, said, dict(a.truth)]
                )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
