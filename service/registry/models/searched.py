"""What is kept for searching and counting: folded texts, names as written, sums of each kind."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, Computed, Identity, Index, text
from sqlalchemy.types import Text
from sqlmodel import Field, SQLModel


def search_text_of(*columns: str) -> Column[str]:
    """What a search box is compared with; `queries.search.folded` is the same for what is typed."""
    joined = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return Column(Text, Computed(f"gesuibo.fold({joined})", persisted=True))


def search_indexes(table: str) -> tuple[Index, Index]:
    """Three characters and more by trigrams, one and two by pairs."""
    return (
        Index(
            f"ix_{table}_search",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index(f"ix_{table}_pairs", text("gesuibo.pairs(search_text)"), postgresql_using="gin"),
    )


class WrittenName(SQLModel, table=True):
    """A name that a position has or had; a trigger writes it, `gesuibo.names_alike` reads it."""

    __tablename__ = "written_name"
    __table_args__ = (
        Index("ix_written_name_name", "name"),
        Index(
            "ix_written_name_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    name: str
    folded: str = Field(sa_column=Column(Text, nullable=False))


class PositionTally(SQLModel, table=True):
    """How many positions of one kind were added or taken away; triggers write it.

    The sum over a kind is what there is. Rows of which ``is_sum`` is set are sums already.
    """

    __tablename__ = "position_tally"
    __table_args__ = (
        Index("ix_position_tally_changes", "id", postgresql_where=text("not is_sum")),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    facility_id: UUID
    class_id: UUID
    criticality: str | None = None
    health: int | None = None
    status: str
    positions: int
    is_sum: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
