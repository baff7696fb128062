"""How often one client may knock at the public door."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from service.core.errors import TooManyRequests


@dataclass
class Pace:
    """A bucket per client, kept by each process for the clients seen last."""

    allowed: int
    refill_s: float
    remembered: int = 10_000
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def step(self, client: str) -> None:
        """Counts one knock.

        Raises:
            TooManyRequests: when this client has knocked too often lately.
        """
        with self._lock:
            moment = self.clock()
            left, at = self._buckets.get(client, (float(self.allowed), moment))
            left = min(float(self.allowed), left + (moment - at) / self.refill_s)
            if left < 1:
                raise TooManyRequests(retry_after_s=math.ceil((1 - left) * self.refill_s))
            self._buckets[client] = (left - 1, moment)
            self._buckets.move_to_end(client)
            while len(self._buckets) > self.remembered:
                self._buckets.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()


FILINGS = Pace(allowed=5, refill_s=600)
LOOKS = Pace(allowed=30, refill_s=4)
