import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.util import lost_point

from service.tags.domain import ALPHABET, mint_code
from service.tags.symbol import Level, matrix, penalties, runs, svg, tag_address

BLOCK = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")
HOSTS = st.from_regex(r"[a-z0-9]{1,12}(\.[a-z]{2,8}){1,3}", fullmatch=True)
CODES = st.text(ALPHABET, min_size=9, max_size=9)


def drawn(picture: str, scale: int = 4) -> np.ndarray:
    """The symbol as a printer would put it down, from the blocks of the SVG."""
    size = int(re.search(r'viewBox="0 0 (\d+)', picture)[1])  # type: ignore[index]
    paper = np.full((size, size), 255, dtype=np.uint8)
    for x, y, width, height in (map(int, block) for block in BLOCK.findall(picture)):
        paper[y : y + height, x : x + width] = 0
    return np.kron(paper, np.ones((scale, scale), dtype=np.uint8))


def test_the_symbol_reads_back_as_the_address_in_capitals() -> None:
    code = mint_code()
    address = tag_address("https://gesui.example.lg.jp/", code)
    assert address == f"HTTPS://GESUI.EXAMPLE.LG.JP/T/{code}"
    (read,) = zxingcpp.read_barcodes(drawn(svg(address, title=code)))
    assert (read.text, read.ec_level) == (address, "Q")


def test_capitals_keep_the_symbol_small() -> None:
    address = tag_address("https://gesui.example.lg.jp", mint_code())
    assert len(matrix(address)) <= 29


@settings(max_examples=40, deadline=None)
@given(HOSTS, CODES, st.sampled_from(Level))
def test_any_address_reads_back(host: str, code: str, level: Level) -> None:
    address = tag_address(f"https://{host}", code)
    paper = np.pad(
        np.where(matrix(address, level), 0, 255).astype(np.uint8), 4, constant_values=255
    )
    (read,) = zxingcpp.read_barcodes(np.kron(paper, np.ones((4, 4), dtype=np.uint8)))
    assert (read.text, read.ec_level) == (address, level.value)


@settings(max_examples=15, deadline=None)
@given(CODES)
def test_penalties_are_those_of_the_library(code: str) -> None:
    modules = matrix(tag_address("https://gesui.example.lg.jp", code))
    assert int(penalties(modules[None])[0]) == lost_point(modules.tolist())


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (29, 29)])
def test_runs_cover_the_dark_modules_once(shape: tuple[int, int]) -> None:
    modules = np.random.default_rng(7).random(shape) < 0.5
    covered = np.zeros(shape, dtype=int)
    for x, y, width, height in runs(modules):
        covered[y : y + height, x : x + width] += 1
    assert (covered == modules).all()
