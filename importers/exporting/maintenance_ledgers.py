"""Inspections and part replacements as ledgers."""

from importers.exporting.columns import Column, as_written, date_of
from importers.exporting.writing import label, plain
from importers.sources.inspections import written_items
from service.maintenance.domain import INSPECTION_KIND_LABELS, JUDGEMENT_LABELS

MAINTENANCE_LEDGERS: dict[str, tuple[Column, ...]] = {
    "inspections": (
        as_written("position_code"),
        as_written("kind", label(INSPECTION_KIND_LABELS)),
        date_of("inspected"),
        *map(as_written, ("seq", "inspector", "company_code")),
        as_written("items", written_items),
        as_written("result", label(JUDGEMENT_LABELS)),
        *map(as_written, ("health", "health_basis", "next_due_on", "note")),
    ),
    "part_replacements": (
        *map(as_written, ("position_code", "part_name", "part_no", "quantity")),
        date_of("replaced"),
        *map(as_written, ("seq", "done_by", "company_code")),
        Column("cost_yen", lambda row: plain(row["cost_yen"]), "円"),
        *map(as_written, ("case_no", "cause", "note")),
    ),
}
