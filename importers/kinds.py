"""The tables that imports write: natural keys, columns, and what a new record needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from service.core.i18n.marker import N_

Values = Mapping[str, Any]


class Parent(NamedTuple):
    """A part of a key that is another record's own key, held as its id in ``column``."""

    kind: str
    column: str


@dataclass(frozen=True, eq=False)
class Kind:
    """``keys`` are columns (or expressions) and parents, in the order of a draft's key.

    Lookups read one table at a time, by arrays of keys or ids: right after a bulk import there
    are no statistics, and a join could be planned as if the tables were still empty.

    ``secondary`` columns are raw writings: alone they do not make a record different.
    ``fixed`` columns never change by import; ``append_only`` records not at all.
    """

    name: str
    label: str
    keys: tuple[str | Parent, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    secondary: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    versioned: bool = True
    append_only: bool = False
    is_link: bool = False
    render: Callable[[Values, Values], dict[str, Any]] = lambda values, _before: dict(values)
    stored: tuple[str, ...] = ()

    @property
    def key_columns(self) -> tuple[str, ...]:
        return tuple(key.column if isinstance(key, Parent) else key for key in self.keys)

    @property
    def stored_columns(self) -> tuple[str, ...]:
        return self.stored or self.columns


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


_ALL = (
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
        ("manufacturer", "manufacturer_raw", "model_no", "spec"),
        defaults={"spec": {}},
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
        ),
        required=("name", "facility_id", "class_id"),
        defaults={"criticality": "B", "status": "in_use", "legacy_codes": []},
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
            "life_override_years",
            "life_override_reason",
            "spec",
            "spec_raw",
            "retired_on",
            "retired_reason",
            "quality_flags",
            "note",
        ),
        required=("class_id",),
        defaults={"spec": {}, "quality_flags": []},
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
        ),
        required=("company_id", "starts_on", "ends_on"),
        defaults={"covers_all_facilities": False},
    ),
    Kind(
        "contract_facility",
        N_("契約の対象施設"),
        (Parent("contract", "contract_id"), Parent("facility", "facility_id")),
        ("contract_id", "facility_id"),
        versioned=False,
        is_link=True,
    ),
    Kind(
        "fault_case",
        N_("案件"),
        ("case_no",),
        (
            "case_no",
            "facility_id",
            "position_id",
            "device_id",
            "company_id",
            "unregistered_desc",
            "occurred_at",
            "occurred_precision",
            "found_at",
            "reported_at",
            "detection",
            "alarm_class",
            "alarm_text",
            "symptoms",
            "summary",
            "operation_effect",
            "environment_effects",
            "severity",
            "urgency",
            "cause_group",
            "counts_as_failure",
            "merged_into_id",
            "state",
            "state_reason",
            "wait_reason",
            "temporary_fix",
            "stop_from",
            "stop_to",
            "closed_at",
        ),
        required=("facility_id", "occurred_at", "reported_at"),
        defaults={
            "occurred_precision": "exact",
            "detection": "other",
            "symptoms": [],
            "summary": "",
            "operation_effect": "none",
            "environment_effects": [],
            "counts_as_failure": True,
            "state": "reported",
            "temporary_fix": False,
        },
    ),
    Kind(
        "fault_report",
        N_("故障報告"),
        ("report_no",),
        (
            "report_no",
            "kind",
            "company_id",
            "reporter_name",
            "body",
            "temporary_action",
            "captured_at",
            "received_at",
            "entry_mode",
        ),
        required=("reporter_name", "body", "captured_at"),
        defaults={
            "kind": "first",
            "measured_values": {},
            "announced_photos": [],
            "after_contract": False,
        },
        versioned=False,
        append_only=True,
    ),
    Kind(
        "case_report",
        N_("案件と報告"),
        (Parent("fault_case", "case_id"), Parent("fault_report", "report_id")),
        ("case_id", "report_id"),
        defaults={"linked_at": "now"},
        versioned=False,
        is_link=True,
    ),
    Kind(
        "response_record",
        N_("対応記録"),
        (Parent("fault_case", "case_id"), "seq::text"),
        (
            "case_id",
            "seq",
            "kind",
            "actor_type",
            "actor_name",
            "company_id",
            "started_at",
            "ended_at",
            "action_code",
            "description",
            "cost_yen",
            "expenditure_class",
        ),
        required=("description",),
        defaults={"actor_type": "contractor", "action_code": "other"},
        versioned=False,
        append_only=True,
    ),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
