"""One request is one transaction, committed before the first byte of the answer leaves."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session


def engine_of(request: Request) -> Engine:
    engine = request.app.state.engine
    assert isinstance(engine, Engine)  # noqa: S101  # set by app.asgi
    return engine


def get_session(request: Request) -> Iterator[Session]:
    """The transaction starts with no identity at all: it sees no protected row."""
    with Session(engine_of(request), expire_on_commit=False) as session, session.begin():
        yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]
