"""A sheet is read as a phone would read it before anybody prints it."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import groupby
from threading import Lock
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp

from service.core.errors import DomainError
from service.core.i18n.marker import N_
from service.tags.labels.drawing import Drawn, Offset
from service.tags.labels.sheets import INCH_MM, Rect, Sheet

PROOF_DPI = 150
_ONE_AT_A_TIME = Lock()  # PDFium keeps state of its own: two threads in it end the process
_ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
Pixels = Any


class SheetRefused(DomainError):
    """What was drawn reads back as something else: the file is kept from the printer."""

    code = "label-proof-failed"
    message = N_("検査に合格しなかったため、印刷用ファイルを渡せません: %(label)s")


def proof(
    drawn: Drawn,
    sheet: Sheet,
    *,
    offset: Offset = Offset(),  # noqa: B008  # frozen
    progress: Callable[[int], None] = lambda _n: None,
) -> int:
    """Reads every symbol from the rasterised pages; returns how many.

    Raises:
        SheetRefused: names the first label that is not read, or that reads as another one.
    """
    dpi = sheet.dpi or PROOF_DPI
    done = 0
    pages = {page: list(part) for page, part in groupby(drawn.placed, lambda label: label.page)}
    for number, pixels in enumerate(rasterised(drawn.pdf, dpi)):
        for one in pages.get(number, []):
            place = one.symbol.moved(offset.dx_mm, offset.dy_mm)
            if read(cut(pixels, place, dpi)) != one.address:
                raise SheetRefused(label=one.label.title)
            done += 1
        progress(done)
    if done != len(drawn.placed):
        raise SheetRefused(label=drawn.placed[done].label.title)
    return done


def rasterised(pdf: bytes, dpi: float) -> Iterator[Pixels]:
    """Each page in shades of grey, as the printer puts it down."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            with _ONE_AT_A_TIME:
                page = document[number]
                bitmap = page.render(scale=dpi / 72, grayscale=True)
                pixels = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
                bitmap.close()
                page.close()
            yield pixels
    finally:
        with _ONE_AT_A_TIME:
            document.close()


def cut(pixels: Pixels, box: Rect, dpi: float) -> Pixels:
    """Outwards to whole pixels: a quiet zone that is cut into hides the symbol."""
    dots = dpi / INCH_MM
    top, left = int(box.y_mm * dots), int(box.x_mm * dots)
    bottom = int(np.ceil((box.y_mm + box.height_mm) * dots))
    right = int(np.ceil((box.x_mm + box.width_mm) * dots))
    return np.ascontiguousarray(pixels[max(0, top) : bottom, max(0, left) : right])


def read(pixels: Pixels) -> str | None:
    """The text of the one symbol in the picture; None when there is none or more than one."""
    found = zxingcpp.read_barcodes(pixels, formats=_ONLY_QR)
    return str(found[0].text) if len(found) == 1 else None


def picture(pdf: bytes, *, width: int) -> bytes:
    """The first page as PNG, ``width`` pixels wide, for somebody to look at."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        image = page.render(scale=width / page.get_width(), grayscale=True).to_pil()
        out = BytesIO()
        image.save(out, "PNG", optimize=True)
        page.close()
        document.close()
    return out.getvalue()
