"""The QR symbol of a tag, as vector."""

from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE_MODULES = 4
MASKS = 8
_FINDER_LEFT, _FINDER_RIGHT = 0b10111010000, 0b00001011101
Modules = NDArray[np.bool_]
Run = tuple[int, int, int, int]


class Level(StrEnum):
    """How much of the symbol may be dirty: Q a quarter, H nearly a third."""

    Q = "Q"
    H = "H"


_LEVELS = {Level.Q: ERROR_CORRECT_Q, Level.H: ERROR_CORRECT_H}


def tag_address(public_url: str, code: str) -> str:
    """In capitals: alphanumeric mode makes the symbol a size smaller than small letters do."""
    return f"{public_url.rstrip('/')}/T/{code}".upper()


def matrix(address: str, level: Level = Level.Q) -> Modules:
    """The dark modules without quiet zone, under the mask that scanners read best.

    The library tries all eight masks by laying out the symbol eight times. Two masks differ in
    the same modules whatever the text is, so one layout and those differences do: a quarter of the
    time, which is what a city's 8,000 tags need.
    """
    symbol = _laid_out(address, level, mask=0)
    candidates = _modules(symbol) ^ _differences(symbol.version, level)
    best: Modules = candidates[int(np.argmin(penalties(candidates)))]
    return best


def _laid_out(text: str, level: Level, *, mask: int, version: int | None = None) -> Any:
    symbol = QRCode(version, error_correction=_LEVELS[level], border=0, mask_pattern=mask)
    symbol.add_data(text, optimize=0)
    symbol.make(fit=version is None)
    return symbol


def _modules(symbol: Any) -> Modules:
    return np.array(symbol.modules, dtype=np.bool_)


@lru_cache
def _differences(version: int, level: Level) -> Modules:
    """For each mask the modules that differ from mask 0, the same for every text."""
    laid_out = [
        _modules(_laid_out("0", level, mask=mask, version=version)) for mask in range(MASKS)
    ]
    return np.stack([modules ^ laid_out[0] for modules in laid_out])


def penalties(symbols: Modules) -> NDArray[np.int64]:
    """ISO/IEC 18004, 7.8.3: what makes a mask hard to read, for each symbol of a stack."""
    turned = symbols.transpose(0, 2, 1)
    blocks = symbols[:, :-1, :-1] == symbols[:, 1:, :-1]
    blocks &= symbols[:, :-1, :-1] == symbols[:, :-1, 1:]
    blocks &= symbols[:, :-1, :-1] == symbols[:, 1:, 1:]
    dark_percent = symbols.mean(axis=(1, 2)) * 100
    total: NDArray[np.int64] = (
        _long_runs(symbols)
        + _long_runs(turned)
        + 3 * blocks.sum(axis=(1, 2))
        + 40 * (_finder_likes(symbols) + _finder_likes(turned))
        + 10 * (np.abs(dark_percent - 50) / 5).astype(np.int64)
    )
    return total


def _long_runs(rows: Modules) -> Any:
    """Five of one colour in a row cost 3, each further one 1 more."""
    same = rows[:, :, 1:] == rows[:, :, :-1]
    five = same[:, :, :-3] & same[:, :, 1:-2] & same[:, :, 2:-1] & same[:, :, 3:]
    starts = five.copy()
    starts[:, :, 1:] &= ~five[:, :, :-1]
    return five.sum(axis=(1, 2)) + 2 * starts.sum(axis=(1, 2))


def _finder_likes(rows: Modules) -> Any:
    """1:1:3:1:1 with four light modules on one side looks like the corner of a symbol."""
    width = rows.shape[2] - 10
    number = np.zeros((*rows.shape[:2], width), dtype=np.int16)
    for bit in range(11):
        number = (number << 1) | rows[:, :, bit : bit + width]
    return ((number == _FINDER_LEFT) | (number == _FINDER_RIGHT)).sum(axis=(1, 2))


def runs(modules: Modules) -> list[Run]:
    """The dark modules as few rectangles (x, y, width, height), in modules from the top left."""
    rows = modules.tolist()
    done: list[Run] = []
    growing: dict[tuple[int, int], tuple[int, int]] = {}
    for y, row in enumerate(rows):
        here = _dark_runs(row)
        for (x, width), (top, height) in growing.items():
            if (x, width) not in here:
                done.append((x, top, width, height))
        growing = {
            run: (growing[run][0], growing[run][1] + 1) if run in growing else (y, 1)
            for run in here
        }
    return done + [(x, top, width, height) for (x, width), (top, height) in growing.items()]


def _dark_runs(row: list[bool]) -> dict[tuple[int, int], None]:
    out: dict[tuple[int, int], None] = {}
    x = 0
    for is_dark, run in groupby(row):
        length = len(list(run))
        if is_dark:
            out[x, length] = None
        x += length
    return out


def svg(address: str, *, title: str) -> str:
    """One path, a rectangle for each block of dark modules; one module is one unit."""
    modules = matrix(address)
    size = len(modules) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{x + QUIET_ZONE_MODULES} {y + QUIET_ZONE_MODULES}h{width}v{height}h-{width}z"
        for x, y, width, height in runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
        f' aria-label="{title}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )
