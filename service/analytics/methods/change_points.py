"""When a failure rate changed: Poisson likelihood scan, permutation test, segments by BIC."""

from dataclasses import dataclass

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.too_few import Missing, TooFew

MIN_PERIODS = 4
_DROP = 2.0


@dataclass(frozen=True)
class ChangePoint:
    """``last`` is the last period of the old rate; ``plausible`` all with nearly its likelihood.

    The p value is by permutation of the periods: the largest of many comparisons is not χ²(1).
    """

    last: int
    plausible: tuple[int, int]
    rate_before: float
    rate_after: float
    statistic: float
    p_value: float


def change_point(
    counts: Floats, exposure: Floats, *, permutations: int = 999, seed: int = 1
) -> ChangePoint | TooFew:
    """One change of a Poisson rate: 2 ln likelihood ratio, largest over all periods.

    Args:
        counts: Failures by period, in order; complete periods only.
        exposure: Above 0 in every period.
        permutations: Shuffles of (count, exposure) pairs; 0 for none (p value NaN).
        seed: Of the shuffles: the same data give the same p value.

    ``plausible`` spans the periods whose log-likelihood is within 2 of the best.

    Source: Worsley (1986), Biometrika 73, 91–104; Jarrett (1979).
    """
    if len(counts) < MIN_PERIODS or (exposure <= 0).any():
        return TooFew(Missing.EXPOSURE, int((exposure > 0).sum()), MIN_PERIODS)
    if counts.sum() == 0:
        return TooFew(Missing.FAILURES, 0, 1)
    scan = _scan(counts[None, :], exposure[None, :])[0]
    last = int(scan.argmax())
    near = np.flatnonzero(scan >= scan[last] - 2 * _DROP)
    return ChangePoint(
        last=last,
        plausible=(int(near[0]), int(near[-1])),
        rate_before=float(counts[: last + 1].sum() / exposure[: last + 1].sum()),
        rate_after=float(counts[last + 1 :].sum() / exposure[last + 1 :].sum()),
        statistic=float(scan[last]),
        p_value=_permuted(counts, exposure, float(scan[last]), permutations, seed),
    )


def segments(counts: Floats, exposure: Floats, changes: int) -> tuple[list[int], float]:
    """Last periods of all segments but the final one, and the log-likelihood, for so many changes.

    Best of all divisions, by dynamic programming (O(n²) per change).
    Source: Killick & Eckley (2014), J. Stat. Softw. 58(3).
    """
    gain = _segment_gains(counts, exposure)
    size = len(counts)
    best, back = gain[0, 1:].copy(), []
    for _ in range(changes):
        table = np.full((size, size), -np.inf)
        for end in range(1, size):
            table[end, :end] = best[:end] + gain[1 : end + 1, end + 1]
        back.append(table.argmax(axis=1))
        best = table.max(axis=1)
    ends, at = [], size - 1
    for choice in reversed(back):
        at = int(choice[at])
        ends.append(at)
    return ends[::-1], float(best[-1])


def best_segments(counts: Floats, exposure: Floats, *, most: int = 5) -> list[int]:
    """Segments of the number of changes with the smallest BIC: −2ℓ + (2·changes + 1)·ln n."""
    found = [
        segments(counts, exposure, changes) for changes in range(min(most, len(counts) - 1) + 1)
    ]
    costs = [
        -2 * loglik + (2 * changes + 1) * np.log(len(counts))
        for changes, (_, loglik) in enumerate(found)
    ]
    return found[int(np.argmin(costs))][0]


def _gain(counts: Floats, exposure: Floats) -> Floats:
    """Log-likelihood N ln(N/T) of a stretch, without what all divisions share."""
    rate = np.where(counts > 0, counts / np.where(exposure > 0, exposure, 1.0), 1.0)
    return np.asarray(counts * np.log(rate))


def _segment_gains(counts: Floats, exposure: Floats) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(counts)])
    time = np.concatenate([[0.0], np.cumsum(exposure)])
    return _gain(np.maximum(0.0, total[None, :] - total[:, None]), time[None, :] - time[:, None])


def _scan(counts: Floats, exposure: Floats) -> Floats:
    """Statistic for a change after each period but the last; one row per series."""
    total, time = np.cumsum(counts, axis=1), np.cumsum(exposure, axis=1)
    all_count, all_time = total[:, -1:], time[:, -1:]
    before = _gain(total[:, :-1], time[:, :-1])
    after = _gain(all_count - total[:, :-1], all_time - time[:, :-1])
    return np.asarray(2 * (before + after - _gain(all_count, all_time)))


def _permuted(
    counts: Floats, exposure: Floats, statistic: float, permutations: int, seed: int
) -> float:
    if permutations == 0:
        return float("nan")
    order = np.random.default_rng(seed).permuted(
        np.tile(np.arange(len(counts)), (permutations, 1)), axis=1
    )
    largest = _scan(counts[order], exposure[order]).max(axis=1)
    return float((1 + (largest >= statistic - 1e-9).sum()) / (permutations + 1))
