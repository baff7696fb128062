"""The engine, the one place that commits, and the identity that row-level security sees.

Every transaction names its actor to PostgreSQL (``gesuibo.role``, ``gesuibo.company``,
``gesuibo.user``); a connection that forgot to do so sees no protected row.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.core.errors import DomainError
from service.core.settings import Settings


@dataclass(frozen=True)
class RowIdentity:
    """Who row-level security takes the transaction for.

    ``role`` is a role of `service.accounts.domain.Role` or ``system`` (sign-in, jobs, imports).
    """

    role: str
    company_id: UUID | None = None
    user_id: UUID | None = None


SYSTEM = RowIdentity("system")

# An auditor reads through views that hide names; another role may follow in one transaction.
_IDENTIFY = text(
    "select set_config('gesuibo.role', :role, true),"
    " set_config('gesuibo.company', :company, true),"
    " set_config('gesuibo.user', :user, true),"
    " case when cast(:role as text) = 'auditor' or current_setting('search_path') like 'audited%'"
    " then set_config('search_path', gesuibo.reading_path(:role), true) end"
)


def identify(session: Session, who: RowIdentity) -> None:
    """Names the actor to row-level security until the transaction ends."""
    session.execute(
        _IDENTIFY,
        {"role": who.role, "company": str(who.company_id or ""), "user": str(who.user_id or "")},
    )


def application_url(settings: Settings) -> URL:
    """The login's URL with the restricted role set from the first statement on."""
    url = make_url(settings.database_url)
    wanted = {
        "role": settings.app_role,
        "TimeZone": "UTC",
        "jit": "off",  # its start-up costs more than our queries
        "statement_timeout": "60s",
    }
    return url.update_query_dict(
        {"options": " ".join(f"-c {name}={value}" for name, value in wanted.items())}
    )


def libpq_conninfo(url: URL) -> str:
    """The same login for a bare psycopg connection, for LISTEN.

    Not as a URL: libpq reads the plus signs that SQLAlchemy writes for spaces as plus signs.
    """
    parts = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
    return make_conninfo(**parts)


def make_engine(settings: Settings, **overrides: Any) -> Engine:
    return create_engine(
        application_url(settings),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        **overrides,
    )


@contextmanager
def transaction(engine: Engine, who: RowIdentity = SYSTEM) -> Iterator[Session]:
    """One job, one command or one file: commits at the end, or nothing has happened."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        identify(session, who)
        yield session


@contextmanager
def translating(
    session: Session, broken: Mapping[str, Callable[[], DomainError]]
) -> Iterator[None]:
    """A change in a savepoint; a broken constraint becomes the error that stands for its name.

    The constraint is asked, not the table beforehand: two people may do the same at once.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        explain = broken.get(getattr(diagnosis, "constraint_name", None) or "")
        if explain is None:
            raise
        raise explain() from error
