"""The ledgers as files that can be read again: the same columns, the same words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from importers.exporting import queries
from importers.exporting.writing import label, labels, partial, plain, words, yes_no
from importers.sources.catalogue import SOURCES
from service.accounts.domain import COMPANY_ROLE_LABELS
from service.registry.domain import (
    DISCIPLINE_LABELS,
    DRAINAGE_TYPE_LABELS,
    EXPOSURE_UNIT_LABELS,
    FACILITY_TYPE_LABELS,
    LIFECYCLE_LABELS,
    LOCATION_KIND_LABELS,
    MAINTENANCE_TYPE_LABELS,
    REDUNDANCY_LABELS,
    RETIRED_REASON_LABELS,
)

Row = Mapping[str, Any]
Cell = Callable[[Row], str]


@dataclass(frozen=True)
class Column:
    """``field`` is the source's; ``unit`` is what its header adds."""

    field: str
    cell: Cell
    unit: str = ""


def _as(field: str, write: Callable[[Any], str] = plain, *, column: str = "") -> Column:
    name = column or field
    return Column(field, lambda row: write(row[name]))


def _date(field: str) -> Column:
    def cell(row: Row) -> str:
        return partial(row[f"{field}_from"], row[f"{field}_to"], row[f"{field}_precision"])

    return Column(field, cell)


def _figure(field: str, unit: str) -> Column:
    """A figure of the specification, where no cell of the ledger holds the whole of it."""

    def cell(row: Row) -> str:
        return plain(row["spec"].get(field)) if row["spec"] and not row["spec_raw"] else ""

    return Column(field, cell, unit)


def _datum(row: Row) -> str:
    return "JGD2011" if row["lat"] is not None else ""


_FIGURES = (
    _figure("bore_mm", "mm"),
    _figure("flow_m3_min", "m3/min"),
    _figure("head_m", "m"),
    _figure("power_kw", "kW"),
    _figure("voltage_v", "V"),
    _figure("poles", ""),
)
_DEVICE = (
    _as("manufacturer"),
    _as("model_no"),
    _as("serial_no"),
    _date("manufactured"),
)
LEDGERS: dict[str, tuple[Column, ...]] = {
    "classes": (
        *map(_as, ("class_code", "major", "middle", "minor")),
        _as("discipline", label(DISCIPLINE_LABELS)),
        *map(_as, ("standard_life_years", "target_life_years", "disposal_limit_years")),
        _as("maintenance_type", label(MAINTENANCE_TYPE_LABELS)),
        _as("symptom_set", words),
        _as("iso14224_code"),
        _as("exposure_unit", label(EXPOSURE_UNIT_LABELS)),
        *map(_as, ("source_document", "effective_from")),
        _as("verified", yes_no),
    ),
    "companies": (
        *map(_as, ("company_code", "name", "name_former", "corporate_number")),
        _as("roles", labels(COMPANY_ROLE_LABELS)),
        _as("night_phone"),
        _as("fictitious", yes_no),
    ),
    "facilities": (
        *map(_as, ("facility_code", "name", "name_kana")),
        _as("facility_type", label(FACILITY_TYPE_LABELS)),
        _as("drainage_type", label(DRAINAGE_TYPE_LABELS)),
        *map(_as, ("treatment_district", "address", "muni_code")),
        _as("latitude", column="lat"),
        _as("longitude", column="lon"),
        Column("datum", _datum),
        _date("opened"),
        *map(_as, ("manhole_no", "no_signal_note", "hazard_note", "note")),
        _as("status", label(LIFECYCLE_LABELS)),
    ),
    "contracts": tuple(
        map(
            _as,
            (
                "contract_no",
                "company_code",
                "starts_on",
                "ends_on",
                "facilities",
                "response_target_min",
            ),
        )
    ),
    "locations": (
        *map(_as, ("facility_code", "path")),
        _as("kind", label(LOCATION_KIND_LABELS)),
    ),
    "device_models": (
        _as("manufacturer", column="maker"),
        _as("model_no"),
        *_FIGURES,
        _as("discontinued_on"),
    ),
    "equipment": (
        *map(_as, ("position_code", "facility_code", "place", "class_code", "name", "unit_no")),
        *map(_as, ("parent_code", "asset_code")),
        *_DEVICE,
        _as("spec_raw"),
        *_FIGURES,
        _date("installed"),
        Column("cost", lambda row: plain(row["acquired_cost_yen"]), "円"),
        _as("criticality"),
        _as("redundancy", label(REDUNDANCY_LABELS)),
        *map(_as, ("health", "health_judged_on", "life_override_years")),
        _as("status", label(LIFECYCLE_LABELS)),
        _as("note"),
    ),
    "replaced_devices": (
        *map(_as, ("position_code", "asset_code")),
        *_DEVICE,
        _date("installed"),
        _as("retired_on"),
        _as("retired_reason", label(RETIRED_REASON_LABELS)),
    ),
}


def header_of(ledger: str) -> list[str]:
    source = SOURCES[ledger]
    return [
        source.column(column.field).title + (f"({column.unit})" if column.unit else "")
        for column in LEDGERS[ledger]
    ]


def lines_of(session: Session, ledger: str) -> Iterator[list[str]]:
    """The header, then a line for each record."""
    yield header_of(ledger)
    columns = LEDGERS[ledger]
    for row in queries.rows(session, ledger):
        values = dict(row)
        yield [column.cell(values) for column in columns]
