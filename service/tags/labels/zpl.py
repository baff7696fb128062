"""Labels for thermal printers that speak ZPL: what was proofed is sent dot for dot.

The printer's own fonts have no Japanese and its own QR command chooses another mask, so every
label goes as one picture (``^GFA``), packed with zlib (``:Z64:``, checked by a CRC-16).
"""

import zlib
from base64 import b64encode
from binascii import crc_hqx
from collections.abc import Iterator

import numpy as np

from service.tags.labels.drawing import Drawn
from service.tags.labels.proof import Pixels, rasterised
from service.tags.labels.sheets import INCH_MM, Sheet

DARK = 128


def zpl(drawn: Drawn, sheet: Sheet) -> bytes:
    """One ``^XA … ^XZ`` for each label."""
    assert sheet.dpi is not None  # noqa: S101  # the data of a ZPL sheet always says
    return b"".join(_formats(drawn, sheet, sheet.dpi))


def _formats(drawn: Drawn, sheet: Sheet, dpi: float) -> Iterator[bytes]:
    width, height = (round(length * dpi / INCH_MM) for length in sheet.page)
    for pixels in rasterised(drawn.pdf, dpi):
        packed = pack(pixels[:height, :width])
        yield f"^XA^CI28^PW{width}^LL{height}^LH0,0^FO0,0{packed}^FS^XZ\n".encode("ascii")


def pack(pixels: Pixels) -> str:
    """The ``^GF`` of a picture: a dark dot is 1, rows are filled up to whole bytes."""
    rows = np.packbits(pixels < DARK, axis=1)
    total = rows.size
    content = b64encode(zlib.compress(rows.tobytes(), 9))
    return f"^GFA,{total},{total},{rows.shape[1]},:Z64:{content.decode()}:{crc_hqx(content, 0):04X}"
