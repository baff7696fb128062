"""The tables of inspections and part replacements."""

from importers.kind import Kind, Parent
from service.core.i18n.marker import N_


def _days(prefix: str) -> str:
    return f"{prefix}_from || '/' || {prefix}_to"


def _partial(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{part}" for part in ("from", "to", "precision", "raw"))


MAINTENANCE_KINDS = (
    Kind(
        "inspection",
        N_("点検記録"),
        (Parent("position", "position_id"), "kind", _days("inspected"), "seq::text"),
        (
            "facility_id",
            "position_id",
            "device_id",
            "kind",
            *_partial("inspected"),
            "seq",
            "inspector",
            "company_id",
            "items",
            "result",
            "health",
            "health_basis",
            "next_due_on",
            "note",
        ),
        defaults={"items": [], "seq": 1},
        secondary=frozenset({"inspected_raw"}),
        fixed=frozenset({"facility_id"}),
    ),
    Kind(
        "part_replacement",
        N_("部品交換"),
        (
            Parent("position", "position_id"),
            "part_name",
            "coalesce(part_no, '')",
            _days("replaced"),
            "seq::text",
        ),
        (
            "facility_id",
            "position_id",
            "device_id",
            "part_name",
            "part_no",
            "quantity",
            *_partial("replaced"),
            "seq",
            "done_by",
            "company_id",
            "cost_yen",
            "case_id",
            "cause",
            "note",
        ),
        defaults={"quantity": 1, "seq": 1},
        secondary=frozenset({"replaced_raw"}),
        fixed=frozenset({"facility_id"}),
    ),
)
