"""Every table of the service in one place, for migrations and for the drift check."""

import importlib

TABLE_MODULES = (
    "service.core.outbox",
    "service.accounts.models",
    "service.audit.models",
    "service.registry.models",
    "service.history.models",
    "service.attachments.models",
    "service.tags.models",
    "service.faults.models",
    "service.faults.approval_models",
    "service.faults.marks_models",
    "service.faults.incident_models",
    "service.maintenance.models",
    "service.notifications.models",
    "service.monthly.models",
    "service.analytics.models",
    "service.work_requests.models",
    "service.citizens.models",
    "importers.models",
)


def load_tables() -> None:
    """Imports the table modules by name: the importers lie above the service."""
    for module in TABLE_MODULES:
        importlib.import_module(module)
