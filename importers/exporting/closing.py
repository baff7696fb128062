"""年度末台帳: the ledgers of a fiscal year's last day, the same bytes whenever asked for."""

import hashlib
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlmodel import Session

from importers.exporting.files import written_csv
from importers.exporting.ledgers import lines_of
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now, today
from service.core.errors import Conflict, Invalid, NotFound
from service.core.i18n.marker import N_
from service.history import queries
from service.history.models import LedgerClosing
from service.registry.past import past_of

LEDGERS_OF_A_YEAR = (
    "facilities",
    "locations",
    "classes",
    "device_models",
    "equipment",
    "replaced_devices",
)


class YearNotOver(Invalid):
    code = "year-not-over"
    message = N_("%(year)s年度はまだ終わっていません。")


class DigestDiffers(Conflict):
    code = "digest-differs"
    message = N_(
        "締めたときと同じ内容を作れませんでした（%(ledger)s）。データベースが直接変更された恐れがあります。"
    )


def fiscal_year_end(fiscal_year: int) -> date:
    return date(fiscal_year + 1, 3, 31)


def close_year(
    session: Session, fiscal_year: int, *, note: str | None = None, by: Actor
) -> LedgerClosing:
    """Freezes what is known now of 31 March: later changes leave its files as they are.

    Raises:
        YearNotOver: before the year's last day.
    """
    by.require(Permission.REGISTRY_WRITE)
    closed_on = fiscal_year_end(fiscal_year)
    if closed_on >= today():
        raise YearNotOver(year=fiscal_year)
    queries.stand_still(session)
    closing = LedgerClosing(
        fiscal_year=fiscal_year,
        closed_on=closed_on,
        known_at=now(),
        note=note,
        created_by=by.id,
    )
    closing.digests = {
        ledger: _digest(_written(session, closing, ledger, by=by)) for ledger in LEDGERS_OF_A_YEAR
    }
    session.add(closing)
    session.flush()
    after = {"fiscal_year": fiscal_year, "digests": closing.digests}
    record(session, "close-year", "ledger_closing", closing.id, by=by, after=after, reason=note)
    return closing


def closed_ledger(session: Session, closing_id: UUID, ledger: str, *, by: Actor) -> bytes:
    """The CSV of a closed year, checked against what it was when it was closed.

    Raises:
        NotFound: for a closing or a ledger that there is not.
        DigestDiffers: when it can no longer be written as it was.
    """
    by.require(Permission.EXPORTS_READ)
    closing = queries.closing(session, closing_id)
    if closing is None or ledger not in closing.digests:
        raise NotFound
    content = b"".join(_written(session, closing, ledger, by=by))
    if hashlib.sha256(content).hexdigest() != closing.digests[ledger]:
        raise DigestDiffers(ledger=ledger)
    return content


def _written(
    session: Session, closing: LedgerClosing, ledger: str, *, by: Actor
) -> Iterator[bytes]:
    with past_of(session, closing.closed_on, by=by, known_at=closing.known_at):
        yield from written_csv(lines_of(session, ledger))


def _digest(parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
