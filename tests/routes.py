"""Every route of every mounted application, with what guards it."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, Route

from service.accounts.access import Requires, public
from service.accounts.permissions import Permission


@dataclass(frozen=True)
class Guarded:
    method: str
    path: str
    permissions: frozenset[Permission]
    is_public: bool

    @property
    def is_classified(self) -> bool:
        return self.is_public or bool(self.permissions)


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def guarded_routes(app: FastAPI, prefix: str = "") -> Iterator[Guarded]:
    for route in iter_route_contexts(app.routes):
        original = getattr(route, "original_route", route)
        if isinstance(original, Mount) and isinstance(original.app, FastAPI):
            yield from guarded_routes(original.app, prefix + original.path)
            continue
        dependant = getattr(route, "dependant", None) if not _is_plain(original) else None
        calls = list(_calls(dependant)) if isinstance(dependant, Dependant) else []
        permissions = frozenset(call.permission for call in calls if isinstance(call, Requires))
        for method in sorted(set(route.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            yield Guarded(method, prefix + route.path, permissions, public in calls)


def _is_plain(route: object) -> bool:
    return type(route) is Route
