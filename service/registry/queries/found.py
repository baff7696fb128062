"""Where in the register a typed word is found: few places are named, many are walked through.

LIKE on a protected table asks row by row who may see it, and so uses no index: functions of the
database ask once, and find by index. A word that is nearly everywhere is left to the walk.
"""

from math import isqrt
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from service.registry.queries.as_of import is_past
from service.registry.queries.search import TODAY, like, search_words

FEW = 200
MANY = 100_000  # of so many rows it pays to ask the statistics first
_SURELY = 4
_PER_ROW = 10  # so that naming k places costs as much as walking to the first fifty of them
_ROWS = text("select greatest(reltuples, 0) from pg_class where oid = to_regclass(:table)")
_WRITTEN = text("select gesuibo.positions_written(:word, :pattern) limit :most")
_EXPECTED = text("select gesuibo.positions_expected(:word, :pattern)")
_EQUIPPED = text("select gesuibo.positions_equipped(:word, :pattern) limit :most")
_DEVICES = text("select gesuibo.devices_written(:word, :pattern) limit :most")
_FACILITIES = text(
    "select id from facility"
    " where gesuibo.fold(name) like :pattern or gesuibo.fold(facility_code) like :pattern"
)
# strpos: of LIKE the planner believes that few rows have the word, and would read them all.
# Of a past day the words are folded as they were: history keeps no text for searching.
_DEVICE_WORDS = """coalesce(d.search_text, gesuibo.fold(concat_ws(' ', d.asset_code, d.serial_no,
  d.spec_raw, gesuibo.joined(d.alias_names))))"""
_PLACE_WORDS = """coalesce(p.search_text, gesuibo.fold(concat_ws(' ', p.name, p.position_code,
  p.unit_no, p.note, gesuibo.joined(p.legacy_codes), gesuibo.joined(p.alias_names))))"""
IN_DEVICE = f"""strpos({_DEVICE_WORDS}, :{{word}}) > 0 or exists (select from device_model m
  where m.id = d.model_id
    and strpos(gesuibo.fold(concat_ws(' ', m.manufacturer, m.model_no)), :{{word}}) > 0)"""
IN_PLACE = f"strpos({_PLACE_WORDS}, :{{word}}) > 0"
# Not EXISTS: PostgreSQL would read every device first, to have them at hand.
_EQUIPPED_NOW = f"""coalesce((select {IN_DEVICE} from installation i
  join device d on d.id = i.device_id
  where i.position_id = p.id and i.period @> {TODAY} limit 1), false)"""  # noqa: S608  # constants
Clauses = tuple[list[str], dict[str, Any]]


def every_word(session: Session, typed: str) -> Clauses:
    """A condition on ``p`` for each word: in the position, its facility or the device in place."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for number, word in enumerate(search_words(typed)):
        written = positions(session, word)
        equipped = few(session, _EQUIPPED, word)
        either = named(params, f"i{number}", "p.id", [*(written or []), *(equipped or [])])
        either += named(params, f"f{number}", "p.facility_id", facilities(session, word))
        if written is None:
            either.append(IN_PLACE.format(word=f"w{number}"))
        if equipped is None:
            either.append(_EQUIPPED_NOW.format(word=f"w{number}"))
        if written is None or equipped is None:
            params[f"w{number}"] = word
        clauses.append(f"({' or '.join(either) or 'false'})")
    return clauses, params


def every_word_in_device(session: Session, typed: str) -> Clauses:
    """A condition on ``d`` for each word: in the device's own text or in its model."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for number, word in enumerate(search_words(typed)):
        some = devices(session, word)
        if some is None:
            clauses.append(f"({IN_DEVICE.format(word=f'w{number}')})")
            params[f"w{number}"] = word
        else:
            clauses += named(params, f"i{number}", "d.id", some) or ["false"]
    return clauses, params


def positions(session: Session, word: str) -> list[Any] | None:
    """Places in whose own text the word is; None when they are many."""
    rows = _rows(session, "position")
    if rows > MANY and not is_past(session):
        asked = {"word": word, "pattern": like(word)}
        if session.execute(_EXPECTED, asked).scalar_one() > _SURELY * _most(rows):
            return None
    return few(session, _WRITTEN, word)


def devices(session: Session, word: str) -> list[Any] | None:
    return few(session, _DEVICES, word)


def facilities(session: Session, word: str) -> list[Any]:
    return list(session.execute(_FACILITIES, {"pattern": like(word)}).scalars())


def named(params: dict[str, Any], name: str, column: str, ids: list[Any]) -> list[str]:
    """A condition that the column is one of these, with its value; none for none."""
    if not ids:
        return []
    if len(ids) == 1:  # an index gives the rows of one value in the order of the list
        params[name] = ids[0]
        return [f"{column} = cast(:{name} as uuid)"]
    params[name] = ids
    return [f"{column} = any (cast(:{name} as uuid[]))"]


def few(
    session: Session, statement: TextClause, word: str, table: str = "position"
) -> list[Any] | None:
    """What has the word; None when it is much for the table, or of a past day without index."""
    is_a_letter = len(word) == 1 and word.isascii()
    if is_a_letter or is_past(session):
        return None
    most = _most(_rows(session, table))
    asked = {"word": word, "pattern": like(word), "most": most + 1}
    ids = list(session.execute(statement, asked).scalars())
    return list(dict.fromkeys(ids)) if len(ids) <= most else None


def _rows(session: Session, table: str) -> int:
    """About how many the table has."""
    return int(session.execute(_ROWS, {"table": table}).scalar_one())


def _most(rows: int) -> int:
    return max(FEW, isqrt(_PER_ROW * rows))
