from sqlalchemy import Column, Computed
from sqlalchemy.types import Text


def search_text_of(*columns: str) -> Column[str]:
    """What a search box is compared with; `queries.search.folded` is the same for what is typed."""
    joined = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return Column(Text, Computed(f"gesuibo.fold({joined})", persisted=True))
