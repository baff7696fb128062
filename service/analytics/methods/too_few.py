"""The answer of a method that has not seen enough to say anything."""

from dataclasses import dataclass
from enum import StrEnum


class Missing(StrEnum):
    """What there is too little of."""

    FAILURES = "failures"
    DEVICES = "devices"
    EXPOSURE = "exposure"
    CONTRAST = "contrast"  # the data allow every value: no finite estimate exists


@dataclass(frozen=True)
class TooFew:
    """Given instead of an estimate: ``seen`` of ``missing`` where ``needed`` are necessary."""

    missing: Missing
    seen: float
    needed: float
