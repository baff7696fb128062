"""How ledgers with the same headers were read last time: taken up by itself, and told."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import job_queries
from importers.decisions import Decisions
from importers.job_errors import MappingUnknown
from importers.models import ImportJob, ImportMapping
from service.accounts.actor import Actor
from service.audit.service import record
from service.core.clock import now


class Memory:
    """Given to `make_plan` as ``remembering``; afterwards says what it has added."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.mapping: ImportMapping | None = None
        self.decisions: Decisions | None = None

    def __call__(self, decisions: Decisions, signature: str) -> Decisions:
        self.mapping = job_queries.mapping_of(self._session, signature)
        self.decisions = decisions
        if self.mapping is not None:
            told = decisions.model_dump(mode="json", exclude_defaults=True)
            self.decisions = Decisions.model_validate(merged(self.mapping.decisions, told))
        return self.decisions

    def told(self) -> dict[str, Any]:
        if self.mapping is None:
            return {}
        return {"mapping_reused": {"id": str(self.mapping.id), "name": self.mapping.name}}


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Documents of decisions, member by member; what ``above`` says wins."""
    both = dict(below)
    for name, value in above.items():
        old = both.get(name)
        both[name] = (
            merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return both


def remember(session: Session, job: ImportJob, *, by: Actor) -> None:
    """Keeps the decisions of an applied import for the next file with its headers."""
    decided = Decisions.model_validate(job.options)
    kept = merged(_sources(job) if decided.source else {}, decided.reusable())
    signature = job.notes.get("signature", "")
    if not kept or not signature:
        return
    mapping = job_queries.mapping_of(session, signature, lock=True)
    if mapping is None:
        mapping = ImportMapping(signature=signature, name=job.file_name, created_by=by.id)
        session.add(mapping)
    mapping.decisions = kept
    mapping.name = job.file_name
    mapping.used_count = (mapping.used_count or 0) + 1
    mapping.used_at = now()
    mapping.updated_by = by.id
    session.flush()
    job.mapping_id = mapping.id


def _sources(job: ImportJob) -> dict[str, Any]:
    """What was said of the whole file, said of each of its tables."""
    return {"sources": {table["signature"]: table["source"] for table in job.notes["tables"]}}


def forget(session: Session, mapping_id: UUID, *, by: Actor) -> None:
    mapping = session.get(ImportMapping, mapping_id)
    if mapping is None:
        raise MappingUnknown
    job_queries.free_mapping(session, mapping_id)
    session.delete(mapping)
    record(session, "import_mapping.delete", "import_mapping", mapping_id, by=by)
