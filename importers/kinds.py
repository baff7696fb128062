"""The tables that imports write, in the order of their references."""

from datetime import date
from typing import Any

from importers.fault_kinds import FAULT_KINDS
from importers.kind import Kind, Parent, Values
from importers.maintenance_kinds import MAINTENANCE_KINDS
from importers.weather_kinds import WEATHER_KINDS
from service.core.i18n.marker import N_


def _partial(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{part}" for part in ("from", "to", "precision", "raw"))


def _installation_row(values: Values, before: Values) -> dict[str, Any]:
    """Two days of the ledger become one half-open range."""
    row = {name: value for name, value in values.items() if name not in {"starts_on", "ends_on"}}
    if not before or {"starts_on", "ends_on"} & values.keys():
        both = {**before, **values}
        row["period"] = f"[{_bound(both, 'starts_on')},{_bound(both, 'ends_on')})"
    return row


def _bound(values: Values, name: str) -> str:
    day = values.get(name)
    return day.isoformat() if isinstance(day, date) else ""


_REGISTRY = (
    Kind(
        "company",
        N_("事業者"),
        ("company_code",),
        (
            "company_code",
            "name",
            "name_former",
            "corporate_number",
            "roles",
            "night_phone",
            "fictitious",
        ),
        required=("name",),
        defaults={"roles": [], "fictitious": False},
    ),
    Kind(
        "equipment_class",
        N_("設備分類"),
        ("class_code",),
        (
            "class_code",
            "major",
            "middle",
            "minor",
            "discipline",
            "standard_life_years",
            "target_life_years",
            "disposal_limit_years",
            "maintenance_type",
            "symptom_set",
            "iso14224_code",
            "exposure_unit",
            "source_document",
            "effective_from",
            "verified",
        ),
        required=("major", "middle", "minor", "discipline", "source_document"),
        defaults={"symptom_set": [], "exposure_unit": "calendar_year", "verified": False},
    ),
    Kind(
        "facility",
        N_("施設"),
        ("facility_code",),
        (
            "facility_code",
            "name",
            "name_kana",
            "facility_type",
            "drainage_type",
            "treatment_district",
            "address",
            "muni_code",
            "geom",
            "coord_raw",
            "coord_crs",
            "coord_accuracy",
            *_partial("opened"),
            "manhole_no",
            "no_signal_note",
            "hazard_note",
            "note",
            "status",
        ),
        required=("name", "facility_type"),
        defaults={"status": "in_use"},
        expressions={"geom": "ST_AsEWKT(geom)"},
        secondary=frozenset({"opened_raw", "coord_raw"}),
    ),
    Kind(
        "location",
        N_("場所"),
        (Parent("facility", "facility_id"), "location_code"),
        ("facility_id", "parent_id", "location_code", "kind", "name", "path"),
    ),
    Kind(
        "device_model",
        N_("機種"),
        ("coalesce(manufacturer, '')", "model_no"),
        ("manufacturer", "manufacturer_raw", "model_no", "spec", "discontinued_on"),
        defaults={"spec": {}},
        secondary=frozenset({"manufacturer_raw"}),
    ),
    Kind(
        "position",
        N_("設置箇所"),
        ("position_code",),
        (
            "position_code",
            "facility_id",
            "location_id",
            "parent_id",
            "class_id",
            "name",
            "unit_no",
            "criticality",
            "redundancy",
            "status",
            "health",
            "health_judged_on",
            "note",
            "legacy_codes",
            "custom",
        ),
        required=("name", "facility_id", "class_id"),
        defaults={"criticality": "B", "status": "in_use", "legacy_codes": [], "custom": {}},
        fixed=frozenset({"facility_id"}),
    ),
    Kind(
        "device",
        N_("機器"),
        ("asset_code",),
        (
            "asset_code",
            "class_id",
            "model_id",
            "serial_no",
            *_partial("manufactured"),
            *_partial("installed"),
            "acquired_cost_yen",
            "acquired_cost_raw",
            "fixed_asset_no",
            "life_override_years",
            "life_override_reason",
            "spec",
            "spec_raw",
            "retired_on",
            "retired_reason",
            "quality_flags",
            "custom",
            "note",
        ),
        required=("class_id",),
        defaults={"spec": {}, "quality_flags": [], "custom": {}},
        secondary=frozenset({"manufactured_raw", "installed_raw", "acquired_cost_raw"}),
    ),
    Kind(
        "installation",
        N_("設置履歴"),
        (Parent("device", "device_id"), Parent("position", "position_id")),
        (
            "device_id",
            "position_id",
            "facility_id",
            "starts_on",
            "ends_on",
            "starts_estimated",
            "kind",
            "reason",
        ),
        defaults={"starts_estimated": False, "kind": "new"},
        expressions={"starts_on": "lower(period)", "ends_on": "upper(period)"},
        fixed=frozenset({"facility_id"}),
        versioned=False,
        render=_installation_row,
        stored=(
            "device_id",
            "position_id",
            "facility_id",
            "period",
            "starts_estimated",
            "kind",
            "reason",
        ),
    ),
    Kind(
        "contract",
        N_("契約"),
        ("contract_no",),
        (
            "contract_no",
            "company_id",
            "starts_on",
            "ends_on",
            "covers_all_facilities",
            "response_target_min",
            "grace_days",
        ),
        required=("company_id", "starts_on", "ends_on"),
        defaults={"covers_all_facilities": False, "grace_days": 0},
    ),
    Kind(
        "contract_facility",
        N_("契約の対象施設"),
        (Parent("contract", "contract_id"), Parent("facility", "facility_id")),
        ("contract_id", "facility_id"),
        versioned=False,
        is_link=True,
    ),
)
KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*_REGISTRY, *FAULT_KINDS, *MAINTENANCE_KINDS, *WEATHER_KINDS)
}
