from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from service.work_requests.domain import RecordKind

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class RequestCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    body: Annotated[Words, StringConstraints(min_length=1)]
    due_on: date | None = None


class RecordCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: RecordKind
    body: Words = ""
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
