"""Labels for tests, and what a PDF reader finds on the page."""

from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from service.tags.domain import mint_code
from service.tags.labels.printed import Imprint, Label

IMPRINT = Imprint("https://gesui.city.example.lg.jp", "見本市", "0466-00-0000")
MM_PER_POINT = 25.4 / 72


def label(number: int = 1, **values: object) -> Label:
    told = {
        "tag_code": mint_code(),
        "position_code": f"TJ-PU-{number:05}",
        "position_name": f"No.{number}汚水ポンプ",
        "unit_no": str(number),
        "facility_code": "TJ",
        "facility_name": "桜橋中継ポンプ場",
        "location": "沈砂池棟/B2F",
    }
    return Label(**(told | values))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Box:
    """In millimetres from the top left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float


def _box(points: tuple[float, float, float, float], page_height: float) -> Box:
    left, bottom, right, top = points
    return Box(
        left * MM_PER_POINT,
        (page_height - top) * MM_PER_POINT,
        right * MM_PER_POINT,
        (page_height - bottom) * MM_PER_POINT,
    )


def symbols_of(pdf: bytes, page: int = 0) -> list[Box]:
    """The filled paths: each symbol is one."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    height = sheet.get_height()
    paths = sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])
    return [_box(path.get_bounds(), height) for path in paths]


def letters_of(pdf: bytes, page: int = 0) -> list[tuple[str, Box]]:
    """Every character with the box around its ink."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    text = sheet.get_textpage()
    told = text.get_text_range()
    height = sheet.get_height()
    found = []
    for index in range(text.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(text.raw, index))
        if character.strip():
            found.append((character, _box(text.get_charbox(index), height)))
    assert len(told) > 0
    return found


def text_of(pdf: bytes, page: int = 0) -> str:
    told: str = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return told
