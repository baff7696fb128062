"""Ledgers with traps, scored against their answer key: nothing may be silently wrong."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from importers import service
from importers.models import ImportJob, ImportRow
from service.accounts.actor import terminal_actor
from service.core.database import SYSTEM, identify
from service.core.settings import Settings
from tests.importers.corpus.answers import CorpusFile
from tests.importers.corpus.city import BEFORE, JGD2011
from tests.importers.corpus.formats import delimited
from tests.importers.corpus.make import corpus, write
from tests.importers.corpus.run import STORED, FileResult, run
from tests.importers.corpus.score import Score, Verdict, examples, scored, table, totals
from tests.importers.corpus.variants import SYNONYMS, ledger
from tests.importers.ledgers import plan
from tests.own_database import own_settings

BASELINE = Path(__file__).parent / "corpus" / "baseline.json"
ACTOR = terminal_actor("corpus")
LEAST_TRAPS, LEAST_FILES = 60, 12


@pytest.fixture(scope="module")
def settings(maintenance_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    state = tmp_path_factory.mktemp("corpus")
    with own_settings(maintenance_url, "corpus", state) as own:
        yield own


@pytest.fixture(scope="module")
def results(engine: Engine) -> dict[str, tuple[CorpusFile, FileResult]]:
    found = {}
    with engine.connect() as connection, connection.begin() as outer:
        with _session(connection) as session:
            _found_city(session)
            session.commit()
        for file in corpus():
            with connection.begin_nested() as inner, _session(connection) as session:
                found[file.name] = file, run(session, file, by=ACTOR)
                session.close()
                inner.rollback()
        outer.rollback()
    return found


def _found_city(session: Session) -> None:
    for content in BEFORE:
        job = plan(session, content, by=ACTOR, crs=JGD2011)
        service.apply_job(session, job.id, by=ACTOR)


@pytest.fixture(scope="module")
def scores(results: dict[str, tuple[CorpusFile, FileResult]]) -> list[Score]:
    found = [score for file, result in results.values() for score in scored(file, result)]
    print(f"\n{table(found)}")  # noqa: T201 - the score is what people look for
    return found


def _session(connection: object) -> Session:
    session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    identify(session, SYSTEM)
    return session


def test_nothing_is_silently_wrong(scores):
    wrong = examples(score for score in scores if score.verdict is Verdict.SILENT)
    assert not wrong, "\n".join(wrong)


def test_no_file_ends_in_an_unexplained_failure(scores):
    crashed = {f"{s.file}: {s.got}" for s in scores if s.verdict is Verdict.CRASHED}
    assert not crashed, "\n".join(sorted(crashed))


def test_a_file_that_comes_again_changes_nothing(results):
    again = {name: result.again[:3] for name, (_, result) in results.items() if result.again}
    assert not again, json.dumps(again, ensure_ascii=False, indent=1, default=str)


def test_records_that_no_row_tells_of_stay_as_they_are(results):
    assert not {name: result.harmed for name, (_, result) in results.items() if result.harmed}


def test_every_code_has_words_in_both_languages(results):
    wordless = {code for _, result in results.values() for code in result.wordless}
    assert not wordless


def test_no_trap_is_handled_worse_than_before(scores):
    hits = {trap: counted[0] for trap, counted in totals(scores, by_file=False).items()}
    if os.environ.get("GESUIBO_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(hits, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    before = json.loads(BASELINE.read_text())
    worse = {
        trap: (hits.get(trap, 0), least)
        for trap, least in before.items()
        if hits.get(trap, 0) < least
    }
    assert not worse


def test_the_corpus_is_wide_enough_and_always_the_same(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    write(first)
    write(second)
    assert len(list(first.iterdir())) > LEAST_FILES
    assert len({answer.trap for file in corpus() for answer in file.answers}) >= LEAST_TRAPS
    assert (first / "answers.csv").read_bytes() == (second / "answers.csv").read_bytes()


_FIELDS = list(SYNONYMS)
_WRITTEN_AS = frozenset(
    {"raw", "installed_raw", "spec_raw", "acquired_cost_raw", "manufacturer_raw"}
)
_NAMED_BY_CHANCE = frozenset(
    {"id", "location_id", "parent_id", "model_id", "device_id", "position_id"}
)


@pytest.fixture
def city(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection, connection.begin() as outer:
        with _session(connection) as session:
            _found_city(session)
            yield session
        outer.rollback()


@settings_of_hypothesis(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    order=st.permutations(range(len(_FIELDS))),
    names=st.tuples(*(st.sampled_from(SYNONYMS[field]) for field in _FIELDS)),
    widened=st.sets(st.sampled_from(_FIELDS)),
)
def test_the_order_the_names_and_the_widths_of_columns_do_not_matter(city, order, names, widened):
    plain = _planned(city, ledger(range(len(_FIELDS)), [SYNONYMS[f][0] for f in _FIELDS], set()))
    assert sorted(_planned(city, ledger(order, names, widened)) ^ plain) == []


def _planned(session: Session, lines: list[list[str]]) -> set[str]:
    """What each row would write, but for ids and the cells as they were written."""
    job = plan(session, delimited(lines, encoding="utf-8"), by=ACTOR)
    left_out = _WRITTEN_AS | _NAMED_BY_CHANCE
    return {
        f"{row.row_no} {row.outcome} {o['do']} {o['kind']} {name}={value}"
        for row in _rows_of(session, job)
        for o in (row.normalised or {}).get("operations", [])
        for name, value in o["values"].items()
        if name not in left_out
    }


def test_a_public_ledger_of_pumps_ends_without_an_unexplained_failure(city):
    folder = Path(__file__).parents[3] / "shared" / "data"
    files = sorted(folder.glob("*.csv"))
    if not files:
        pytest.skip("no public example ledgers beside this checkout")
    for path in files:
        job = plan(city, path.read_bytes(), by=ACTOR)
        rows = _rows_of(city, job)
        assert rows
        assert all(row.outcome in STORED or _explained(row) for row in rows)


def _rows_of(session: Session, job: ImportJob) -> list[ImportRow]:
    wanted = select(ImportRow).where(ImportRow.job_id == job.id)
    return list(session.exec(wanted.order_by(ImportRow.row_no, ImportRow.part_no)))


def _explained(row: ImportRow) -> bool:
    return any(message["level"] in {"error", "conflict", "question"} for message in row.messages)
