"""Ledgers with traps, scored against their answer key: nothing may be silently wrong."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from service.accounts.actor import terminal_actor
from service.core.database import SYSTEM, identify
from service.core.settings import Settings
from tests.importers.corpus.city import BEFORE
from tests.importers.corpus.make import corpus, write
from tests.importers.corpus.run import run
from tests.importers.corpus.score import Score, Verdict, scored, table, totals
from tests.importers.ledgers import load
from tests.own_database import own_settings

BASELINE = Path(__file__).parent / "corpus" / "baseline.json"
ACTOR = terminal_actor("corpus")
LEAST_TRAPS, LEAST_FILES = 60, 12


@pytest.fixture(scope="module")
def settings(
    maintenance_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    state = tmp_path_factory.mktemp("corpus")
    with own_settings(maintenance_url, "gesuibo_corpus", state) as own:
        yield own


@pytest.fixture(scope="module")
def scores(engine: Engine) -> list[Score]:
    found: list[Score] = []
    with engine.connect() as connection, connection.begin() as outer:
        with _session(connection) as session:
            load(session, *BEFORE, by=ACTOR)
            session.commit()
        for file in corpus():
            with connection.begin_nested() as inner, _session(connection) as session:
                found += scored(file, run(session, file, by=ACTOR))
                session.close()
                inner.rollback()
        outer.rollback()
    print(f"\n{table(found)}")  # noqa: T201 - the score is what people look for
    return found


def _session(connection: object) -> Session:
    session = Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    identify(session, SYSTEM)
    return session


def test_nothing_is_silently_wrong(scores):
    wrong = [score.line for score in scores if score.verdict is Verdict.SILENT]
    assert not wrong, "\n".join(wrong)


def test_no_file_ends_in_an_unexplained_failure(scores):
    crashed = {f"{s.file}: {s.got}" for s in scores if s.verdict is Verdict.CRASHED}
    assert not crashed, "\n".join(sorted(crashed))


def test_no_trap_is_handled_worse_than_before(scores):
    hits = {trap: counted[0] for trap, counted in totals(scores, by_file=False).items()}
    if os.environ.get("GESUIBO_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(hits, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    before = json.loads(BASELINE.read_text())
    worse = {trap: (hits.get(trap, 0), least) for trap, least in before.items() if hits.get(trap, 0) < least}
    assert not worse


def test_the_corpus_is_wide_enough_and_always_the_same(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    write(first)
    write(second)
    assert len(list(first.iterdir())) > LEAST_FILES
    assert len({answer.trap for file in corpus() for answer in file.answers}) >= LEAST_TRAPS
    assert (first / "answers.csv").read_bytes() == (second / "answers.csv").read_bytes()
