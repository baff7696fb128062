"""Readers that depend on the unit in a column's header and on what was decided."""

import re
from collections.abc import Callable

from importers.sources.source import Binding
from importers.values.dates import date_reader
from importers.values.instants import instant_reader
from importers.values.makers import maker_name
from importers.values.measures import measure_reader
from importers.values.money import money_reader
from importers.values.reading import Change, Reader, Reading, Unreadable, changed
from importers.values.specs import spec_reader
from importers.values.text import folded, trimmed
from importers.values.unknown import absence_of

_COUNT = re.compile(r"(\d+)(?:\.0+)?\s*(?:台|基|個|式|面|本|組|セット|箇所)?(?:\(.*\))?")


def dates(binding: Binding) -> Reader:
    """「S58」 below 「設置年度」 is a fiscal year."""
    era = binding.decisions.eras.get(binding.field)
    return date_reader(era=era, epoch_1904=binding.epoch_1904, unit=binding.unit)


def money(binding: Binding) -> Reader:
    """Yen, and the writing with its unit."""
    read = money_reader(binding.unit)

    def read_both(raw: str) -> Reading:
        reading = read(raw)
        if reading.value is None:
            return reading
        written = trimmed(raw)
        unit = "" if written.endswith("円") else binding.unit or "円"
        return Reading((reading.value, written + unit), reading.changes)

    return read_both


def yen(binding: Binding) -> Reader:
    return money_reader(binding.unit)


def instants(binding: Binding) -> Reader:
    return instant_reader(era=binding.decisions.eras.get(binding.field))


def codes(read: Reader) -> Callable[[Binding], Reader]:
    """Numbers get back the zeros that a spreadsheet took, once somebody has said how many."""

    def bind(binding: Binding) -> Reader:
        width = binding.decisions.code_widths.get(binding.field)
        return _padded(read, width) if width else read

    return bind


def _padded(read: Reader, width: int) -> Reader:
    def read_padded(raw: str) -> Reading:
        reading = read(raw)
        value = reading.value
        if not isinstance(value, str) or not value.isdecimal() or len(value) >= width:
            return reading
        whole = value.zfill(width)
        return Reading(whole, (*reading.changes, Change("zeros-restored", value, whole)))

    return read_padded


def measures(unit: str) -> Callable[[Binding], Reader]:
    """Figures in ``unit`` unless the header or the cell names another one."""

    def bind(binding: Binding) -> Reader:
        return measure_reader(unit, binding.unit)

    return bind


def spec(binding: Binding) -> Reader:
    """The cell as written, and the facts that were recognised in it."""
    read = spec_reader(binding.decisions.bare_bore)

    def read_both(raw: str) -> Reading:
        reading = read(raw)
        return Reading((trimmed(raw), reading.value), reading.changes)

    return read_both


def read_maker(raw: str) -> Reading:
    """The maker as written; that its legal form goes is told as a change."""
    if absence_of(raw) is not None:
        return Reading(None, (Change("no-maker", raw, ""),))
    written = trimmed(raw)
    return Reading(written, changed("maker", written, maker_name(written), written).changes)


def count(raw: str) -> Reading:
    """「2台(1台予備)」 is two.

    Raises:
        Unreadable: ``not-a-number``.
    """
    match = _COUNT.fullmatch(folded(raw).replace("一式", "1式"))
    if match is None:
        raise Unreadable("not-a-number", value=raw)
    return changed("number-form", raw, match[1], int(match[1]))
