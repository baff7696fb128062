import re

import numpy as np
import zxingcpp

from service.tags.domain import mint_code
from service.tags.symbol import svg, tag_address

RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")


def drawn(picture: str, scale: int = 4) -> np.ndarray:
    """The symbol as a printer would put it down, from the strokes of the SVG."""
    size = int(re.search(r'viewBox="0 0 (\d+)', picture)[1])  # type: ignore[index]
    paper = np.full((size, size), 255, dtype=np.uint8)
    for x, y, length in (map(int, run) for run in RUN.findall(picture)):
        paper[y, x : x + length] = 0
    return np.kron(paper, np.ones((scale, scale), dtype=np.uint8))


def test_the_symbol_reads_back_as_the_address_in_capitals() -> None:
    code = mint_code()
    address = tag_address("https://gesui.example.lg.jp/", code)
    assert address == f"HTTPS://GESUI.EXAMPLE.LG.JP/T/{code}"
    (read,) = zxingcpp.read_barcodes(drawn(svg(address, title=code)))
    assert (read.text, read.ec_level) == (address, "Q")


def test_capitals_keep_the_symbol_small() -> None:
    address = tag_address("https://gesui.example.lg.jp", mint_code())
    modules = len(drawn(svg(address, title=""), scale=1)) - 8
    assert modules <= 29
