from fastapi import APIRouter

from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.registry.api import (
    aliases,
    classes,
    custom,
    devices,
    facilities,
    life,
    merges,
    positions,
)

router = APIRouter(prefix="/api/v1", tags=["registry"], dependencies=[ONLY_KNOWN_PARAMETERS])
for part in (facilities, positions, devices, life, classes, aliases, merges, custom):
    router.include_router(part.router)
