"""How far an import has come, on a terminal that somebody watches."""

import sys
from time import monotonic
from typing import Self

from app.language import either

SHOWN_AFTER_S = 1.0
_WIDTH = 30
_PHASES = {
    "reading": ("読込", "reading"),
    "interpreting": ("解釈", "interpreting"),
    "planning": ("計画", "planning"),
    "checking": ("確認", "checking"),
    "writing": ("書込", "writing"),
    "undoing": ("取消", "undoing"),
}


class ProgressBar:
    """Nothing is shown within the first second, nor where nobody watches."""

    def __init__(self) -> None:
        self._begun_at = monotonic()
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        if self._is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def __call__(self, phase: str, done: int, total: int) -> None:
        if not sys.stderr.isatty() or monotonic() - self._begun_at < SHOWN_AFTER_S:
            return
        self._is_shown = True
        print(f"\r\033[K{bar(phase, done, total)}", end="", file=sys.stderr, flush=True)


def bar(phase: str, done: int, total: int) -> str:
    name = either(*_PHASES.get(phase, (phase, phase)))
    if not total:
        return name
    filled = _WIDTH * done // total
    return f"{name} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,}/{total:,}"
