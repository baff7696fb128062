"""What the filters of a report offer: only what the snapshot holds."""

from dataclasses import dataclass

import polars as pl

from service.analytics.grouping import GROUP_LABELS, GroupBy, group_label, group_on
from service.analytics.snapshot_store import Snapshot
from service.analytics.spells import spells_of
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


def groups_of(snapshot: Snapshot, by: GroupBy) -> Choices:
    """Keys and names of the groups that devices fall into; none by age, which changes."""
    if by is GroupBy.AGE:
        by = GroupBy.MINOR
    spells = spells_of(snapshot).with_columns(group=group_on(by, pl.lit(0)).fill_null(""))
    keys = spells.select(pl.col("group").unique().sort()).collect()["group"].to_list()
    places = snapshot.table("positions").select("facility_code", "facility_name").unique()
    names = dict(places.collect().rows())
    return tuple((key, group_label(by, key, names)) for key in keys)


def _words(table: pl.LazyFrame, column: str) -> list[str]:
    found = table.select(pl.col(column).drop_nulls().unique().sort()).collect()
    return found[column].to_list()


def _pairs(table: pl.LazyFrame, column: str) -> Choices:
    return tuple((word, word) for word in _words(table, column))
