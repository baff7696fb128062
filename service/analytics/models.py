from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from service.core.tables import Imported, Versioned


class Rainfall(Versioned, Imported, table=True):
    """Rain of one day at one gauge, as the Meteorological Agency or the city's own gauge has it.

    ``gauge`` is its name; empty where the file names none.
    """

    __tablename__ = "rainfall"
    __table_args__ = (
        CheckConstraint("rain_mm between 0 and 2000", name="rain_mm"),
        CheckConstraint("max_hour_mm between 0 and 500", name="max_hour_mm"),
        UniqueConstraint("gauge", "observed_on", name="uq_rainfall_gauge_observed_on"),
    )

    gauge: str = ""
    observed_on: date = Field(index=True)
    rain_mm: Decimal = Field(max_digits=6, decimal_places=1)
    max_hour_mm: Decimal | None = Field(default=None, max_digits=5, decimal_places=1)
