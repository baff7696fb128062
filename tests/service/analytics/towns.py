"""Made-up towns: a snapshot without a database, of as little or as odd as is wanted."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from service.analytics.snapshot import Extract
from service.analytics.snapshot_store import ADDED_LATER

TAKEN = datetime(2025, 6, 1, 3, tzinfo=UTC)
DEVICE = {
    "class_code": "P",
    "major": "大",
    "middle": "中",
    "minor": "小",
    "maker": "架空",
    "discipline": "mechanical",
    "model_no": "A",
}
PLACE = {
    "position_name": "ポンプ",
    "criticality": "B",
    "facility_code": "F",
    "facility_name": "場",
    "facility_type": "pump_station",
    "treatment_district": "北",
}
CASE = {
    "facility_code": "F",
    "facility_type": "pump_station",
    "treatment_district": "北",
    "occurred_precision": "exact",
    "counts_as_failure": True,
    "state": "closed",
    "urgency": "B",
    "cause_group": "ageing",
    "symptom": "S01",
}


@dataclass(frozen=True)
class Town:
    """Every device stands in a place of its own, of which it has the number.

    ``failures`` are (device or None, day), ``down`` the stop of all of them; ``device``, ``place``
    and ``cases`` are columns of every row. ``stops``: (place, first day, last day) out of use;
    ``rain``: (day, mm); ``meters``: (device, day, hours); ``contracts``: first days;
    ``price_yen`` of each device, ``cost_yen`` of each failure.
    """

    devices: int = 12
    installed: date | None = date(2012, 4, 1)
    is_only_the_year_known: bool = False
    removed: date | None = None
    failures: tuple[tuple[int | None, date], ...] = ()
    down: tuple[datetime | None, datetime | None] = (None, None)
    device: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, Any] = field(default_factory=dict)
    stops: tuple[tuple[int, date | None, date | None], ...] = ()
    rain: tuple[tuple[date, float], ...] = ()
    meters: tuple[tuple[int, date, float], ...] = ()
    contracts: tuple[date, ...] = ()
    price_yen: int | None = None
    cost_yen: int | None = None


def extract_of(town: Town) -> Extract:
    numbers = pl.int_range(town.devices, dtype=pl.UInt32, eager=True)
    spells = pl.DataFrame({"spell": numbers, "device": numbers, "position": numbers})
    tables = {
        "devices": _devices(town, numbers),
        "positions": _positions(town, numbers),
        "installations": spells.with_columns(
            from_day=pl.lit(town.installed, pl.Date),
            to_day=pl.lit(town.removed, pl.Date),
            starts_estimated=pl.lit(town.is_only_the_year_known),
        ),
        "cases": _cases(town),
        **_others(town),
    }
    return Extract(TAKEN, "made up", 0.0, tables, 0)


def _words(values: dict[str, Any]) -> dict[str, pl.Expr]:
    return {name: pl.lit(value) for name, value in values.items()}


def _devices(town: Town, numbers: pl.Series) -> pl.DataFrame:
    text, first = numbers.cast(pl.String), town.installed
    last = date(first.year, 12, 31) if first and town.is_only_the_year_known else first
    return pl.DataFrame({"device": numbers, "device_id": text, "asset_code": text}).with_columns(
        **_words(DEVICE | town.device),
        installed_precision=pl.lit("year" if town.is_only_the_year_known else "day"),
        standard_life_years=pl.lit(15, pl.Int32),
        target_life_years=pl.lit(20, pl.Int32),
        installed_from=pl.lit(first, pl.Date),
        installed_to=pl.lit(last, pl.Date),
        retired_on=pl.lit(town.removed, pl.Date),
        retired_reason=pl.lit("renewed" if town.removed else None, pl.String),
        acquired_cost_yen=pl.lit(town.price_yen, pl.Int64),
    )


def _positions(town: Town, numbers: pl.Series) -> pl.DataFrame:
    text = numbers.cast(pl.String)
    table = pl.DataFrame({"position": numbers, "position_id": text, "position_code": text})
    return table.with_columns(**_words(PLACE | town.place))


def _cases(town: Town) -> pl.DataFrame:
    where = pl.Series([device for device, _ in town.failures], dtype=pl.UInt32)
    number = pl.int_range(len(where), eager=True).cast(pl.String)
    table = pl.DataFrame(
        {
            "case_id": number,
            "case_no": number,
            "device": where,
            "position": where,
            "occurred_on": pl.Series([day for _, day in town.failures], dtype=pl.Date),
        }
    )
    return table.with_columns(
        **_words(CASE | town.cases),
        stop_from=pl.lit(town.down[0], pl.Datetime("us", "UTC")),
        stop_to=pl.lit(town.down[1], pl.Datetime("us", "UTC")),
        cost_yen=pl.lit(town.cost_yen, pl.Int64),
    )


def _others(town: Town) -> dict[str, pl.DataFrame]:
    rows: dict[str, list[dict[str, Any]]] = {
        "stops": [
            {"position": place, "device": None, "from_day": first, "to_day": last}
            for place, first, last in town.stops
        ],
        "rain": [{"observed_on": day, "rain_mm": mm, "max_hour_mm": 0.0} for day, mm in town.rain],
        "readings": [
            {"read_on": day, "meter": meter, "value": value, "device": one, "position": one}
            for one, day, value in town.meters
            for meter in ("run_hours", "starts")
        ],
        "contracts": [
            {"contract_no": f"K{day}", "starts_on": day, "ends_on": day, "company_name": "社"}
            for day in town.contracts
        ],
    }
    return {name: pl.DataFrame(told, schema=ADDED_LATER[name]) for name, told in rows.items()}
