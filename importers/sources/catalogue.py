"""All sources, and which of them a file is."""

from functools import cache

from importers.errors import ColumnsMissing, SourceNotRecognised, SourceUnknown
from importers.sources import (
    bend_pumps,
    classes,
    companies,
    contracts,
    equipment,
    facilities,
    faults,
    replaced_devices,
)
from importers.sources.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        classes.SOURCE,
        companies.SOURCE,
        facilities.SOURCE,
        contracts.SOURCE,
        equipment.SOURCE,
        replaced_devices.SOURCE,
        faults.SOURCE,
        bend_pumps.SOURCE,
    )
}
MIN_KNOWN_COLUMNS = 2


@cache
def known_headers() -> frozenset[str]:
    return frozenset(
        name for source in SOURCES.values() for column in source.columns for name in column.headers
    )


def source_of(header: tuple[str, ...], name: str | None = None) -> Source:
    """The named source, or the one whose columns the header has most of.

    Raises:
        SourceUnknown: for a name that is not in the catalogue.
        ColumnsMissing: when the header lacks a column that the source cannot do without.
        SourceNotRecognised: when no source fits.
    """
    if name is None:
        return _recognised(header)
    if name not in SOURCES:
        raise SourceUnknown(source=name, known=", ".join(SOURCES))
    source = SOURCES[name]
    if missing := source.missing(header):
        raise ColumnsMissing(columns="、".join(missing))
    return source


def _recognised(header: tuple[str, ...]) -> Source:
    fitting = [source for source in SOURCES.values() if not source.missing(header)]
    scored = [(len(source.find(header)), source) for source in fitting]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or best[0] < MIN_KNOWN_COLUMNS:
        raise SourceNotRecognised(header="、".join(name for name in header if name)[:200])
    return best[1]
