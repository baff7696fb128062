"""All sources, and which of them a table is."""

from collections import Counter
from functools import cache

from importers.decisions import Decisions, header_signature
from importers.errors import SourceUnknown
from importers.mapping import Mapping, mapped
from importers.sources import (
    bend_pumps,
    bulk_changes,
    classes,
    companies,
    contracts,
    device_models,
    equipment,
    facilities,
    faults,
    inspections,
    locations,
    part_replacements,
    rainfall,
    replaced_devices,
    reports,
    responses,
)
from importers.sources.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        classes.SOURCE,
        companies.SOURCE,
        facilities.SOURCE,
        contracts.SOURCE,
        locations.SOURCE,
        device_models.SOURCE,
        equipment.SOURCE,
        replaced_devices.SOURCE,
        faults.SOURCE,
        reports.SOURCE,
        responses.SOURCE,
        inspections.SOURCE,
        part_replacements.SOURCE,
        rainfall.SOURCE,
        bend_pumps.SOURCE,
        bulk_changes.SOURCE,
    )
}
_MIN_COLUMNS = 2
_MIN_SCORE = 0.5
_INCOMPLETE = 0.6  # a ledger without a required column is perhaps another one


@cache
def known_headers() -> frozenset[str]:
    return frozenset(_commonness())


def source_named(name: str) -> Source:
    if name not in SOURCES:
        raise SourceUnknown(source=name, known=", ".join(SOURCES))
    return SOURCES[name]


def mapping_of(header: tuple[str, ...], decisions: Decisions) -> Mapping | None:
    """How a table is read; None when nobody knows, or when it was decided to leave it out.

    Raises:
        SourceUnknown: for a name that is not in the catalogue.
    """
    decided = decisions.sources.get(header_signature(header))
    if decided == "":
        return None
    if decided is not None:
        return mapped(source_named(decided), header, decisions)
    if decisions.source is not None:
        mapping = mapped(source_named(decisions.source), header, decisions)
        return mapping if len(mapping.places) >= _MIN_COLUMNS else None
    return _best(header, decisions)


def _best(header: tuple[str, ...], decisions: Decisions) -> Mapping | None:
    """The source that explains most of the header; words that many sources know weigh less."""
    best: tuple[float, Mapping] | None = None
    for source in SOURCES.values():
        mapping = mapped(source, header, decisions)
        score = sum(1 / _commonness()[name] for name in mapping.names if name in _commonness())
        if len(mapping.places) < _MIN_COLUMNS or score < _MIN_SCORE:
            continue
        if mapping.missing or mapping.missing_either:
            score *= _INCOMPLETE
        if best is None or score > best[0]:
            best = (score, mapping)
    return best[1] if best else None


@cache
def _commonness() -> Counter[str]:
    """In how many sources a word names a column."""
    return Counter(
        name
        for source in SOURCES.values()
        for name in {name for column in source.columns for name in column.headers}
    )
