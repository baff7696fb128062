from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlmodel import Field

from service.core.tables import Keyed, one_of
from service.registry.domain import AliasKind


def _once(owner: str) -> ExcludeConstraint:
    return ExcludeConstraint(
        (f"{owner}_id", "="),
        ("kind", "="),
        ("name", "="),
        ("period", "&&"),
        name=f"equipment_alias_once_{owner}",
        using="gist",
    )


class Alias(Keyed, table=True):
    """What a position or a device was or is also called. A bound that nobody knows is open."""

    __tablename__ = "equipment_alias"
    __table_args__ = (
        one_of("kind", AliasKind),
        CheckConstraint("num_nonnulls(position_id, device_id) = 1", name="owner"),
        CheckConstraint("not isempty(period)", name="period"),
        _once("position"),
        _once("device"),
    )

    position_id: UUID | None = Field(default=None, foreign_key="position.id")
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    kind: str
    name: str
    period: Range[date] = Field(sa_column=Column(DATERANGE, nullable=False))
    note: str | None = None
