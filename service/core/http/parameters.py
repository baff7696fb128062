"""An unknown query parameter is an error: a misspelt filter must not answer with everything."""

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from service.core.errors import DomainError, FieldError
from service.core.i18n.marker import N_

ALWAYS_KNOWN = frozenset({"lang"})


class UnknownParameter(DomainError):
    code = "unknown-parameter"
    message = N_("知らない検索条件です: %(names)s")


def _names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _names(inner)
    return names


async def only_known_parameters(request: Request) -> None:
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    unknown = set(request.query_params) - _names(route.dependant) - ALWAYS_KNOWN
    if unknown:
        raise UnknownParameter(
            names=", ".join(sorted(unknown)),
            errors=[
                FieldError(f"/{name}", N_("知らない検索条件です。")) for name in sorted(unknown)
            ],
        )


ONLY_KNOWN_PARAMETERS = Depends(only_known_parameters)
