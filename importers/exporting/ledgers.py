"""The ledgers as files that can be read again: the same columns, the same words."""

from collections.abc import Iterator

from sqlmodel import Session

from importers.exporting import queries
from importers.exporting.columns import Column, Row, as_written, date_of
from importers.exporting.fault_ledgers import FAULT_LEDGERS
from importers.exporting.maintenance_ledgers import MAINTENANCE_LEDGERS
from importers.exporting.weather_ledgers import WEATHER_LEDGERS
from importers.exporting.writing import label, labels, plain, words, yes_no
from importers.sources.catalogue import SOURCES
from service.accounts.domain import COMPANY_ROLE_LABELS
from service.registry.custom_values import write_value
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
from service.registry.models import CustomField
from service.registry.queries import custom


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
    as_written("manufacturer"),
    as_written("model_no"),
    as_written("serial_no"),
    date_of("manufactured"),
)
LEDGERS: dict[str, tuple[Column, ...]] = {
    "classes": (
        *map(as_written, ("class_code", "major", "middle", "minor")),
        as_written("discipline", label(DISCIPLINE_LABELS)),
        *map(as_written, ("standard_life_years", "target_life_years", "disposal_limit_years")),
        as_written("maintenance_type", label(MAINTENANCE_TYPE_LABELS)),
        as_written("symptom_set", words),
        as_written("iso14224_code"),
        as_written("exposure_unit", label(EXPOSURE_UNIT_LABELS)),
        *map(as_written, ("source_document", "effective_from")),
        as_written("verified", yes_no),
    ),
    "companies": (
        *map(as_written, ("company_code", "name", "name_former", "corporate_number")),
        as_written("roles", labels(COMPANY_ROLE_LABELS)),
        as_written("night_phone"),
        as_written("fictitious", yes_no),
    ),
    "facilities": (
        *map(as_written, ("facility_code", "name", "name_kana")),
        as_written("facility_type", label(FACILITY_TYPE_LABELS)),
        as_written("drainage_type", label(DRAINAGE_TYPE_LABELS)),
        *map(as_written, ("treatment_district", "address", "muni_code")),
        as_written("latitude", column="lat"),
        as_written("longitude", column="lon"),
        Column("datum", _datum),
        date_of("opened"),
        *map(as_written, ("manhole_no", "no_signal_note", "hazard_note", "note")),
        as_written("status", label(LIFECYCLE_LABELS)),
    ),
    "contracts": tuple(
        map(
            as_written,
            (
                "contract_no",
                "company_code",
                "starts_on",
                "ends_on",
                "facilities",
                "response_target_min",
                "grace_days",
            ),
        )
    ),
    "locations": (
        *map(as_written, ("facility_code", "path")),
        as_written("kind", label(LOCATION_KIND_LABELS)),
    ),
    "device_models": (
        as_written("manufacturer", column="maker"),
        as_written("model_no"),
        *_FIGURES,
        as_written("discontinued_on"),
    ),
    "equipment": (
        *map(
            as_written, ("position_code", "facility_code", "place", "class_code", "name", "unit_no")
        ),
        *map(as_written, ("parent_code", "asset_code")),
        *_DEVICE,
        as_written("spec_raw"),
        *_FIGURES,
        date_of("installed"),
        Column("cost", lambda row: plain(row["acquired_cost_yen"]), "円"),
        as_written("criticality"),
        as_written("redundancy", label(REDUNDANCY_LABELS)),
        *map(as_written, ("health", "health_judged_on", "life_override_years")),
        as_written("status", label(LIFECYCLE_LABELS)),
        as_written("note"),
        as_written("legacy_code", words, column="legacy_codes"),
    ),
    "replaced_devices": (
        *map(as_written, ("position_code", "asset_code")),
        *_DEVICE,
        date_of("installed"),
        as_written("retired_on"),
        as_written("retired_reason", label(RETIRED_REASON_LABELS)),
    ),
    **FAULT_LEDGERS,
    **MAINTENANCE_LEDGERS,
    **WEATHER_LEDGERS,
}


def _own(field: CustomField) -> Column:
    def cell(row: Row) -> str:
        return write_value((row[f"{field.owner}_custom"] or {}).get(field.label))

    return Column(field.label, cell, field.unit or "")


def header_of(ledger: str) -> list[str]:
    source = SOURCES[ledger]
    return [
        source.column(column.field).title + (f"({column.unit})" if column.unit else "")
        for column in LEDGERS[ledger]
    ]


def lines_of(session: Session, ledger: str) -> Iterator[list[str]]:
    """The header, then a line for each record; equipment has the city's own fields, too."""
    own = [_own(field) for field in custom.known_then(session)] if ledger == "equipment" else []
    yield header_of(ledger) + [
        f"{each.field}({each.unit})" if each.unit else each.field for each in own
    ]
    columns = (*LEDGERS[ledger], *own)
    for row in queries.rows(session, ledger):
        values = dict(row)
        yield [column.cell(values) for column in columns]
