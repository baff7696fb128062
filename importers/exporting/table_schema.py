"""The ledgers as Frictionless Table Schemas (https://specs.frictionlessdata.io/table-schema/)."""

from typing import Any

from importers.exporting.ledgers import LEDGERS, header_of
from importers.kinds import KINDS
from importers.sources.catalogue import SOURCES
from importers.sources.source import Column
from importers.values.choices import Choice, Choices
from importers.values.numbers import read_int, read_yes_no

_KEYS = {
    "classes": ["class_code"],
    "companies": ["company_code"],
    "facilities": ["facility_code"],
    "contracts": ["contract_no"],
    "locations": ["facility_code", "path"],
    "device_models": ["manufacturer", "model_no"],
    "equipment": ["position_code"],
    "replaced_devices": ["position_code", "asset_code"],
    "faults": ["case_no"],
    "reports": ["report_no"],
    "responses": ["case_no", "seq"],
    "inspections": ["position_code", "kind", "inspected", "seq"],
    "part_replacements": ["position_code", "part_name", "part_no", "replaced", "seq"],
    "rainfall": ["gauge", "observed"],
}
_WHOLE = frozenset({"cost", "cost_yen", "severity"})
_NUMBERS = frozenset(
    {
        "latitude",
        "longitude",
        "bore_mm",
        "flow_m3_min",
        "head_m",
        "power_kw",
        "voltage_v",
        "rain_mm",
        "max_hour_mm",
    }
)
_REFERENCES = {
    "facility_code": "facilities",
    "class_code": "classes",
    "company_code": "companies",
}


def table_schema(ledger: str) -> dict[str, Any]:
    """Fields in the order of the export; ``primaryKey`` is what imports find records by."""
    source, names = SOURCES[ledger], header_of(ledger)
    by_field = dict(zip((column.field for column in LEDGERS[ledger]), names, strict=True))
    keys = [by_field[field] for field in _KEYS[ledger]]
    schema: dict[str, Any] = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": ledger,
        "title": source.title,
        "description": KINDS[source.main].label,
        "fields": [
            _field(source.column(field), name, is_key=name in keys)
            for field, name in by_field.items()
        ],
        "primaryKey": keys,
        "missingValues": [""],
    }
    references = [
        {"fields": by_field[field], "reference": {"resource": other, "fields": _title(field)}}
        for field, other in _REFERENCES.items()
        if field in by_field and other != ledger
    ]
    return schema | ({"foreignKeys": references} if references else {})


def _title(field: str) -> str:
    return SOURCES[_REFERENCES[field]].column(field).title


def _field(column: Column, name: str, *, is_key: bool) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required or is_key:
        constraints["required"] = True
    if isinstance(column.read, Choice) and not isinstance(column.read, Choices):
        constraints["enum"] = column.read.answers
    told: dict[str, Any] = {"name": name, "type": _type(column)}
    aliases = [header for header in column.headers if header != name]
    if aliases:
        told["description"] = "、".join(aliases)
    return told | ({"constraints": constraints} if constraints else {})


def _type(column: Column) -> str:
    if column.read is read_int or column.field in _WHOLE:
        return "integer"
    if column.read is read_yes_no:
        return "boolean"
    return "number" if column.field in _NUMBERS else "string"
