import json
from pathlib import Path

import pytest

from service.analytics.verification import CASES, PROCEDURES, CaseResult, verify

RESULTS = verify()


@pytest.mark.parametrize("result", RESULTS, ids=[result.case.id for result in RESULTS])
def test_published_case_is_met(result: CaseResult):
    assert result.unreadable is None
    assert [check for check in result.checks if not check.passed] == []
    assert result.checks


def test_every_procedure_has_a_case():
    assert {result.case.method for result in RESULTS} >= set(PROCEDURES)


def changed_copy(folder: Path, **changes: object) -> Path:
    case = json.loads((CASES / "rate_02_garwood_table.json").read_text())
    (folder / "case.json").write_text(json.dumps(case | {"tables": {}} | changes))
    return folder


def test_a_wrong_figure_fails(tmp_path: Path):
    [result] = verify(changed_copy(tmp_path, expected={"x0_95": [0, 3.70]}, published={}))
    assert result.passed is False
    assert [check.name for check in result.checks if not check.passed] == ["x0_95[1]"]


def test_a_figure_nobody_computes_fails(tmp_path: Path):
    [result] = verify(changed_copy(tmp_path, expected={"unheard_of": 1.0}, published={}))
    assert result.passed is False


def test_an_unknown_method_is_open_and_an_incomplete_case_fails(tmp_path: Path):
    [result] = verify(changed_copy(tmp_path, method="tea_leaves"))
    assert result.passed is None
    [result] = verify(changed_copy(tmp_path, method="exposure_accounting"))
    assert result.passed is False
    assert "cohort" in result.unreadable
