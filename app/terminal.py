"""What words of the terminal share: a transaction with full rights, and one way to print."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session

from service.accounts.actor import Actor, terminal_actor
from service.core.database import make_engine, transaction
from service.core.settings import get_settings


@contextmanager
def opened() -> Iterator[tuple[Session, Actor]]:
    """One transaction for the whole command, committed when it ends well."""
    engine = make_engine(get_settings())
    try:
        with transaction(engine) as session:
            yield session, terminal_actor()
    finally:
        engine.dispose()


def emit(as_json: bool, values: Mapping[str, Any]) -> None:  # noqa: FBT001
    if as_json:
        print(json.dumps(values, ensure_ascii=False, default=str))
        return
    for key, value in values.items():
        print(f"{key}: {value}")
