"""Who may do what: the one table. Which rows a contractor sees of it, PostgreSQL decides."""

from enum import StrEnum

from service.accounts.domain import Role


class Permission(StrEnum):
    REGISTRY_READ = "registry.read"
    REGISTRY_WRITE = "registry.write"
    IMPORTS_MANAGE = "imports.manage"
    CASES_READ = "cases.read"
    CASES_HANDLE = "cases.handle"
    REPORTS_FILE = "reports.file"
    ANALYTICS_READ = "analytics.read"
    EXPORTS_READ = "exports.read"
    TAGS_MANAGE = "tags.manage"
    EVENTS_READ = "events.read"
    COMPANIES_READ = "companies.read"
    USERS_MANAGE = "users.manage"
    AUDIT_READ = "audit.read"
    ACCOUNT_SELF = "account.self"
    ACCOUNT_SETTINGS = "account.settings"


_EVERYONE = frozenset(Role)
_CITY = frozenset({Role.STAFF, Role.ENGINEER, Role.ADMINISTRATOR})
_READERS = _CITY | {Role.AUDITOR}
_USERS = _EVERYONE - {Role.AUDITOR}  # an auditor changes nothing, not even settings of its own
_HANDLERS = frozenset({Role.STAFF, Role.ADMINISTRATOR})

MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.REGISTRY_READ: _EVERYONE,
    Permission.REGISTRY_WRITE: _CITY,
    Permission.IMPORTS_MANAGE: frozenset({Role.ENGINEER, Role.ADMINISTRATOR}),
    Permission.CASES_READ: _EVERYONE,
    Permission.CASES_HANDLE: _HANDLERS,
    Permission.REPORTS_FILE: frozenset({Role.CONTRACTOR, Role.STAFF, Role.ADMINISTRATOR}),
    Permission.ANALYTICS_READ: _READERS,
    Permission.EXPORTS_READ: _READERS,
    Permission.TAGS_MANAGE: _HANDLERS,
    Permission.EVENTS_READ: _USERS,
    Permission.COMPANIES_READ: _READERS,
    Permission.USERS_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.AUDIT_READ: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Permission.ACCOUNT_SELF: _EVERYONE,
    Permission.ACCOUNT_SETTINGS: _USERS,
}
