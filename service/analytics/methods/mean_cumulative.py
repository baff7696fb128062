"""Mean cumulative function (平均累積故障数): expected failures, or cost, of a device up to an age.

No law is assumed. The band allows devices to be unlike and failures of one device to hang together.
"""

from dataclasses import dataclass, replace

import numpy as np

from service.analytics.methods.distributions import Floats, Ints, two_sided_z
from service.analytics.methods.histories import Histories
from service.analytics.methods.rates import CONFIDENCE
from service.analytics.methods.too_few import Missing, TooFew

_CHUNK = 4_000_000


@dataclass(frozen=True)
class MeanCumulative:
    """Steps of the function; ``from_age`` is where it starts from nothing.

    Without any event the arrays are empty: give the upper bound of the rate (`rates.garwood`) of
    ``exposure`` instead. ``standard_error`` is None for a single device.
    """

    ages: Floats
    at_risk: Floats
    events: Floats
    values: Floats
    standard_error: Floats | None
    from_age: float
    until_age: float
    devices: int
    exposure: float

    def limits(self, confidence: float = CONFIDENCE) -> tuple[Floats, Floats] | None:
        """M·exp(±z·se/M), pointwise; None for a single device."""
        if self.standard_error is None:
            return None
        return log_limits(self.values, self.standard_error, confidence)

    def at(self, ages: Floats) -> tuple[Floats, Floats]:
        """Value and standard error at any ages (NaN error for a single device)."""
        step = np.searchsorted(self.ages, ages, side="right")
        error = self.standard_error
        if error is None:
            error = np.full(len(self.ages), np.nan)
        return (
            np.concatenate([[0.0], self.values])[step],
            np.concatenate([[0.0], error])[step],
        )


