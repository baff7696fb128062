from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.tags.domain import RunState, TagState

NO_NUL = r"^[^\x00]*$"  # PostgreSQL has no text with a NUL in it
Code = Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=NO_NUL)]


OutOfUse = Literal[TagState.RETIRED, TagState.DAMAGED, TagState.LOST, TagState.SUPERSEDED]


class TagRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tag_code: str
    state: TagState
    position_id: UUID | None
    facility_id: UUID | None
    printed_batch: str | None
    printed_on: date | None
    reprint_wanted_at: datetime | None
    issued_to_company_id: UUID | None
    issued_to: str | None
    issued_on: date | None
    dispute_count: int
    material: str | None
    created_at: datetime
    version: int


class TagList(BaseModel):
    items: list[TagRead]


class Mint(BaseModel):
    """Without a facility: for every position of the city that has no tag in use."""

    model_config = ConfigDict(extra="forbid")

    facility_code: Name | None = None
    per_position: Annotated[int, Field(ge=1, le=4)] = 1


class MintStock(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=10_000)]


class Issue(BaseModel):
    """The tags, by their codes, that a company takes to put up on site."""

    model_config = ConfigDict(extra="forbid")

    tag_codes: Annotated[list[Code], Field(min_length=1, max_length=10_000)]
    company_id: UUID
    person: Name = ""


class IssueResult(BaseModel):
    issued: int


class Doubt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Reason | None = None


class Selection(StrEnum):
    """Which tags a run prints; ``codes`` names them one by one."""

    UNPRINTED = "unprinted"
    ALL = "all"
    REPRINT = "reprint"
    STOCK = "stock"
    CODES = "codes"


class RunWanted(BaseModel):
    """``first`` is the place of the first label on a sheet that was used before."""

    model_config = ConfigDict(extra="forbid")

    sheet: Annotated[str, StringConstraints(max_length=40)] = "a4-24-70x33.9"
    selection: Selection = Selection.UNPRINTED
    facility_code: Name | None = None
    tag_codes: Annotated[list[Code], Field(max_length=10_000)] = []
    first: Annotated[int, Field(ge=1, le=100)] = 1
    printer_id: UUID | None = None
    outdoors: bool = False


class RunOrder(BaseModel):
    """What was asked for, with the printer's offset as it was then."""

    sheet: str
    selection: Selection
    facility_code: str | None
    first: int
    printer_id: UUID | None
    outdoors: bool
    offset_x_mm: float
    offset_y_mm: float


class RunResult(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    pdf_bytes: int
    draw_seconds: float
    proof_seconds: float
    unknown_characters: str = ""


class RunRead(BaseModel):
    """``result`` when it is ready; ``problem`` when it was refused or failed."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    run_no: int
    state: RunState
    done: int
    total: int
    pages: int | None
    wanted: RunOrder
    result: RunResult | None
    problem: dict[str, Any] | None
    created_at: datetime
    by_name: str


class RunList(BaseModel):
    items: list[RunRead]


class PrinterChange(BaseModel):
    """What to add to what is drawn: to the right and down, in millimetres."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, StringConstraints(min_length=1, max_length=60)]
    offset_x_mm: Annotated[float, Field(ge=-10, le=10)] = 0
    offset_y_mm: Annotated[float, Field(ge=-10, le=10)] = 0


class PrinterRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    offset_x_mm: float
    offset_y_mm: float


class PrinterList(BaseModel):
    items: list[PrinterRead]


class SheetRead(BaseModel):
    """``page``, ``label``, ``first``, ``pitch``: across and down, in millimetres."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    name_en: str
    page: tuple[float, float]
    grid: tuple[int, int]
    label: tuple[float, float]
    first: tuple[float, float]
    pitch: tuple[float, float]
    is_zpl: bool


class SheetList(BaseModel):
    items: list[SheetRead]


class RunFile(StrEnum):
    PDF = "pdf"
    LIST = "list.pdf"
    ZPL = "zpl"


class TagEventRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: str
    at: datetime
    by_name: str
    note: str | None
    position_code: str | None
    company_name: str | None
    run_no: int | None


class TagHistory(BaseModel):
    """Newest first."""

    items: list[TagEventRead]


class MintResult(BaseModel):
    minted: int


class Bind(BaseModel):
    model_config = ConfigDict(extra="forbid")

    position_id: UUID


class Bound(BaseModel):
    tag_code: str
    position_id: UUID


class Retire(BaseModel):
    """``state`` says why the tag leaves use."""

    model_config = ConfigDict(extra="forbid")

    state: OutOfUse = TagState.RETIRED
    reason: Reason | None = None
