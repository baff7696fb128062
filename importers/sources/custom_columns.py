"""Columns of the city's own fields: found by their labels, beside those that every ledger has."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from importers.mapping import Mapping, place_of
from importers.records import Addition, Draft, RowNotes
from importers.sources.source import CUSTOM_OF, Cells, Column, column
from importers.values.dates import read_first_day
from importers.values.numbers import read_decimal, read_yes_no
from importers.values.reading import Reader, Reading, Unreadable, changed
from importers.values.text import read_text
from service.registry.custom_values import FieldKind, read_value, write_value
from service.registry.models import CustomField

Drafting = Callable[[Cells, RowNotes], list[Draft]]


def with_custom_columns(mapping: Mapping, fields: Sequence[CustomField]) -> Mapping:
    """The mapping with the columns of the header that nothing else has taken."""
    if mapping.source.name != "equipment" or not fields:
        return mapping
    columns = {_column(field): field for field in fields}
    places = dict(mapping.places)
    taken = set(places.values())
    for each in columns:
        found = place_of(each, mapping.header, taken)
        if found is not None:
            places[each] = found
            taken.add(found)
    source = replace(
        mapping.source,
        columns=(*mapping.source.columns, *columns),
        draft=_drafting(mapping.source.draft, fields),
    )
    return Mapping(source, mapping.header, places, mapping.units)


def _column(field: CustomField) -> Column:
    return column(_name(field), field.label, read=_reader(field))


def _name(field: CustomField) -> str:
    return f"{CUSTOM_OF[field.owner]}{field.label}"


def _drafting(draft: Drafting, fields: Sequence[CustomField]) -> Drafting:
    def drafted(cells: Cells, notes: RowNotes) -> list[Draft]:
        drafts = draft(cells, notes)
        for owner in CUSTOM_OF:
            told = {
                field.label: cells[_name(field)]
                for field in fields
                if field.owner == owner and _name(field) in cells
            }
            for one in drafts if told else ():
                if one.kind == owner and not one.ensure:
                    one.values["custom"] = Addition(told)
        return drafts

    return drafted


def _reader(field: CustomField) -> Reader:
    kind = FieldKind(field.kind)
    if kind is FieldKind.NUMBER:
        return _number
    if kind is FieldKind.DATE:
        return _day
    if kind is FieldKind.YES_NO:
        return read_yes_no
    if kind is FieldKind.TEXT:
        return _text
    return lambda raw: _choice(field, raw)


def _number(raw: str) -> Reading:
    number = read_value(FieldKind.NUMBER, (), read_decimal(raw).value)
    return changed("number-form", raw.strip(), write_value(number), number)


def _day(raw: str) -> Reading:
    reading = read_first_day(raw)
    day: Any = reading.value
    return Reading(None if day is None else day.isoformat(), reading.changes)


def _text(raw: str) -> Reading:
    reading = read_text(raw)
    try:
        read_value(FieldKind.TEXT, (), reading.value)
    except ValueError as error:
        raise Unreadable("unknown-word", value=raw[:60]) from error
    return reading


def _choice(field: CustomField, raw: str) -> Reading:
    try:
        chosen = read_value(FieldKind.CHOICE, field.choices, raw)
    except ValueError as error:
        raise Unreadable("unknown-word", value=raw) from error
    return changed("word", raw, str(chosen), chosen)
