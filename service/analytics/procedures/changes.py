from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from service.analytics.methods.change_points import (
    ChangePoint,
    best_segments,
    change_point,
    segments,
)
from service.analytics.methods.distributions import Floats
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.series import counts_of, labels_of

_MOST = 5
_ALIASES = {
    "last_of_first_regime": (
        "last_year_of_first_regime", "last_period_of_first_regime", "change_after", "change",
        "last_month_of_first_regime", "tau", "change_point", "changepoint", "last_index",
        "last", "change_year", "last_year", "last_year_before", "change_period", "break_after",
    ),
    "first_of_second_regime": (
        "first_year_of_second_regime", "first_month_of_second_regime", "first_year_after",
        "first_period_of_second_regime", "first_period_after", "change_from",
    ),
    "change_index": ("last_index_of_first_regime", "tau_index", "index"),
    "rate_before": ("rate1", "lambda1", "mean_before", "first_rate"),
    "rate_after": ("rate2", "lambda2", "mean_after", "second_rate"),
    "lr_statistic": ("statistic", "lr", "likelihood_ratio", "lr_max", "max_lr"),
    "p_value": ("p", "p_permutation", "permutation_p"),
    "two_changes_last_years": ("two_changes", "two_changes_last", "two_changes_last_periods"),
    "changes_bic": ("bic_changes", "best_changes_bic"),
    "n_changes_bic": ("bic_best_n_changes", "best_n_changes", "n_changes", "changes_by_bic"),
    "n_segments_bic": ("best_n_segments", "n_segments"),
    "changes": ("changepoints", "segments_last", "change_years", "last_years", "change_points",
                "last_periods", "changes_last_years", "breaks", "segment_ends"),
    "segment_rates": ("rates", "rates_by_segment", "lambdas"),
    "plausible": ("interval", "date_interval", "plausible_interval", "support_interval"),
    "bic": ("bic_by_changes",),
}  # fmt: skip


def check_change_point(case: Case) -> Iterator[Check]:
    counts, exposure = counts_of(case)
    labels = labels_of(case, len(counts))
    permutations = int(given.value(case, ("permutations", "n_permutations", "n_perm"), 999))
    found = change_point(counts, exposure, permutations=permutations)
    if not isinstance(found, ChangePoint):
        yield from compare(case, {"change": None, "statistic": None})
        return
    lasts, bic = _segments(case, counts, exposure)
    figures: dict[str, Any] = _of_one(found, labels) | {
        "two_changes_last_years": [labels[at] for at in _lasts(counts, exposure, 2)],
        "n_changes_bic": int(np.argmin(bic)),
        "n_segments_bic": int(np.argmin(bic)) + 1,
        "bic": bic[: len(case.expected.get("bic") or bic)],
        "changes_bic": [labels[at] for at in best_segments(counts, exposure)],
        "changes": [labels[at] for at in lasts],
        "segment_rates": _rates(counts, exposure, lasts),
    }
    yield from compare(case, figures, aliases=_ALIASES)


def _of_one(found: ChangePoint, labels: list[Any]) -> dict[str, Any]:
    before, after = found.rate_before, found.rate_after
    return {
        "rate_before": before,
        "rate_after": after,
        "rate_ratio": after / before if before else None,
        "lr_statistic": found.statistic,
        "p_value": found.p_value,
        "plausible": tuple(labels[index] for index in found.plausible),
        "last_of_first_regime": labels[found.last],
        "first_of_second_regime": labels[found.last + 1],
        "change_index": found.last + 1,
        "significant": found.p_value < 0.05,  # noqa: PLR2004  # the usual level
    }


def _lasts(counts: Floats, exposure: Floats, changes: int) -> list[int]:
    return segments(counts, exposure, changes)[0] if len(counts) > changes else []


def _segments(case: Case, counts: Floats, exposure: Floats) -> tuple[list[int], list[float]]:
    """Ends of as many segments as the case asks for (one change where it names one regime, else
    as many as BIC finds), and BIC by the number of changes."""  # noqa: D205, D209  # one sentence
    bic = []
    for changes in range(min(_MOST, len(counts) - 1) + 1):
        _, loglik = segments(counts, exposure, changes)
        bic.append(-2 * loglik + (2 * changes + 1) * float(np.log(len(counts))))
    asked = given.value(case, ("n_changes", "changes", "n_breaks", "k_changes"))
    parts = given.value(case, ("segments", "n_segments", "regimes", "k"))
    if isinstance(asked, int):
        return _lasts(counts, exposure, asked), bic
    if isinstance(parts, int):
        return _lasts(counts, exposure, parts - 1), bic
    rates = case.expected.get("rates") or case.published.get("rates") or ()
    if len(rates) > 1:
        return _lasts(counts, exposure, len(rates) - 1), bic
    return best_segments(counts, exposure), bic


def _rates(counts: Floats, exposure: Floats, lasts: list[int]) -> list[float]:
    edges = [0, *(last + 1 for last in lasts), len(counts)]
    return [float(counts[a:b].sum() / exposure[a:b].sum()) for a, b in pairwise(edges)]
