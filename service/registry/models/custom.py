from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from service.core.tables import Versioned, instant, one_of, words
from service.registry.custom_values import FieldKind, FieldOwner


class CustomField(Versioned, table=True):
    """A field of the city's own. Its label is its name in ledgers, too, and never changes."""

    __tablename__ = "custom_field"
    __table_args__ = (
        one_of("owner", FieldOwner),
        one_of("kind", FieldKind),
        CheckConstraint("(kind = 'choice') = (cardinality(choices) > 0)", name="choices"),
    )

    label: str = Field(unique=True)
    owner: str
    kind: str
    unit: str | None = None
    choices: list[str] = words()
    class_codes: list[str] = words()
    retired_at: datetime | None = instant(optional=True)
