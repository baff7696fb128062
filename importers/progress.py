"""How far a long step has come, told to whoever waits for it."""

from typing import Protocol


class Progress(Protocol):
    def __call__(self, phase: str, done: int, total: int) -> None:
        """Called every few thousand rows.

        Raises:
            ImportCancelled: when somebody has asked to stop.
        """


def untold(phase: str, done: int, total: int) -> None:
    """Nobody waits."""
