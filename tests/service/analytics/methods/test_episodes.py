import numpy as np
import polars as pl
import pytest

from service.analytics.methods.episodes import episodes
from service.analytics.methods.shrinkage import GammaPrior, bad_actors, gamma_prior

SPANS = pl.LazyFrame(
    {"spell": [1, 2], "entry_day": [0, 0], "exit_day": [1000, 500]},
    schema={"spell": pl.UInt32, "entry_day": pl.Int32, "exit_day": pl.Int32},
)


def counted(days: list[tuple[int, int]], within: int = 90) -> list[tuple[int, int, int]]:
    failures = pl.LazyFrame(days, schema={"spell": pl.UInt32, "day": pl.Int32}, orient="row")
    found = episodes(failures, SPANS, within_days=within).sort("spell").collect()
    return found.select("spell", "episodes", "live_days").rows()


def test_what_comes_back_is_one_trouble_and_its_time_is_no_exposure():
    # 100 → 150 → 230 hang together (dead 100…320); 450 stands alone (dead 450…540).
    failures = [(1, 100), (1, 150), (1, 150), (1, 230), (1, 450)]
    assert counted(failures) == [(1, 2, 1000 - 220 - 90), (2, 0, 500)]


def test_the_dead_time_ends_with_the_service():
    assert counted([(2, 480)]) == [(1, 0, 1000), (2, 1, 480)]
    assert counted([(2, 100), (2, 191)])[1] == (2, 2, 500 - 180)
    assert counted([(2, 100), (2, 190)])[1] == (2, 1, 500 - 180)


def test_without_any_days_every_day_with_a_failure_counts():
    assert counted([(1, 5), (1, 6)], within=0)[0] == (1, 2, 1000)


@pytest.mark.parametrize("comes_back", [0.0, 0.15, 0.3])
def test_what_is_called_sure_is_as_often_true_as_stated(comes_back: float):
    """2,000 devices, gamma rates of shape 1, five years; so many failures come back in 90 days."""
    generator = np.random.default_rng(11)
    rates = generator.gamma(1.0, 0.5, 2000)
    spells, days = [], []
    for device, rate in enumerate(rates):
        for first in generator.integers(0, 1826, generator.poisson(rate * 5)):
            after = generator.integers(2, 89, generator.geometric(1 - comes_back) - 1)
            course = int(first) + np.concatenate([[0], np.cumsum(after)])
            spells += [device] * len(course)
            days += np.minimum(course, 1825).tolist()
    failures = pl.LazyFrame(
        {"spell": spells, "day": days}, schema={"spell": pl.UInt32, "day": pl.Int32}
    )
    spans = pl.LazyFrame({"spell": range(2000)}, schema={"spell": pl.UInt32}).with_columns(
        entry_day=pl.lit(0, pl.Int32), exit_day=pl.lit(1826, pl.Int32)
    )
    found = episodes(failures, spans, within_days=90).sort("spell").collect()
    counts = found["episodes"].cast(pl.Float64).to_numpy()
    years = found["live_days"].to_numpy() / 365.25
    prior = gamma_prior(counts, years)
    assert isinstance(prior, GammaPrior)
    assert prior.mean == pytest.approx(rates.mean(), rel=0.08)
    sure = [one for one in bad_actors(counts, years, prior) if one.chance_above_twice >= 0.9]
    stated = np.array([one.chance_above_twice for one in sure])
    true = np.array([rates[one.index] > 2 * rates.mean() for one in sure])
    assert len(sure) > 15
    doubt = float(np.sqrt((stated * (1 - stated)).sum())) / len(sure)
    assert true.mean() >= stated.mean() - 2 * doubt