def log_limits(values: Floats, error: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Limits that stay positive: value·exp(±z·se/value); (0, 0) where the value is 0."""
    safe = np.where(values > 0, values, 1.0)
    factor = np.exp(two_sided_z(confidence) * error / safe)
    return values / factor, values * factor


def mean_cumulative(
    histories: Histories, *, min_at_risk: int = 1, points: int | None = None
) -> MeanCumulative | TooFew:
    """M̂(t) = Σ_{t_j ≤ t} d_j / r_j with the robust variance, in events (or sizes) per device.

    Var M̂(t) = Σ_i [Σ_{t_j ≤ t} Y_ij/r_j (d_ij − d_j/r_j)]². d_ij is what device i added at t_j
    (several events at one age add up, sizes give the cost function), r_j the devices with
    start < t_j ≤ end. A device retired at t_j is still at risk. Cost: O(events + devices · ages).

    Args:
        histories: Devices may enter late, and have gaps.
        min_at_risk: The function starts at the youngest age from which so many are at risk, and
            is then an increment from that age.
        points: Ages to keep; None keeps every age with an event.

    Source: Nelson (1995), Technometrics 37, 147–157; Lawless & Nadeau (1995), ibid. 158–168.
    """
    if not len(histories.starts):
        return TooFew(Missing.EXPOSURE, 0, 1)
    age = start_age(histories, min_at_risk)
    if age is None:
        return TooFew(Missing.DEVICES, histories.devices, min_at_risk)
    seen = histories.from_age(age)
    ages, index = np.unique(seen.times, return_inverse=True)
    at_risk = _at_risk(seen, ages)
    increments = np.bincount(index, seen.sizes, minlength=len(ages)).astype(np.float64)
    chosen = _chosen(len(ages), points)
    found = MeanCumulative(
        ages=ages[chosen],
        at_risk=at_risk[chosen],
        events=np.bincount(index, minlength=len(ages)).astype(float)[chosen],
        values=np.cumsum(increments / at_risk)[chosen],
        standard_error=None,
        from_age=age,
        until_age=float(seen.ends.max()),
        devices=seen.devices,
        exposure=seen.exposure,
    )
    if seen.devices < 2:  # noqa: PLR2004  # one device has no spread
        return found
    error = _robust_error(seen, index, (ages, at_risk, increments), ages[chosen])
    return replace(found, standard_error=error)


def start_age(histories: Histories, min_at_risk: int) -> float | None:
    """Youngest age after which at least so many devices are at risk; None when never."""
    ages = np.unique(histories.starts)
    entered = np.searchsorted(np.sort(histories.starts), ages, side="right")
    left = np.searchsorted(np.sort(histories.ends), ages, side="right")
    enough = np.flatnonzero(entered - left >= min_at_risk)
    return float(ages[enough[0]]) if len(enough) else None


def independent_error(histories: Histories) -> Floats:
    """Standard error if increments were independent: √Σ_j Σ_i (d_ij − d̄_j)²/r_j².

    Only to compare with programs that print it; too small when devices are unlike.
    """
    ages, index = np.unique(histories.times, return_inverse=True)
    at_risk = _at_risk(histories, ages)
    total = np.bincount(index, histories.sizes, minlength=len(ages))
    pairs, pair = np.unique(histories.event_device * max(len(ages), 1) + index, return_inverse=True)
    own = np.bincount(pair, histories.sizes, minlength=len(pairs))
    squares = np.bincount(pairs % max(len(ages), 1), own**2, minlength=len(ages))
    return np.asarray(np.sqrt(np.cumsum((squares - total**2 / at_risk) / at_risk**2)))


def sequential_variance(histories: Histories) -> Floats:
    """After every single event, ties taken one after another: Σ (1 − 1/r)/r².

    As ReliaSoft and the Python package reliability print it; independent increments, and larger
    than `independent_error` where devices fail at the same age. To compare only.
    """
    at_risk = _at_risk(histories, np.sort(histories.times))
    return np.asarray(np.cumsum((1 - 1 / at_risk) / at_risk**2))


def poisson_error(histories: Histories) -> Floats:
    """Standard error if all devices were one Poisson process: √Σ d_j/r_j². To compare only."""
    ages, index = np.unique(histories.times, return_inverse=True)
    at_risk = _at_risk(histories, ages)
    return np.asarray(np.sqrt(np.cumsum(np.bincount(index, minlength=len(ages)) / at_risk**2)))


@dataclass(frozen=True)
class Difference:
    """First minus second at ages both were followed to; the limits are pointwise."""

    ages: Floats
    values: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats


def difference(
    first: MeanCumulative, second: MeanCumulative, *, confidence: float = CONFIDENCE
) -> Difference | TooFew:
    """M1 − M2 ± z·√(se1² + se2²) up to the shorter follow-up (Nelson 2003, ch. 5).

    Both must start at the same age (or the caller says that they are increments).
    """
    if first.standard_error is None or second.standard_error is None:
        return TooFew(Missing.DEVICES, 1, 2)
    ages = np.union1d(first.ages, second.ages)
    ages = ages[ages <= min(first.until_age, second.until_age)]
    (one, one_error), (two, two_error) = first.at(ages), second.at(ages)
    error = np.hypot(one_error, two_error)
    margin = two_sided_z(confidence) * error
    return Difference(ages, one - two, error, one - two - margin, one - two + margin)


def _at_risk(histories: Histories, ages: Floats) -> Floats:
    entered = np.searchsorted(np.sort(histories.starts), ages, side="left")
    left = np.searchsorted(np.sort(histories.ends), ages, side="left")
    return (entered - left).astype(float)


def _chosen(count: int, points: int | None) -> Ints:
    if points is None or count <= points:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, points).round().astype(np.int64))


def _robust_error(
    seen: Histories, index: Ints, curve: tuple[Floats, Floats, Floats], grid: Floats
) -> Floats:
    """Residual of a device: its own Σ d_ij/r_j less the share of all that fell in its windows."""
    ages, at_risk, increments = curve
    share = np.concatenate([[0.0], np.cumsum(increments / at_risk**2)])
    numbers, device = np.unique(seen.window_device, return_inverse=True)
    place = np.zeros(int(numbers[-1]) + 1, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    event_device = place[seen.event_device]
    own = seen.sizes / at_risk[index]
    column = np.searchsorted(grid, ages, side="left")[index]
    variance = np.zeros(len(grid))
    size = max(1, _CHUNK // max(len(grid), 1))
    for low in range(0, len(numbers), size):
        high = min(low + size, len(numbers))
        mine = (event_device >= low) & (event_device < high) & (column < len(grid))
        cell = (event_device[mine] - low) * len(grid) + column[mine]
        residual = np.bincount(cell, own[mine], minlength=(high - low) * len(grid))
        table = np.cumsum(residual.reshape(high - low, len(grid)).astype(np.float64), axis=1)
        spans = (device >= low) & (device < high)
        _subtract_share(
            table,
            device[spans] - low,
            (seen.starts[spans], seen.ends[spans]),
            (ages, share, grid),
        )
        variance += (table**2).sum(axis=0)
    return np.asarray(np.sqrt(variance))


def _subtract_share(
    residual: Floats,
    rows: Ints,
    spans: tuple[Floats, Floats],
    curve: tuple[Floats, Floats, Floats],
) -> None:
    ages, share, grid = curve
    first = np.searchsorted(ages, spans[0], side="right")
    last = np.searchsorted(ages, spans[1], side="right")
    reached = np.searchsorted(ages, grid, side="right")
    upto = np.clip(reached[None, :], first[:, None], last[:, None])
    parts = share[upto]
    parts -= share[first][:, None]
    # Windows are in the order of their devices, so those of one device are neighbours.
    residual -= np.add.reduceat(parts, np.flatnonzero(np.diff(rows, prepend=-1)), axis=0)
