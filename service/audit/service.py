"""Writing the trail, sealing it into a chain, and proving that nobody touched it since."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit import queries
from service.audit.domain import GENESIS, entry_digest, link
from service.core.clock import now


def record(
    session: Session,
    action: str,
    target_type: str,
    target_id: UUID | str,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Adds one entry in the caller's transaction; ``before``/``after`` hold changed fields only."""
    content: dict[str, Any] = {
        "at": now(),
        "actor_id": by.id,
        "actor_name": by.name,
        "actor_company_id": by.company_id,
        "via": by.via,
        "action": action,
        "target_type": target_type,
        "target_id": str(target_id),
        "before": _plain(before),
        "after": _plain(after),
        "reason": reason,
        "request_id": by.request_id or None,
    }
    queries.insert_entry(session, content, entry_digest(_canonical(content)))


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values as JSON gives them back, so that a stored entry digests to the same bytes."""
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return plain


def _canonical(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if key == "at" else None if value is None else value
        for key, value in content.items()
    }


def seal_pending(session: Session, *, limit: int = 5000) -> int:
    """Chains the entries that have no seal yet; one sealer at a time. Returns how many."""
    if not queries.lock_sealing(session):
        return 0
    seq, previous = queries.last_seal(session) or (0, GENESIS)
    count = 0
    for entry in queries.unsealed(session, limit):
        seq += 1
        count += 1
        previous = link(previous, entry.digest)
        queries.insert_seal(session, seq, entry.id, previous)
    return count


@dataclass(frozen=True)
class Verification:
    """``broken_at`` is the number of the first seal that does not hold, or None."""

    entries: int
    unsealed: int
    broken_at: int | None
    problem: str | None = None


def verify(session: Session) -> Verification:
    """Recomputes every digest and every link of the chain."""
    with queries.sealed(session) as rows:
        entries, broken = _walk(rows)
    if broken is not None:
        return Verification(entries, 0, entries + 1, broken)
    return Verification(entries, queries.unsealed_count(session), None)


def _walk(rows: Iterable[Mapping[Any, Any]]) -> tuple[int, str | None]:
    """How many links hold, and what is wrong with the one after them."""
    previous, entries = GENESIS, 0
    for row in rows:
        content = {key: row[key] for key in queries.CONTENT_COLUMNS}
        digest = entry_digest(_canonical(content))
        previous = link(previous, digest)
        if row["seq"] != entries + 1:
            return entries, "missing-seal"
        if digest != row["digest"]:
            return entries, "entry-changed"
        if previous != row["hash"]:
            return entries, "chain-broken"
        entries += 1
    return entries, None
