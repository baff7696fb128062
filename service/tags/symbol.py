"""The QR symbol of a tag, as vector."""

from itertools import groupby

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE_MODULES = 4


def tag_address(public_url: str, code: str) -> str:
    """In capitals: alphanumeric mode makes the symbol a size smaller than small letters do."""
    return f"{public_url.rstrip('/')}/T/{code}".upper()


def matrix(address: str) -> list[list[bool]]:
    """The dark modules, with the quiet zone around them. Level Q bears dirt on a quarter of it."""
    symbol = QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE_MODULES)
    symbol.add_data(address)
    symbol.make(fit=True)
    return [[bool(module) for module in row] for row in symbol.get_matrix()]


def svg(address: str, *, title: str) -> str:
    """One path, a stroke for each run of dark modules; one module is one unit."""
    rows = matrix(address)
    size = len(rows)
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
        f' aria-label="{title}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def _runs(y: int, row: list[bool]) -> str:
    out, x = [], 0
    for is_dark, run in groupby(row):
        length = len(list(run))
        if is_dark:
            out.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(out)
