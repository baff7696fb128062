"""The 「仕様」 cell: several facts and units in one line, read without losing the line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from importers.values.measures import FACTORS
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded, trimmed

Spec = dict[str, Any]
_N = r"(\d+(?:\.\d+)?)"
_START = r"(?<![\d.,])"
_CIRCLED = re.compile(r"[①-⒛❶-➓]")  # the first, the second: folded they would be figures
_WRITINGS = str.maketrans(
    {"✕": "×", "✖": "×", "╳": "×", "⨯": "×", "Φ": "φ", "ф": "φ", "⌀": "φ", "〜": "~", "³": "3"}
)
_THOUSANDS_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIMES = re.compile(r"(?<=[\w)])\s*[xX*×]\s*(?=[\dφ(])")
_RANGE = re.compile(r"(?<![\d.])(-?\d+(?:\.\d+)?)\s*~\s*(-?\d+(?:\.\d+)?)\s*([^\s\d~×()、,]+\S*)?")
_PHASE = re.compile(r"(?<![\d.])([13])(?:φ|相)\s*(?:([234])(?:W|線))?")
_BORE = re.compile(rf"(?:φ|口径|呼び径)\s*:?\s*{_N}(?:\s*mm)?|{_START}(\d{{2,}})\s*φ")
_BORE_ALONE = re.compile(rf"{_N}\s*mm")
_FLOW = re.compile(rf"{_START}{_N}\s*(N?m3|L)/(min|分|hr?|時間?|sec|s|秒|day|d|日)", re.IGNORECASE)
_FLOW_TIMES = {"分": "min", "hr": "h", "時": "h", "時間": "h", "sec": "s", "秒": "s"} | {
    "日": "d",
    "day": "d",
}
_HEAD = re.compile(rf"(?:揚程|\bH\s*=)\s*:?\s*{_N}\s*m(?![a-zA-Z0-9/²2])|{_START}{_N}\s*mAq")
_HEAD_BESIDE_FLOW = re.compile(rf"(?:^|[×\s、,H])\s*{_N}\s*m(?![a-zA-Z0-9/])")
_POWER = re.compile(rf"{_START}{_N}\s*kW(?!h)", re.IGNORECASE)
_HORSEPOWER = re.compile(rf"{_START}{_N}\s*(PS|HP)(?![a-z])", re.IGNORECASE)
_CAPACITY = re.compile(rf"{_START}{_N}\s*kVA", re.IGNORECASE)
_VOLTAGE = re.compile(rf"(?:AC|DC)?{_START}{_N}\s*(k?V)(?![A-Za-z])", re.IGNORECASE)
_POLES = re.compile(rf"{_START}(\d{{1,2}})\s*(?:P(?![a-zA-Z])|極)")
_SPEED = re.compile(rf"{_START}(\d+)\s*(?:min-1|min⁻¹|rpm|r/min)", re.IGNORECASE)
_COUNT = re.compile(
    r"(?:×|^|\s)\s*(\d{1,3})\s*[台基](?:\((?:うち|内)?(?:予備)?(\d+)台?(?:予備)?\))?"
)
_AMPERES = re.compile(rf"{_START}{_N}\s*A(?![A-Za-z])")
_AMPERE_OR_BORE = re.compile(r"\d{2,4}\s*A")
_PIPEWORK = re.compile(r"弁|バルブ|コック|管|ストレーナ|フランジ|ホース|継手")
_SWITCHGEAR = re.compile(r"遮断器|ブレーカ|MCCB|ELCB|ELB|NFB|開閉器|変流器|電流|CT")
_SIGNIFICANT = Context(prec=7)
_BETWEEN = re.compile(r"[\s×、,/]+")


def read_spec(raw: str) -> Reading:
    """What could be recognised, as {bore_mm, flow, flow_m3_min, head_m, power_kw, voltage_v, …}.

    What was not understood beside it stands under ``other``. A cell without any known figure
    gives an empty mapping; the cell itself is kept elsewhere.
    """
    return _read(raw, None)


def spec_reader(bare_bore: str | None) -> Reader:
    """As `read_spec`; 「200A」 alone is a bore or a current, as was decided.

    Raises (the reader):
        Unreadable: ``bore-or-ampere``; asks.
    """

    def read(raw: str) -> Reading:
        if bare_bore is None and len(raw) < 10 and _AMPERE_OR_BORE.fullmatch(folded(raw)):  # noqa: PLR2004
            raise Unreadable("bore-or-ampere", asks=True, value=raw)
        return _read(raw, bare_bore)

    return read


@lru_cache(maxsize=20_000)
def _read(raw: str, bare_bore: str | None) -> Reading:
    line = _Line(_prepared(raw))
    found: Spec = {}
    for take in _FACTS:
        take(line, found)
    _take_amperes(line, found, bare_bore)
    if not found:
        return Reading({})
    rest = " ".join(word for word in _BETWEEN.split(line.text) if word.strip("()"))
    changes = [Change("spec", trimmed(raw), _shown(found))]
    if rest:
        found["other"] = rest
        changes.append(Change("spec-rest", trimmed(raw), rest))
    return Reading(found, tuple(changes))


def _prepared(raw: str) -> str:
    text = folded(_CIRCLED.sub(" ", raw)).translate(_WRITINGS)
    return _TIMES.sub("×", _THOUSANDS_COMMA.sub("", text))


def _shown(found: Spec) -> str:
    words = (f"{name}={_in_words(value)}" for name, value in found.items())
    return " ".join(words)


def _in_words(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "low" in value:
        return f"{value['low']}～{value['high']}{value['unit']}"
    return f"{value['value']}{value['unit']}"


def _figure(text: str | Decimal) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


class _Line:
    """A cell from which facts are taken one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The one place that fits; nothing where two of them say different things."""
        matches = list(pattern.finditer(self.text))
        if not matches or len({match.groups() for match in matches}) > 1:
            return None
        for match in reversed(matches):
            self.cut(match)
        return matches[0]

    def cut(self, match: re.Match[str]) -> None:
        self.text = f"{self.text[: match.start()]} × {self.text[match.end() :]}"


@dataclass(frozen=True)
class _Fact:
    """One figure under one name."""

    name: str
    pattern: re.Pattern[str]

    def __call__(self, line: _Line, found: Spec) -> None:
        match = line.take(self.pattern)
        if match:
            found[self.name] = _figure(next(group for group in match.groups() if group))


def _take_range(line: _Line, found: Spec) -> None:
    """「0～0.3MPa」: what an instrument can measure is no capacity."""
    match = line.take(_RANGE)
    if match:
        low, high = _figure(match[1]), _figure(match[2])
        found["range"] = {"low": low, "high": high, "unit": match[3] or ""}


def _take_phase(line: _Line, found: Spec) -> None:
    match = line.take(_PHASE)
    if match:
        found["phase"] = int(match[1])
        if match[2]:
            found["wires"] = int(match[2])


def _take_bore(line: _Line, found: Spec) -> None:
    """φ is a diameter before digits and a phase after 1 or 3."""
    match = _BORE_ALONE.fullmatch(line.text.strip()) or line.take(_BORE)
    if match:
        found["bore_mm"] = _figure(next(group for group in match.groups() if group))
        if match.re is _BORE_ALONE:
            line.text = ""


def _take_flow(line: _Line, found: Spec) -> None:
    match = line.take(_FLOW)
    if match is None:
        return
    volume = "L" if match[2] in "lL" else "Nm3" if match[2][0] in "nN" else "m3"
    time = match[3].lower()
    unit = f"{volume}/{_FLOW_TIMES.get(time, time)}"
    found["flow"] = {"value": _figure(match[1]), "unit": unit}
    factor = FACTORS["m3/min"].get(unit)
    if factor is not None and volume != "Nm3":
        found["flow_m3_min"] = _figure(_SIGNIFICANT.multiply(Decimal(match[1]), factor))


def _take_head(line: _Line, found: Spec) -> None:
    """Metres alone are a head only beside a flow: 「ベルト幅600mm×8m」 has none."""
    match = line.take(_HEAD) or (line.take(_HEAD_BESIDE_FLOW) if "flow" in found else None)
    if match:
        found["head_m"] = _figure(next(group for group in match.groups() if group))


def _take_power(line: _Line, found: Spec) -> None:
    match = line.take(_POWER)
    if match:
        found["power_kw"] = _figure(match[1])
        return
    match = line.take(_HORSEPOWER)
    if match:
        factor = FACTORS["kW"][match[2].upper()]
        found["power_kw"] = round(float(Decimal(match[1]) * factor), 2)
        found["horsepower"] = {"value": _figure(match[1]), "unit": match[2].upper()}


def _take_voltage(line: _Line, found: Spec) -> None:
    """The first is the primary side of a transformer: 「6.6kV/210V」."""
    for name in ("voltage_v", "secondary_voltage_v"):
        match = _VOLTAGE.search(line.text)
        if match:
            volts = Decimal(match[1]) * (1000 if match[2].lower() == "kv" else 1)
            found[name] = _figure(volts)
            line.cut(match)


def _take_count(line: _Line, found: Spec) -> None:
    match = line.take(_COUNT)
    if match:
        found["count"] = int(match[1])
        if match[2]:
            found["standby_count"] = int(match[2])


def _take_amperes(line: _Line, found: Spec, bare_bore: str | None) -> None:
    """「弁 25A」 is a nominal bore, 「MCCB 100A」 a current; elsewhere only a decision tells."""
    if _PIPEWORK.search(line.text):
        name = "bore_mm"
    elif _SWITCHGEAR.search(line.text):
        name = "current_a"
    elif bare_bore and _AMPERE_OR_BORE.fullmatch(line.text.strip()):
        name = "bore_mm" if bare_bore == "bore" else "current_a"
    else:
        return
    match = line.take(_AMPERES) if name not in found else None
    if match:
        found[name] = _figure(match[1])


_FACTS: tuple[Callable[[_Line, Spec], None], ...] = (
    _take_range,
    _take_phase,
    _take_bore,
    _take_flow,
    _take_head,
    _take_power,
    _Fact("capacity_kva", _CAPACITY),
    _take_voltage,
    _Fact("poles", _POLES),
    _Fact("speed_min1", _SPEED),
    _take_count,
)
