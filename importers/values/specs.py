"""The 「仕様」 cell: several facts and units in one line, read without losing the line."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded, trimmed

_N = r"(\d+(?:\.\d+)?)"
_THOUSANDS_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIMES = re.compile(r"(?<=[0-9A-Za-zφΦ])\s*[xX*✕✖×]\s*(?=[0-9φΦ])")
_FLOW = re.compile(rf"(?<![\d.]){_N}\s*(N?m3|[Ll])/(min|分|hr?|時|s|sec|秒|d|日)", re.IGNORECASE)
_FLOW_TIMES = {"分": "min", "hr": "h", "時": "h", "sec": "s", "秒": "s", "日": "d"}
_PHASE = re.compile(r"(?<![\d.])([13])(?:φ|Φ|相)")
_BORE = re.compile(rf"(?<!\d)(?:φ|Φ|口径)\s*{_N}|(?<![\d.])(\d{{2,}})\s*(?:φ|Φ)")
_BORE_ALONE = re.compile(rf"{_N}\s*(?:A|mm)")
_AMPERE_OR_BORE = re.compile(r"(\d{2,4})\s*A")
_HEAD = re.compile(rf"(?:^|[×*\sxX、,H])\s*{_N}\s*m(?![a-zA-Z0-9/])")
_POWER = re.compile(rf"(?<![\d.]){_N}\s*kW", re.IGNORECASE)
_CAPACITY = re.compile(rf"(?<![\d.]){_N}\s*kVA", re.IGNORECASE)
_VOLTAGE = re.compile(rf"(?<![\d.]){_N}\s*(k?V)(?!A)", re.IGNORECASE)
_POLES = re.compile(r"(?<![\d.])(\d{1,2})\s*P(?![a-zA-Z])")
_SPEED = re.compile(r"(?<![\d.])(\d+)\s*(?:min-1|min⁻¹|rpm|r/min)")
_COUNT = re.compile(r"(?:[×*xX]|^)\s*(\d+)\s*台")


@lru_cache(maxsize=20_000)
def read_spec(raw: str) -> Reading:
    """What could be recognised, as {bore_mm, flow, head_m, power_kw, voltage_v, phase, poles, …}.

    A cell without any known figure gives an empty mapping; the cell itself is kept elsewhere.
    """
    text = _TIMES.sub("×", _THOUSANDS_COMMA.sub("", folded(raw)))
    found = {name: value for name, read in _FACTS if (value := read(text)) is not None}
    if "head_m" in found and not {"flow", "bore_mm"} & found.keys():
        del found["head_m"]  # a length: 「ベルト幅600mm×8m」 has no head
    if not found:
        return Reading({})
    shown = " ".join(f"{name}={_shown(value)}" for name, value in found.items())
    return Reading(found, (Change("spec", trimmed(raw), shown),))


def spec_reader(bare_bore: str | None) -> Reader:
    """As `read_spec`; 「200A」 alone is a bore or a current, as was decided.

    Raises (the reader):
        Unreadable: ``bore-or-ampere``; asks.
    """

    def read(raw: str) -> Reading:
        match = _AMPERE_OR_BORE.fullmatch(folded(raw))
        if match is None:
            return read_spec(raw)
        if bare_bore is None:
            raise Unreadable("bore-or-ampere", asks=True, value=raw)
        name = "bore_mm" if bare_bore == "bore" else "current_a"
        return Reading({name: int(match[1])}, (Change("spec", raw, f"{name}={match[1]}"),))

    return read


def _shown(value: Any) -> str:
    return f"{value['value']}{value['unit']}" if isinstance(value, dict) else str(value)


def _figure(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


def _first(pattern: re.Pattern[str]) -> Callable[[str], float | int | None]:
    def find(text: str) -> float | int | None:
        match = pattern.search(text)
        return _figure(next(group for group in match.groups() if group)) if match else None

    return find


def _flow(text: str) -> dict[str, Any] | None:
    match = _FLOW.search(text)
    if not match:
        return None
    volume = match[2].replace("l", "L").replace("M3", "m3")
    time = match[3].lower()
    return {"value": _figure(match[1]), "unit": f"{volume}/{_FLOW_TIMES.get(time, time)}"}


def _bore(text: str) -> float | int | None:
    """φ is a diameter before digits and a phase after 1 or 3."""
    match = _BORE.search(_PHASE.sub(" ", text)) or _BORE_ALONE.fullmatch(text)
    return _figure(next(group for group in match.groups() if group)) if match else None


def _voltage(text: str) -> float | int | None:
    match = _VOLTAGE.search(text)
    if not match:
        return None
    volts = float(match[1]) * (1000 if match[2].lower() == "kv" else 1)
    return _figure(str(round(volts, 3)))


_FACTS: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("bore_mm", _bore),
    ("flow", _flow),
    ("head_m", _first(_HEAD)),
    ("power_kw", _first(_POWER)),
    ("capacity_kva", _first(_CAPACITY)),
    ("voltage_v", _voltage),
    ("phase", _first(_PHASE)),
    ("poles", _first(_POLES)),
    ("speed_min1", _first(_SPEED)),
    ("count", _first(_COUNT)),
)
