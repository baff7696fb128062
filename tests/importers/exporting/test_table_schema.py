"""Every export keeps to the schema that is published of it."""

import csv
import io
import re

import pytest

from importers.exporting.fault_ledgers import FAULT_LEDGERS
from importers.exporting.files import written_csv
from importers.exporting.ledgers import LEDGERS, lines_of
from importers.exporting.maintenance_ledgers import MAINTENANCE_LEDGERS
from importers.exporting.table_schema import table_schema

FORMS = {
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "boolean": re.compile(r"[01]"),
    "string": re.compile(r"(?s).+"),
}


def _faults(schema: dict, rows: list[dict[str, str]]) -> list[str]:
    found = []
    for field in schema["fields"]:
        constraints = field.get("constraints", {})
        for row in rows:
            cell = row[field["name"]]
            if not cell:
                found += [f"{field['name']} is blank"] * ("required" in constraints)
            elif not FORMS[field["type"]].fullmatch(cell):
                found.append(f"{field['name']}: {cell} is no {field['type']}")
            elif "enum" in constraints and cell not in constraints["enum"]:
                found.append(f"{field['name']}: {cell} is none of the words")
    return found


def test_the_sample_city_keeps_to_its_schemas(city):
    for ledger in LEDGERS:
        schema = table_schema(ledger)
        text = b"".join(written_csv(lines_of(city, ledger))).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [field["name"] for field in schema["fields"]] == list(rows[0] if rows else []) or (
            ledger in {*FAULT_LEDGERS, *MAINTENANCE_LEDGERS}
        )
        optional = {"製造者"} if ledger == "device_models" else set()
        found = [fault for fault in _faults(schema, rows) if fault.split(" ")[0] not in optional]
        assert found == []
        keys = [tuple(row[key] for key in schema["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("ledger", LEDGERS)
def test_references_name_fields_of_other_schemas(ledger):
    for reference in table_schema(ledger).get("foreignKeys", []):
        other = table_schema(reference["reference"]["resource"])
        assert reference["reference"]["fields"] in {field["name"] for field in other["fields"]}
