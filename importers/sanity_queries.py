from sqlalchemy import text
from sqlmodel import Session

_WIDTHS = {
    "position": text(
        "select distinct length(position_code) from position where position_code ~ '^0[0-9]+$'"
    ),
    "device": text("select distinct length(asset_code) from device where asset_code ~ '^0[0-9]+$'"),
}


def widths_with_zeros(session: Session, kind: str) -> set[int]:
    """How long the numbers with leading zeros are."""
    return set(session.execute(_WIDTHS[kind]).scalars())
