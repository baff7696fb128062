"""Names, former codes and serial numbers of what the registry holds."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

_NAMES = {
    "facility": text("select facility_code, name, name_kana from facility"),
    "equipment_class": text("select class_code, minor from equipment_class"),
    "company": text("select company_code, name, name_former from company"),
}
_POSITION_NAMES = text(
    "select f.facility_code, p.position_code, p.name from position p"
    " join facility f on f.id = p.facility_id where f.facility_code = any(:facilities)"
    " order by p.position_code"
)


def names(session: Session, kind: str) -> list[Any]:
    """Code, then its names; some may be null."""
    return list(session.execute(_NAMES[kind]).all())


def position_names(session: Session, facilities: Iterable[str]) -> list[Any]:
    """Facility code, position code, name."""
    return list(session.execute(_POSITION_NAMES, {"facilities": list(facilities)}).all())
