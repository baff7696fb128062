"""What the filters of a report offer: only what the snapshot holds."""

from dataclasses import dataclass

import polars as pl

from service.analytics.grouping import GROUP_LABELS
from service.analytics.snapshot_store import Snapshot
from service.faults.domain import Urgency
from service.registry.domain import FACILITY_TYPE_LABELS, FacilityType

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FilterChoices:
    """Pairs of value and label; labels of closed sets are texts of the catalogue."""

    groups: Choices
    facilities: Choices
    facility_types: Choices
    districts: Choices
    majors: Choices
    makers: Choices
    urgencies: Choices


def choices_of(snapshot: Snapshot) -> FilterChoices:
    places, devices = snapshot.table("positions"), snapshot.table("devices")
    facilities = places.select("facility_code", "facility_name").unique().sort("facility_code")
    types = set(_words(places, "facility_type"))
    return FilterChoices(
        groups=tuple((by.value, label) for by, label in GROUP_LABELS.items()),
        facilities=tuple(facilities.collect().rows()),
        facility_types=tuple(
            (kind.value, FACILITY_TYPE_LABELS[kind]) for kind in FacilityType if kind in types
        ),
        districts=_pairs(places, "treatment_district"),
        majors=_pairs(devices, "major"),
        makers=_pairs(devices, "maker"),
        urgencies=tuple((one.value, one.value) for one in Urgency),
    )


def _words(table: pl.LazyFrame, column: str) -> list[str]:
    found = table.select(pl.col(column).drop_nulls().unique().sort()).collect()
    return found[column].to_list()


def _pairs(table: pl.LazyFrame, column: str) -> Choices:
    return tuple((word, word) for word in _words(table, column))
