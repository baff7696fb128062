import re
import zlib
from base64 import b64decode
from binascii import crc_hqx

import numpy as np
import pytest

from service.tags.labels.drawing import draw_labels
from service.tags.labels.proof import read
from service.tags.labels.sheets import sheet, sheets
from service.tags.labels.zpl import pack, zpl
from tests.service.tags.drawn_labels import IMPRINT, label

FORMAT = re.compile(
    rb"\^XA\^CI28\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0"
    rb"\^GFA,(\d+),(\d+),(\d+),:Z64:([^:]+):([0-9A-F]{4})\^FS\^XZ\n"
)
ZPL = [stock.id for stock in sheets().values() if stock.is_zpl]


@pytest.mark.parametrize("stock_id", ZPL)
def test_the_dots_that_are_sent_read_as_the_address(stock_id: str) -> None:
    drawn = draw_labels([label(1), label(2)], sheet(stock_id), IMPRINT)
    formats = FORMAT.findall(zpl(drawn, sheet(stock_id)))
    assert len(formats) == 2
    for one, (width, height, total, _total, row_bytes, content, check) in zip(
        drawn.placed, formats, strict=True
    ):
        assert int(check, 16) == crc_hqx(content, 0)
        rows = np.frombuffer(zlib.decompress(b64decode(content)), np.uint8)
        assert len(rows) == int(total) == int(height) * int(row_bytes)
        dots = np.unpackbits(rows.reshape(int(height), -1), axis=1)[:, : int(width)]
        assert read(np.where(dots, 0, 255).astype(np.uint8)) == one.address


def test_a_row_is_filled_up_to_whole_bytes() -> None:
    assert pack(np.zeros((2, 9), dtype=np.uint8)).startswith("^GFA,4,4,2,:Z64:")
