"""Named streams of chance: one part of the city can change without moving all the others."""

from math import exp
from random import Random
from typing import TypeVar

SEED = "見本市-2026"

T = TypeVar("T")


def stream(*name: str | int) -> Random:
    return Random("/".join([SEED, *map(str, name)]))


def happens(chance: Random, probability: float) -> bool:
    return chance.random() < probability


def poisson(chance: Random, mean: float) -> int:
    """Knuth's multiplication: every mean here is far below ten."""
    threshold, product, count = exp(-mean), chance.random(), 0
    while product > threshold:
        product *= chance.random()
        count += 1
    return count


def weighted(chance: Random, choices: dict[T, float]) -> T:
    return chance.choices(list(choices), weights=list(choices.values()))[0]
