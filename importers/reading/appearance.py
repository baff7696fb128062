"""What the look of an xlsx sheet says: merged, hidden and struck cells, formulas without values.

The sheets' XML is scanned rather than parsed: a ledger has hundreds of thousands of cells, and
only the few that look unlike the others matter.
"""

import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import normpath
from typing import NamedTuple

from importers.errors import DamagedWorkbook

NO_VALUE = "\ue000"  # stands in the place of what a formula should have given
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ROW = re.compile(rb"<row\s([^>]*)>")
_CELL = re.compile(rb"<c\s([^>]*?)(/?)>")
_MERGE = re.compile(rb"<mergeCell\s[^>]*?ref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
_COLUMNS = re.compile(rb"<col\s([^>]*?)/?>")
_FORMULA = re.compile(
    rb"<c\s([^>]*)>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*"
    rb"(?:<v\s*/>|<v></v>)?\s*</c>"
)
_ERROR = re.compile(rb"<c\s([^>]*\bt=\"e\"[^>]*)>.*?<v>([^<]*)</v>", re.DOTALL)
_ATTRIBUTE = re.compile(rb"\b(r|s|hidden|min|max)=\"([^\"]*)\"")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")
_PREFIX = re.compile(rb"(</?)\w+:")
_HEAD_BYTES = 20_000
_TRUE = (b"1", b"true")
_LETTERS = 26
_SHARE_STRUCK = 0.5


class Merge(NamedTuple):
    """A merged range; rows count from 1 as in the sheet, columns from 0 as in a row of cells."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Look:
    """``odd`` are cells whose value is an error word or `NO_VALUE`, by row and column."""

    is_hidden: bool = False
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck_rows: frozenset[int] = frozenset()
    odd: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class BookLook:
    """``sheets`` by name; empty for files that are no xlsx."""

    sheets: dict[str, Look] = field(default_factory=dict)
    epoch_1904: bool = False
    external_links: bool = False


def look_of(content: bytes) -> BookLook:
    """How an xlsx or xlsm file looks.

    Raises:
        DamagedWorkbook: its parts cannot be read.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _look(archive)
    except (zipfile.BadZipFile, KeyError, ET.ParseError, ValueError, OSError) as error:
        raise DamagedWorkbook from error


def _look(archive: zipfile.ZipFile) -> BookLook:
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        return BookLook()
    book = _parsed(archive, "xl/workbook.xml")
    targets = _targets(archive)
    struck = _struck_styles(archive) if "xl/styles.xml" in names else frozenset()
    sheets: dict[str, Look] = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        part = targets.get(sheet.get(_RELATION, ""), "")
        if part in names:
            hidden = sheet.get("state", "visible") != "visible"
            sheets[sheet.get("name", "")] = _sheet(archive.read(part), struck, is_hidden=hidden)
    properties = book.find(f"{_MAIN}workbookPr")
    epoch = properties is not None and properties.get("date1904") in {"1", "true"}
    links = any(name.startswith("xl/externalLinks/") for name in names)
    return BookLook(sheets, epoch, links)


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    xml = archive.read(part)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise DamagedWorkbook
    return ET.fromstring(xml)  # noqa: S314 - without entities


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = _parsed(archive, "xl/_rels/workbook.xml.rels")
    found = {}
    for relation in relations.iter(f"{_PACKAGE}Relationship"):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found[relation.get("Id", "")] = normpath(path)
    return found


def _struck_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of cell formats with a struck-through font."""
    styles = _parsed(archive, "xl/styles.xml")
    fonts = styles.find(f"{_MAIN}fonts")
    formats = styles.find(f"{_MAIN}cellXfs")
    if fonts is None or formats is None:
        return frozenset()
    struck = {
        str(number)
        for number, font in enumerate(fonts)
        if (strike := font.find(f"{_MAIN}strike")) is not None
        and strike.get("val", "1") not in {"0", "false"}
    }
    return frozenset(n for n, one in enumerate(formats) if one.get("fontId", "0") in struck)


def _sheet(xml: bytes, struck: frozenset[int], *, is_hidden: bool) -> Look:
    if b":sheetData" in xml[:_HEAD_BYTES]:  # some programs give every element a prefix
        xml = _PREFIX.sub(rb"\1", xml)
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    return Look(
        is_hidden=is_hidden,
        merges=[
            Merge(int(top), column_of(left.decode()), int(bottom), column_of(right.decode()))
            for left, top, right, bottom in _MERGE.findall(xml, max(end, 0))
        ],
        hidden_rows=_hidden_rows(xml),
        hidden_columns=_hidden_columns(xml[: max(start, 0)]),
        struck_rows=_struck_rows(xml, struck) if struck else frozenset(),
        odd=_odd_cells(xml),
    )


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(text))


def _hidden_rows(xml: bytes) -> frozenset[int]:
    if b"hidden=" not in xml:
        return frozenset()
    found = map(_attributes, _ROW.findall(xml))
    return frozenset(int(row[b"r"]) for row in found if row.get(b"hidden") in _TRUE and b"r" in row)


def _hidden_columns(xml: bytes) -> frozenset[int]:
    found: set[int] = set()
    for column in map(_attributes, _COLUMNS.findall(xml)):
        if column.get(b"hidden") in _TRUE:
            last = min(int(column[b"max"]), int(column[b"min"]) + 1000)
            found.update(range(int(column[b"min"]) - 1, last))
    return frozenset(found)


def _struck_rows(xml: bytes, struck: frozenset[int]) -> frozenset[int]:
    """Rows of which at least half of the filled cells are struck through."""
    filled: dict[int, list[int]] = {}
    for text, closed in _CELL.findall(xml):
        cell = _attributes(text)
        place = _REFERENCE.fullmatch(cell.get(b"r", b"").decode())
        if place is None or closed:
            continue
        counts = filled.setdefault(int(place[2]), [0, 0])
        counts[0] += 1
        counts[1] += int(cell.get(b"s", b"0")) in struck
    return frozenset(
        row for row, (all_cells, those) in filled.items() if those >= all_cells * _SHARE_STRUCK
    )


def _odd_cells(xml: bytes) -> dict[tuple[int, int], str]:
    odd: dict[tuple[int, int], str] = {}
    if b"<f>" in xml or b"<f " in xml or b"<f/>" in xml:
        for text in _FORMULA.findall(xml):
            _note(odd, text, NO_VALUE)
    if b't="e"' in xml:
        for text, value in _ERROR.findall(xml):
            _note(odd, text, value.decode())
    return odd


def _note(odd: dict[tuple[int, int], str], attributes: bytes, value: str) -> None:
    place = _REFERENCE.fullmatch(_attributes(attributes).get(b"r", b"").decode())
    if place is not None:
        odd[int(place[2]), column_of(place[1])] = value


def column_of(letters: str) -> int:
    """A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1
