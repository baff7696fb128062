from pydantic import BaseModel, Field

from service.faults.schemas import CaseRead
from service.registry.schemas.reads import DeviceRead, FacilityRead, PositionRow


class SearchResult(BaseModel):
    """What has every typed word, at most ``limit`` of each kind."""

    facilities: list[FacilityRead]
    positions: list[PositionRow]
    devices: list[DeviceRead]
    cases: list[CaseRead]
    more: list[str] = Field(description="Kinds of which there are more than shown")
    alike: list[str] = Field(description="Names written nearly so, when nothing was found")
