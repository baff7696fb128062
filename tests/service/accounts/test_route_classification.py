"""No route is forgotten: each names who may enter, and the matrix names every role."""

from fastapi import FastAPI

from app.asgi import create_app
from service.accounts.domain import Role
from service.accounts.permissions import MATRIX, Permission
from service.core.settings import Settings
from tests.routes import guarded_routes

# Served to anybody by design and carrying no data of the city.
PLAIN = {
    ("GET", "/static/{path:path}"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/mobile/v1/openapi.json"),
}


def application(settings: Settings) -> FastAPI:
    return create_app(settings)


def test_every_route_is_classified(settings: Settings) -> None:
    routes = list(guarded_routes(application(settings)))
    assert len(routes) > 60
    unclassified = {
        (route.method, route.path) for route in routes if not route.is_classified
    } - PLAIN
    assert unclassified == set()


def test_no_route_is_both_public_and_guarded(settings: Settings) -> None:
    both = [
        (route.method, route.path)
        for route in guarded_routes(application(settings))
        if route.is_public and route.permissions
    ]
    assert both == []


def test_changes_are_never_public_except_signing_in(settings: Settings) -> None:
    public_changes = {
        (route.method, route.path)
        for route in guarded_routes(application(settings))
        if route.is_public and route.method != "GET"
    }
    # A code that was shown once, links of mails that are signed for their reader, and the
    # citizens' door, which is shut by default and slows its clients down.
    allowed = {
        ("POST", "/sign-in"),
        ("POST", "/mobile/v1/sign-in"),
        ("POST", "/E/{code}"),
        ("POST", "/citizen"),
        ("POST", "/notifications/off/{token}"),
        ("POST", "/notifications/confirm/{token}"),
    }
    assert public_changes <= allowed


def test_the_matrix_covers_every_permission_and_only_known_roles() -> None:
    assert set(MATRIX) == set(Permission)
    assert all(roles and roles <= set(Role) for roles in MATRIX.values())


def test_contractors_hold_no_right_over_the_register() -> None:
    theirs = {permission for permission, roles in MATRIX.items() if Role.CONTRACTOR in roles}
    assert theirs == {
        Permission.REGISTRY_READ,
        Permission.CASES_READ,
        Permission.REPORTS_FILE,
        Permission.EVENTS_READ,
        Permission.ACCOUNT_SELF,
        Permission.ACCOUNT_SETTINGS,
    }
