"""The fault history as ledgers: cases as one row each, their reports, their responses."""

from importers.exporting.columns import Column, as_written
from importers.exporting.writing import label, labels, moment, plain, words, yes_no
from service.faults import domain


def _moment(field: str) -> Column:
    return as_written(field, moment)


def _cost(field: str) -> Column:
    return Column(field, lambda row: plain(row[field]), "円")


FAULT_LEDGERS: dict[str, tuple[Column, ...]] = {
    "faults": (
        *map(as_written, ("case_no", "facility_code", "position_code")),
        as_written("unregistered", column="unregistered_desc"),
        _moment("occurred_at"),
        as_written("occurred_precision", label(domain.OCCURRED_PRECISION_LABELS)),
        *map(_moment, ("found_at", "reported_at")),
        as_written("detection", label(domain.DETECTION_LABELS)),
        as_written("alarm_class", label(domain.ALARM_CLASS_LABELS)),
        *map(as_written, ("alarm_text",)),
        as_written("symptoms", words),
        as_written("operation_effect", label(domain.OPERATION_EFFECT_LABELS)),
        as_written("environment_effects", labels(domain.ENVIRONMENT_EFFECT_LABELS)),
        *map(as_written, ("severity", "urgency", "company_code")),
        *map(as_written, ("report_no", "reporter_name", "body", "temporary_action")),
        as_written("temporary_fix", yes_no),
        *map(_moment, ("stop_from", "stop_to")),
        as_written("response", column="description"),
        as_written("actor_name"),
        as_written("action_code", label(domain.ACTION_CODE_LABELS)),
        *map(_moment, ("started_at", "ended_at")),
        _cost("cost_yen"),
        as_written("expenditure_class", label(domain.EXPENDITURE_CLASS_LABELS)),
        as_written("cause_group", label(domain.CAUSE_GROUP_LABELS)),
        _moment("closed_at"),
        as_written("state", label(domain.CASE_STATE_LABELS)),
        as_written("state_reason"),
        as_written("wait_reason", label(domain.WAIT_REASON_LABELS)),
        as_written("counts_as_failure", yes_no),
        as_written("merged_into"),
    ),
    "reports": (
        as_written("report_no"),
        as_written("case_nos", words),
        as_written("kind", label(domain.REPORT_KIND_LABELS)),
        *map(_moment, ("captured_at", "received_at")),
        *map(as_written, ("company_code", "reporter_name", "body", "temporary_action")),
    ),
    "responses": (
        *map(as_written, ("case_no", "seq")),
        as_written("kind", label(domain.RESPONSE_KIND_LABELS)),
        as_written("actor_type", label(domain.ACTOR_TYPE_LABELS)),
        *map(as_written, ("actor_name", "company_code")),
        *map(_moment, ("started_at", "ended_at")),
        as_written("work_minutes"),
        as_written("action_code", label(domain.ACTION_CODE_LABELS)),
        as_written("description"),
        _cost("cost_yen"),
        as_written("expenditure_class", label(domain.EXPENDITURE_CLASS_LABELS)),
        *map(as_written, ("budget_item", "contract_ref", "prevention", "rollout", "supersedes")),
    ),
}
