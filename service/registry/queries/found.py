"""Where in the register a typed word is found: few places are named, many are walked through."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from service.registry.queries.search import like, search_words

MOST = 2_000
_TRIGRAM = 3
# LIKE on a protected table asks row by row who may see it, and so uses no index: the function asks
# once, and finds by trigrams. Words too short for these are looked for while walking the codes.
_NAMED = text("select gesuibo.positions_like(:pattern) as id limit :most")
_FACILITIES = text(
    "select id from facility"
    " where gesuibo.fold(name) like :pattern or gesuibo.fold(facility_code) like :pattern"
)


def every_word(session: Session, typed: str) -> tuple[list[str], dict[str, Any]]:
    """A condition on ``p`` for each word: in the position, its facility or the device in place."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for number, word in enumerate(search_words(typed)):
        clause, values = _condition(session, number, word)
        clauses.append(clause)
        params |= values
    return clauses, params


def _condition(session: Session, number: int, word: str) -> tuple[str, dict[str, Any]]:
    pattern = like(word)
    facilities = list(session.execute(_FACILITIES, {"pattern": pattern}).scalars())
    ids = _few(session, word, pattern)
    if ids is None:
        own = f"p.search_text like :w{number} or p.id in (select {_by_device(number)})"
        values: dict[str, Any] = {f"w{number}": pattern}
    else:
        own = f"p.id = any (cast(:i{number} as uuid[]))"
        values = {f"i{number}": ids}
    if facilities:
        own += f" or p.facility_id = any (cast(:f{number} as uuid[]))"
        values[f"f{number}"] = facilities
    return f"({own})", values


def _by_device(number: int) -> str:
    return f"gesuibo.positions_by_device(:w{number})"


def _few(session: Session, word: str, pattern: str) -> list[Any] | None:
    """The places that have the word; None when they are many, or the word is too short to ask."""
    if len(word) < _TRIGRAM:
        return None
    found = session.execute(_NAMED, {"pattern": pattern, "most": MOST + 1}).scalars()
    ids = list(dict.fromkeys(found))
    return ids if len(ids) <= MOST else None
