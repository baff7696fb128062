"""Case files as other people write them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.analytics.methods.histories import Histories
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.power_law import PowerLaw, beta_limits, power_law
from service.analytics.methods.weibull import Weibull, likelihood_eta_limits, weibull
from service.analytics.verification import CASES, CaseResult, verify

FAILED = [54, 187, 216, 240, 244, 335, 361, 373, 375, 386]


def run(folder: Path, **body: Any) -> CaseResult:
    (folder / "case.json").write_text(json.dumps({"id": "a", "expected": {}} | body))
    [result] = verify(folder)
    return result


def nist_weibull() -> Weibull:
    fit = weibull(Lifetimes.of([*FAILED, *[500] * 10], [1] * 10 + [0] * 10))
    assert isinstance(fit, Weibull)
    return fit


@pytest.mark.parametrize(
    "name",
    ["ci_beta", "beta_ci95", "beta_ci", "shape_ci95", "beta_limits", "ci95_shape", "rho_ci"],
)
def test_limits_by_any_of_their_names(tmp_path: Path, name: str):
    limits = nist_weibull().beta_limits()
    result = run(
        tmp_path,
        method="weibull",
        inputs={"failures": FAILED, "suspended": [500] * 10},
        expected={name: [limits.lower, limits.upper]},
    )
    assert result.passed is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta_lower95", nist_weibull().beta_limits().lower),
        ("lower_beta", nist_weibull().beta_limits().lower),
        ("eta_upper_90", nist_weibull().eta_limits(0.9).upper),
        ("se_shape", nist_weibull().beta_error),
        ("scale_se", nist_weibull().eta_error),
        ("beta_var", nist_weibull().beta_error ** 2),
        ("B10", nist_weibull().b_life(0.1)),
        ("b_10", nist_weibull().b_life(0.1)),
        ("quantile_0.2", nist_weibull().b_life(0.2)),
        ("reliability_at_300", nist_weibull().survival(300)),
        ("mttf", nist_weibull().mean),
    ],
)
def test_single_figures_by_any_of_their_names(tmp_path: Path, name: str, value: float):
    rows = [{"time": t, "censored": 0} for t in FAILED]
    rows += [{"time": 500, "censored": 1, "count": 10}]
    result = run(
        tmp_path,
        method="weibull_mle",
        inputs={},
        tables={"data": [{"count": 1} | row for row in rows]},
        expected={name: value},
        tolerance={"rel": 1e-9},
    )
    assert result.passed is True, result


@pytest.mark.parametrize(
    ("word", "kept"),
    [("Failed", "Suspended"), ("F", "S"), ("failure", "censored"), (True, False), (1, 0), (2, 1)],
)
def test_marks_of_an_end_in_words_or_figures(tmp_path: Path, word: object, kept: object):
    rows = [{"hours": t, "status": word} for t in FAILED]
    rows += [{"hours": 500, "status": kept} for _ in range(10)]
    expected = {"beta": nist_weibull().beta, "n_failed": 10, "n_censored": 10}
    result = run(
        tmp_path, method="weibull", tables={"lives": rows}, expected=expected, tolerance=1e-9
    )
    assert result.passed is True, result


def test_systems_within_the_inputs(tmp_path: Path):
    systems = {"A": {"times": [3.0, 9, 20], "T": 30}, "B": {"times": [8.0, 25], "T": 40, "S": 5}}
    histories = Histories.of(
        [("A", 0, 30), ("B", 5, 40)], [("A", 3), ("A", 9), ("A", 20), ("B", 8), ("B", 25)]
    )
    fit = power_law(histories)
    assert isinstance(fit, PowerLaw)
    limits = beta_limits(fit, confidence=0.9)
    result = run(
        tmp_path,
        method="NHPP",
        inputs={"systems": systems},
        expected={
            "beta": fit.beta,
            "lambda": fit.scale,
            "beta_ci90": {"lower": limits.lower, "upper": limits.upper},
            "expected_failures_at_10": fit.expected(0, 10),
        },
    )
    assert result.passed is True, result


def test_what_is_absent_or_infinite_is_an_answer(tmp_path: Path):
    result = run(
        tmp_path,
        method="rate",
        inputs={"failures": 0, "exposure": 10},
        expected={"mtbf": None, "mtbf_ci95": [10 / -np.log(0.025), "inf"], "rate": 0},
    )
    assert result.passed is True, result
    result = run(
        tmp_path,
        method="km",
        inputs={"times": [5, 6, 7], "event": [1, 0, 0]},
        expected={"median": "not reached", "survival": {"5": 2 / 3}},
    )
    assert result.passed is True, result


def test_a_name_that_nobody_knows_fails_and_says_so(tmp_path: Path):
    result = run(
        tmp_path,
        method="rate",
        inputs={"failures": 3, "exposure": 10},
        expected={"rate": 0.3, "moon": 1},
    )
    assert result.passed is False
    assert [(check.name, check.is_known) for check in result.checks or ()] == [
        ("rate", True),
        ("moon", False),
    ]


@pytest.mark.parametrize("method", sorted({r.case.method for r in verify(CASES)}))
def test_a_case_without_data_is_refused_with_what_is_missing(tmp_path: Path, method: str):
    result = run(tmp_path, method=method, inputs={}, expected={"beta": 1.0})
    assert result.passed is False
    assert result.unreadable or not all(check.is_known for check in result.checks or ())
    assert "Error" not in (result.unreadable or "")


def test_a_file_that_is_no_case_spoils_no_other(tmp_path: Path):
    (tmp_path / "a.json").write_text("{ no json")
    (tmp_path / "b.json").write_text('["text"]')
    (tmp_path / "c.json").write_text(
        json.dumps([{"method": "rate", "inputs": {"failures": 3, "exposure": 10},
                     "expected": {"rate": 0.3}}])
    )  # fmt: skip
    assert [result.passed for result in verify(tmp_path)] == [False, False, True]


def test_profile_limits_of_eta_are_where_the_likelihood_falls(tmp_path: Path):
    lives = Lifetimes.of([*FAILED, *[500] * 10], [1] * 10 + [0] * 10)
    limits = likelihood_eta_limits(lives, nist_weibull())
    # R: WeibullR / survreg profile of the same data, by a scan of the log-likelihood.
    grid = np.linspace(0.2, 8, 40_001)
    ended, every = np.array(FAILED, float), lives.exit

    def profile(eta: float) -> float:
        logs = np.log(ended / eta).sum()
        grown = ((every[:, None] / eta) ** grid).sum(axis=0)
        return float((10 * np.log(grid / eta) + (grid - 1) * logs - grown).max())

    top = nist_weibull().loglik
    for end in (limits.lower, limits.upper):
        assert profile(end) == pytest.approx(top - 3.841459 / 2, abs=1e-4)


def test_lists_side_by_side_are_a_table(tmp_path: Path):
    result = run(
        tmp_path,
        method="kaplan_meier",
        inputs={"durations": [1, 2, 3, 4], "event_observed": [1, 0, 1, 0]},
        expected={"survival": {"1": 0.75, "3": 0.375}, "n_failed": 2, "median": 3},
    )
    assert result.passed is True, result


def test_ages_of_two_kinds_are_no_table_though_of_one_length(tmp_path: Path):
    inputs = {"times": FAILED, "suspended": [500] * 10}
    result = run(tmp_path, method="weibull", inputs=inputs, expected={"beta": nist_weibull().beta})
    assert result.passed is True, result


@pytest.mark.parametrize(
    "inputs",
    [
        {"T": 20, "systems": [[3, 9, 15], [8]]},
        {"T": 20, "events": {"a": [3, 9, 15], "b": [8]}},
        {"windows": [[0, 20], [0, 20]], "events": [[3, 9, 15], [8]]},
        {"systems": {"a": {"times": [3, 9, 15], "end": 20}, "b": {"times": [8], "end": 20}}},
    ],
)
def test_systems_as_lists_of_times(tmp_path: Path, inputs: dict[str, Any]):
    beta = 4 / sum(np.log(20 / t) for t in (3, 9, 15, 8))
    result = run(tmp_path, method="crow_amsaa", inputs=inputs, expected={"beta": beta, "N": 4})
    assert result.passed is True, result


def test_rows_from_event_to_event(tmp_path: Path):
    rows = [
        {"id": "a", "start": 0, "stop": 4, "event": 1},
        {"id": "a", "start": 4, "stop": 10, "event": 0},
        {"id": "b", "start": 6, "stop": 9, "event": 0},
    ]
    expected = {"mcf_last": 1, "n_units": 2, "at_risk": {"4": 1}}
    result = run(tmp_path, method="mcf", tables={"data": rows}, expected=expected)
    assert result.passed is True, result


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("y ~ C(k) + offset(log(t))", ["(Intercept)", "k2"]),
        ("y ~ k + offset(log(t))", ["(Intercept)", "k"]),
        ("y ~ w*k + offset(log(t))", ["(Intercept)", "wb", "k", "wb:k"]),
    ],
)
def test_formulas(tmp_path: Path, formula: str, names: list[str]):
    rows = [
        {"y": y, "k": k, "w": w, "t": 2.0}
        for y, k, w in [(3, 1, "a"), (5, 2, "a"), (2, 1, "b"), (9, 2, "b"), (4, 1, "a")]
    ]
    expected: dict[str, Any] = {"coef": dict.fromkeys(names, 0.0), "n": 5}
    result = run(
        tmp_path, method="glm", inputs={"formula": formula}, tables={"data": rows},
        expected=expected, tolerance={"abs": 99},
    )  # fmt: skip
    assert result.passed is True, result


def test_a_formula_that_is_not_understood_is_said(tmp_path: Path):
    result = run(tmp_path, method="glm", inputs={"formula": "y ~ a/b"}, tables={"data": [{"y": 1}]})
    assert result.unreadable is not None
    assert "formula" in result.unreadable


def test_season_by_the_square_roots_of_edwards(tmp_path: Path):
    counts = [10, 12, 9, 14, 18, 22, 25, 21, 17, 13, 11, 8]
    angle = 2 * np.pi * (np.arange(12) + 0.5) / 12
    roots = np.sqrt(counts)
    centre = np.hypot((roots * np.cos(angle)).sum(), (roots * np.sin(angle)).sum()) / roots.sum()
    expected = {"edwards_amplitude": 4 * centre, "edwards_chi2": 8 * sum(counts) * centre**2}
    result = run(tmp_path, method="season", inputs={"counts": counts}, expected=expected)
    assert result.passed is True, result


def test_groups_by_a_column_that_only_a_figure_names(tmp_path: Path):
    rows = [
        {"time": t, "event": 1, "celltype": kind}
        for t, kind in [(1, "large"), (2, "large"), (5, "small"), (9, "small")]
    ]
    expected = {"median_by_celltype": {"large": 1, "small": 5}, "small": {"n": 2}}
    result = run(tmp_path, method="km", tables={"data": rows}, expected=expected)
    assert result.passed is True, result


def test_a_heading_over_figures_and_whole_printed_figures(tmp_path: Path):
    result = run(
        tmp_path,
        method="rate_poisson_ci",
        inputs={"failures": 2, "exposure": 800, "confidence": 0.9},
        expected={"results": {"rate": 0.0025, "mtbf": 400}},
        published={"mtbf_lower": 127, "mtbf_upper": 2251},
    )
    assert result.passed is True, result
    other = run(
        tmp_path,
        method="rate_poisson_ci",
        inputs={"failures": 2, "exposure": 800, "confidence": 0.9},
        published={"mtbf_lower": 128},
    )
    assert other.passed is False
