"""Repeated events of devices, each seen in windows ``(start, end]`` of age or calendar time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from service.analytics.methods.distributions import Floats, Ints


@dataclass(frozen=True)
class Histories:
    """Windows of one device do not overlap; gaps between them were not observed.

    ``sizes`` weigh the events (yen, hours); 1 each when only counted. Times have any one unit.
    """

    window_device: Ints
    starts: Floats
    ends: Floats
    event_device: Ints
    times: Floats
    sizes: Floats
    event_window: Ints

    @classmethod
    def of(
        cls,
        windows: Iterable[tuple[object, float, float]],
        events: Iterable[tuple[object, float]],
        sizes: Iterable[float] | None = None,
    ) -> "Histories":
        """From rows (device, start, end) and (device, time); devices by any name."""
        number: dict[object, int] = {}
        spans = [(number.setdefault(name, len(number)), start, end) for name, start, end in windows]
        found = [(number.get(name, -1), time) for name, time in events]
        weights = np.ones(len(found)) if sizes is None else np.array(list(sizes), dtype=float)
        return cls.from_arrays(
            np.array([row[0] for row in spans], dtype=np.int64),
            (
                np.array([row[1] for row in spans], float),
                np.array([row[2] for row in spans], float),
            ),
            np.array([row[0] for row in found], dtype=np.int64),
            np.array([row[1] for row in found], float),
            weights,
        )

    @classmethod
    def from_arrays(
        cls,
        window_device: Ints,
        spans: tuple[Floats, Floats],
        event_device: Ints,
        times: Floats,
        sizes: Floats | None = None,
    ) -> "Histories":
        """From columns; devices are numbered from 0.

        Windows without length are left out, and so is every event outside its device's windows:
        it could not have been seen (entry < t ≤ exit).
        """
        kept = spans[1] > spans[0]
        order = np.lexsort((spans[0][kept], window_device[kept]))
        device = window_device[kept][order]
        starts, ends = spans[0][kept][order], spans[1][kept][order]
        window = _window_of(device, starts, event_device, times)
        inside = window >= 0
        inside[inside] = times[inside] <= ends[window[inside]]
        weights = np.ones(len(times)) if sizes is None else sizes
        return cls(
            device,
            starts,
            ends,
            event_device[inside],
            times[inside],
            weights[inside],
            window[inside],
        )

    @classmethod
    def one(cls, times: Iterable[float], end: float, start: float = 0.0) -> "Histories":
        """One device in one window."""
        return cls.of([("", start, end)], [("", time) for time in times])

    @property
    def devices(self) -> int:
        return len(np.unique(self.window_device))

    @property
    def events(self) -> int:
        return len(self.times)

    @property
    def exposure(self) -> float:
        return float((self.ends - self.starts).sum())

    def by_window(self) -> Ints:
        """Events of each window."""
        return np.bincount(self.event_window, minlength=len(self.starts)).astype(np.int64)

    def per_device(self, of_windows: Floats) -> Floats:
        """Sums of a value of the windows by device."""
        sums = np.bincount(self.window_device, of_windows)
        return np.asarray(sums[np.unique(self.window_device)], dtype=np.float64)

    def from_age(self, age: float) -> "Histories":
        """Only what was seen after an age."""
        if not len(self.starts) or age <= self.starts.min():
            return self
        return Histories.from_arrays(
            self.window_device,
            (np.maximum(self.starts, age), self.ends),
            self.event_device,
            self.times,
            self.sizes,
        )

    def before_last_event(self) -> "Histories":
        """For observation that stopped at the last event: ends there, that event left out."""
        last = np.full(len(self.starts), -np.inf)
        np.maximum.at(last, self.event_window, self.times)
        kept = self.times < last[self.event_window]
        return Histories.from_arrays(
            self.window_device,
            (self.starts, np.where(np.isfinite(last), last, self.ends)),
            self.event_device[kept],
            self.times[kept],
            self.sizes[kept],
        )


def _window_of(device: Ints, starts: Floats, event_device: Ints, times: Floats) -> Ints:
    """Last window of the event's device that starts before it; -1 when there is none."""
    if len(device) and (np.diff(device) > 0).all():  # one window each: no search is needed
        position = np.full(max(int(device[-1]), int(event_device.max(initial=0))) + 1, -1)
        position[device] = np.arange(len(device))
        found = np.where(event_device >= 0, position[event_device], -1)
        return np.asarray(np.where(times > starts[found], found, -1), dtype=np.int64)
    ranks = np.unique(np.concatenate([starts, times]))
    width = len(ranks) + 1
    keys = device * width + np.searchsorted(ranks, starts)
    position = (
        np.searchsorted(keys, event_device * width + np.searchsorted(ranks, times), side="left") - 1
    )
    known = (position >= 0) & (event_device >= 0)
    known[known] = device[position[known]] == event_device[known]
    return np.where(known, position, -1).astype(np.int64)


def histories_of_table(
    windows: Iterable[Mapping[str, object]], events: Iterable[Mapping[str, object]], device: str
) -> Histories:
    """From rows of ``device``, ``start``, ``end`` and of ``device``, ``t``."""
    return Histories.of(
        [(row[device], float(str(row["start"])), float(str(row["end"]))) for row in windows],
        [(row[device], float(str(row["t"]))) for row in events],
    )
