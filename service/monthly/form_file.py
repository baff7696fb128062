"""The city's own form: which cells name a figure, and what a file must not carry.

A cell that holds `{{案件数}}` and nothing else is filled with that figure. Macros, links to other
files and commands have no place in a form that the whole office opens.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.errors import Invalid
from service.core.i18n.marker import N_
from service.monthly.domain import ALL_FIGURES

HEADINGS = (
    N_("市名"),
    N_("対象年月"),
    N_("年度"),
    N_("対象範囲"),
    N_("改訂"),
    N_("発行日"),
    N_("発行者"),
)
LISTS = (N_("施設別"), N_("案件一覧"), N_("遅着一覧"), N_("注記"))
MARKER = re.compile(r"\{\{\s*(.+?)\s*\}\}")
MAX_BYTES = 2 * 1024 * 1024
_MAX_UNPACKED = 30 * 1024 * 1024
_MAX_PARTS = 300
_MAX_CELLS = 200_000


@dataclass(frozen=True)
class Vocabulary:
    """What the cells of one sort of form may ask for; lists with the columns that they fill."""

    single: tuple[str, ...]
    lists: Mapping[str, int]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.single) | self.lists.keys()


MONTHLY = Vocabulary(
    (*HEADINGS, *(one.label for one in ALL_FIGURES)),
    {"施設別": 13, "案件一覧": 12, "遅着一覧": 12, "注記": 2},
)


class UnfitForm(Invalid):
    code = "unfit-form"
    message = N_("この様式は使えません。")


class NotAnXlsx(UnfitForm):
    code = "not-an-xlsx"
    message = N_("Excelブック（.xlsx）として読み取れません。.xlsx 形式で保存し直してください。")


class FormTooLarge(UnfitForm):
    code = "form-too-large"
    message = N_("ファイルが大きすぎます。様式は2MBまで、余分なシートや行を除いてください。")


class HasMacros(UnfitForm):
    code = "form-has-macros"
    message = N_("マクロまたは埋め込みの部品が入っています（%(part)s）。除いてから送ってください。")


class HasLinks(UnfitForm):
    code = "form-has-links"
    message = N_(
        "ほかのファイルや外部へのリンクが入っています（%(part)s）。"
        "「データ」の「リンクの編集」で解除してから送ってください。"
    )


class HasCommand(UnfitForm):
    code = "form-has-command"
    message = N_("使えない数式が入っています（%(part)s）。DDEや外部を呼び出す関数は使えません。")


class HasDrawing(UnfitForm):
    code = "form-has-drawing"
    message = N_("図形・画像・グラフは引き継げません（%(part)s）。除いてから送ってください。")


class UnknownMark(UnfitForm):
    code = "unknown-mark"
    message = N_(
        "セル %(cell)s の「%(name)s」という項目はありません。使える項目名を確かめてください。"
    )


class NoMarks(UnfitForm):
    code = "no-marks"
    message = N_("項目名を {{ }} で囲んで書いたセルがありません。")


class NoRoom(UnfitForm):
    code = "no-room"
    message = N_(
        "セル %(cell)s の一覧は下へ伸びます。その下（%(below)s）の内容を別の場所へ移してください。"
    )


_FORBIDDEN_PARTS: tuple[tuple[re.Pattern[str], type[UnfitForm]], ...] = (
    (
        re.compile(
            r"vbaproject|/macrosheets/|/dialogsheets/|/activex/|/ctrlprops/|/embeddings/|customui"
        ),
        HasMacros,
    ),
    (re.compile(r"externallink|/connections\.xml|/querytables/|/webextensions/"), HasLinks),
    (re.compile(r"/drawings/drawing|/charts/|/media/|/diagrams/"), HasDrawing),
)
_EXTERNAL = re.compile(r"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_FORMULAS = re.compile(
    r"<(?:\w+:)?(f|formula\d?|definedName)\b[^>]*>([^<]*)</", re.IGNORECASE | re.DOTALL
)
_COMMAND = re.compile(
    r"\||\[\d+\]|\b(?:WEBSERVICE|FILTERXML|HYPERLINK|RTD|DDE|CALL|REGISTER(?:\.ID)?|EXEC|EVALUATE"
    r"|IMAGE|INDIRECT|_xll)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NamedCell:
    sheet: str
    cell: str
    name: str


def read(data: bytes, words: Vocabulary = MONTHLY) -> list[NamedCell]:
    """The mapping of cells to what they ask for.

    Raises:
        UnfitForm: when the file carries what a form must not, or asks for what there is not.
    """
    if len(data) > MAX_BYTES:
        raise FormTooLarge
    _ensure_harmless(data)
    cells = [cell for sheet in _book(data).worksheets for cell in _named_cells(sheet, words)]
    if not cells:
        raise NoMarks
    return cells


def _ensure_harmless(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise FormTooLarge
            for part in parts:
                _ensure_plain(f"/{part.filename}".lower(), part.filename)
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _ensure_quiet(part.filename, archive.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise NotAnXlsx from error


def _ensure_plain(path: str, name: str) -> None:
    for pattern, refusal in _FORBIDDEN_PARTS:
        if pattern.search(path):
            raise refusal(part=name)


def _ensure_quiet(name: str, part: bytes) -> None:
    """No macro type, no link outside, no formula that reaches out, no XML of its own making."""
    try:
        words = part.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAnXlsx from error
    if "<!DOCTYPE" in words or "<!ENTITY" in words or "\0" in words:
        raise NotAnXlsx
    if "macroEnabled" in words or "vbaProject" in words:
        raise HasMacros(part=name)
    if _EXTERNAL.search(words):
        raise HasLinks(part=name)
    for found in _FORMULAS.finditer(words):
        if _COMMAND.search(found.group(2)):
            raise HasCommand(part=f"{name}: {found.group(2)[:60]}")


def _book(data: bytes) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415  # only forms need it

    try:
        return load_workbook(io.BytesIO(data))
    # Whatever a broken file does inside the reader, it is not a workbook.
    except Exception as error:
        raise NotAnXlsx from error


def _named_cells(sheet: Any, words: Vocabulary) -> list[NamedCell]:
    if sheet.max_row * sheet.max_column > _MAX_CELLS:
        raise FormTooLarge
    found = []
    for row in sheet.iter_rows():
        for cell in row:
            mark = MARKER.fullmatch(cell.value.strip()) if isinstance(cell.value, str) else None
            if mark is not None:
                found.append(_named(sheet, cell, mark.group(1), words))
    return found


def _named(sheet: Any, cell: Any, name: str, words: Vocabulary) -> NamedCell:
    if name not in words.names:
        raise UnknownMark(cell=f"{sheet.title}!{cell.coordinate}", name=name)
    if name in words.lists:
        _ensure_room(sheet, cell, words.lists[name])
    return NamedCell(sheet.title, cell.coordinate, name)


def _ensure_room(sheet: Any, cell: Any, width: int) -> None:
    last = cell.column + width - 1
    for row in sheet.iter_rows(min_row=cell.row + 1, min_col=cell.column, max_col=last):
        for below in row:
            if below.value is not None:
                raise NoRoom(cell=f"{sheet.title}!{cell.coordinate}", below=below.coordinate)
