"""Rain as a ledger."""

from importers.exporting.columns import Column, as_written
from importers.exporting.writing import plain

WEATHER_LEDGERS: dict[str, tuple[Column, ...]] = {
    "rainfall": (
        as_written("gauge"),
        Column("observed", lambda row: row["observed_on"].isoformat()),
        Column("rain_mm", lambda row: plain(row["rain_mm"]), "mm"),
        Column("max_hour_mm", lambda row: plain(row["max_hour_mm"]), "mm"),
    ),
}
