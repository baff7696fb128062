"""How far a long step has come, told to whoever waits for it."""

from time import monotonic
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine

from importers import job_queries
from importers.job_errors import ImportCancelled
from service.core.database import transaction

TOLD_EVERY_S = 0.4


class Progress(Protocol):
    def __call__(self, phase: str, done: int, total: int) -> None:
        """Called every few thousand rows.

        Raises:
            ImportCancelled: when somebody has asked to stop.
        """


def untold(phase: str, done: int, total: int) -> None:
    """Nobody waits."""


class ToldProgress:
    """Writes in transactions of its own: what the step itself writes nobody sees until its end."""

    def __init__(self, engine: Engine, job_id: UUID) -> None:
        self._engine = engine
        self._job_id = job_id
        self._phase = ""
        self._told_at = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        if phase == self._phase and monotonic() - self._told_at < TOLD_EVERY_S:
            return
        self._phase, self._told_at = phase, monotonic()
        with transaction(self._engine) as session:
            is_to_stop = job_queries.tell(session, self._job_id, phase, done, total)
        if is_to_stop:
            raise ImportCancelled
