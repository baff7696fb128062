"""How often nominal 95 % intervals hold the truth when devices are unlike.

    uv run python -m tests.benchmarks.coverage [REPEATS]

Seeded: the same table each time. Rates of devices follow a gamma law with mean 0.4 a year.
"""

import sys
from collections.abc import Callable, Iterator

import numpy as np

from service.analytics.methods.forecast import predict_group
from service.analytics.methods.histories import Histories
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.mean_cumulative import mean_cumulative
from service.analytics.methods.power_law import power_law, robust_beta_limits
from service.analytics.methods.rates import DeviceSums, garwood, group_rate
from service.analytics.methods.weibull import weibull

RATE = 0.4
SHAPES = (np.inf, 2.0, 0.5)
Generator = np.random.Generator


def devices(generator: Generator, count: int, shape: float) -> np.ndarray:
    """Failures a year of each device."""
    if np.isinf(shape):
        return np.full(count, RATE)
    return generator.gamma(shape, RATE / shape, count)


def observed(generator: Generator, count: int, shape: float) -> tuple[np.ndarray, np.ndarray]:
    """Rates and the years seen: half the devices came during the ten years."""
    years = np.where(generator.random(count) < 0.5, 10.0, generator.uniform(1, 10, count))
    return devices(generator, count, shape), years


def rate(generator: Generator, count: int, shape: float) -> tuple[bool, bool]:
    """The scaled interval, and Garwood's plain one."""
    rates, years = observed(generator, count, shape)
    failures = generator.poisson(rates * years).tolist()
    group = DeviceSums.of(failures, years.tolist())
    scaled, plain = group_rate(group).limits, garwood(group.failures, group.exposure)
    return scaled.lower <= RATE <= scaled.upper, plain.lower <= RATE <= plain.upper


def curve(generator: Generator, count: int, shape: float) -> tuple[bool]:
    """The mean cumulative function at 8 years, with entry at up to 3 years."""
    rates = devices(generator, count, shape)
    starts, ends = generator.uniform(0, 3, count), generator.uniform(7, 12, count)
    starts[: count // 2] = 0
    windows = list(zip(range(count), starts, ends, strict=True))
    events = [
        (device, time)
        for device, start, end in windows
        for time in generator.uniform(start, end, generator.poisson(rates[device] * (end - start)))
    ]
    found = mean_cumulative(Histories.of(windows, events))
    low, high = found.limits()
    step = np.searchsorted(found.ages, 8.0, side="right") - 1
    return (low[step] <= 8 * RATE <= high[step],)


def forecast(generator: Generator, count: int, shape: float) -> tuple[bool]:
    """The failures of the same devices in the year that follows."""
    rates, years = observed(generator, count, shape)
    failures = generator.poisson(rates * years)
    found = predict_group(DeviceSums.of(failures.tolist(), years.tolist()), float(count))
    future = generator.poisson(rates).sum()
    return (found.limits.lower <= future <= found.limits.upper,)


def late_lives(generator: Generator, count: int, shape: float) -> tuple[bool, bool, bool]:
    """Weibull β, η and B10 of devices already old when the records start; β = shape."""
    life = 30 * generator.weibull(shape, count)
    age = generator.uniform(-20, 30, count)
    entry, end = np.maximum(age, 0), age + 20
    seen = (life > entry) & (end > 0)
    fit = weibull(
        Lifetimes.of(np.minimum(life, end)[seen], (life <= end)[seen].astype(float), entry[seen])
    )
    b10 = 30 * (-np.log(0.9)) ** (1 / shape)
    pairs = ((fit.beta_limits(), shape), (fit.eta_limits(), 30), (fit.b_life_limits(0.1), b10))
    return tuple(limits.lower <= truth <= limits.upper for limits, truth in pairs)


def growth(generator: Generator, count: int, shape: float) -> tuple[bool]:
    """β = 1.6 of the power law with windows of unequal age, device-clustered limits."""
    beta, factors = 1.6, devices(generator, count, shape) / RATE
    windows, events = [], []
    for device in range(count):
        start = generator.uniform(0, 10)
        end = start + generator.uniform(3, 8)
        mass = end**beta - start**beta
        failures = generator.poisson(0.06 * factors[device] * mass)
        windows.append((device, start, end))
        shares = generator.random(failures)
        events += [(device, (start**beta + share * mass) ** (1 / beta)) for share in shares]
    limits = robust_beta_limits(power_law(Histories.of(windows, events)))
    return (limits.lower <= beta <= limits.upper,)


CASES: tuple[tuple[str, Callable[..., tuple[bool, ...]], tuple[str, ...]], ...] = (
    ("rate", rate, ("rate, scaled limits", "rate, plain Garwood (not used for groups)")),
    ("curve", curve, ("mean cumulative function, 8 years",)),
    ("growth", growth, ("power-law beta, clustered by device",)),
    ("forecast", forecast, ("forecast of the next year's count",)),
)


def share(case: Callable[..., tuple[bool, ...]], arguments: tuple, repeats: int) -> np.ndarray:
    generator = np.random.default_rng(20261123)
    return np.mean([case(generator, *arguments) for _ in range(repeats)], axis=0)


def table(repeats: int) -> Iterator[tuple[str, str, int, float]]:
    """Interval, kind of devices, number of devices, share that holds the truth."""
    for _, case, labels in CASES:
        for shape in SHAPES:
            kind = "alike" if np.isinf(shape) else f"unlike, gamma shape {shape:g}"
            for count in (50, 150):
                for label, held in zip(labels, share(case, (count, shape), repeats), strict=True):
                    yield label, kind, count, float(held)
    for count in (100, 400):
        held = share(late_lives, (count, 2.5), repeats)
        for label, value in zip(("beta", "eta", "B10"), held, strict=True):
            yield f"Weibull {label}, delayed entry", "shape 2.5", count, float(value)


def main(repeats: int) -> None:
    print("| interval | devices | number | holds the truth |\n|---|---|---|---|")
    for label, kind, count, held in table(repeats):
        print(f"| {label} | {kind} | {count} | {100 * held:.1f} % |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
