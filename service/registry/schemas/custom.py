"""Fields of the city's own: what may be sent, what is answered."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from service.registry.custom_values import FieldKind, FieldOwner
from service.registry.schemas.changes import Code

Label = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\s;:=~()（）\x00]+$"
    ),
]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Choice = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^;\x00]+$"),
]


class CustomFieldCreate(BaseModel):
    """Without ``class_codes`` the field is of every class."""

    model_config = ConfigDict(extra="forbid")

    label: Label
    owner: FieldOwner
    kind: FieldKind
    unit: Unit | None = None
    choices: list[Choice] = Field(default=[], max_length=50)
    class_codes: list[Code] = Field(default=[], max_length=500)

    @model_validator(mode="after")
    def _choices_are_for_choosing(self) -> Self:
        if (self.kind is FieldKind.CHOICE) != bool(self.choices):
            raise PydanticCustomError("choices", "choices belong to the kind 'choice'")
        if self.unit is not None and self.kind is not FieldKind.NUMBER:
            raise PydanticCustomError("unit", "a unit belongs to the kind 'number'")
        return self


class CustomFieldUpdate(BaseModel):
    """``choices`` only grow; ``is_retired`` takes the field off the forms and keeps its values."""

    model_config = ConfigDict(extra="forbid")

    choices: list[Choice] | None = Field(default=None, max_length=50)
    class_codes: list[Code] | None = Field(default=None, max_length=500)
    is_retired: bool | None = None


class CustomFieldRead(BaseModel):
    id: UUID
    label: str
    owner: FieldOwner
    kind: FieldKind
    unit: str | None
    choices: list[str]
    class_codes: list[str]
    retired_at: datetime | None
    version: int


class CustomValues(BaseModel):
    """Values by label; null empties one, what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, str | int | float | bool | None] = Field(max_length=100)


class CustomValueRead(BaseModel):
    label: str
    kind: FieldKind
    unit: str | None
    value: Any
