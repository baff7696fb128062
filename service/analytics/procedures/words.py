"""Words that stand beside a figure's name: error, limits, level, law, age."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LOWER = frozenset({"lower", "lo", "low", "lcl", "ll"})
UPPER = frozenset({"upper", "hi", "up", "high", "ucl", "ul"})
_LIMITS = frozenset({"ci", "cl", "pi", "limits", "interval", "confint", "bounds", "bound"})
_ERRORS = frozenset({"se", "stderr", "error", "std", "err"})
_VARIANCES = frozenset({"var", "variance"})
_EXTREMES = frozenset({"max", "min"})
# Units and laws said beside a figure change nothing of it.
_SILENT = frozenset(
    {"h", "hours", "days", "years", "per", "of", "for", "the", "chi2", "fisher",
     "twosided", "two", "sided", "conf", "confidence", "95pct", "printed", "at", "given", "t",
     "plain", "garwood", "pointwise", "life", "hat", "mle", "ml"}
)  # fmt: skip
# Words of one law of limits, to the name under which figures hold it.
_LAWS = {
    "lr": "lr", "likelihood": "lr", "profile": "lr", "pl": "lr",
    "wald": "wald", "normal": "plain", "linear": "plain", "plain": "plain", "natural": "plain",
    "log": "log", "loglog": "loglog", "cloglog": "loglog",
    "robust": "robust", "cluster": "robust", "sandwich": "robust", "scaled": "scaled",
    "quasi": "scaled", "dispersion": "scaled", "phi": "scaled",
    "exact": "exact", "crow": "exact",
}  # fmt: skip
_KINDS = LOWER | UPPER | _LIMITS | _ERRORS | _VARIANCES
_LAST = frozenset({"last", "final", "end"})
_ONE_SIDED = frozenset({"one", "onesided", "single"})
_UNDERSTOOD = _KINDS | _EXTREMES | _SILENT | _LAST | _ONE_SIDED | _LAWS.keys()
_LEVEL = re.compile(r"(lower|upper|lo|hi|ci|cl|pi)(\d{2,3})(pct)?|(\d{2,3})(pct)?|(\d\d)\.(\d)")
_AGE = re.compile(r"-?\d+(\.\d+)?")


def plain(name: str) -> str:
    """The letters and figures of a name, in small letters."""
    return re.sub(r"[^0-9a-z.+-]", "", name.casefold().replace("β", "beta").replace("η", "eta"))


@dataclass(frozen=True)
class Reading:
    """What the words beside a name say; ``point`` is the age or number at its end."""

    kinds: frozenset[str] = frozenset()
    level: float | None = None
    law: str = ""
    point: float | None = None
    is_last: bool = False
    extreme: str = ""

    @property
    def wants_error(self) -> bool:
        return bool(self.kinds & (_ERRORS | _VARIANCES))

    @property
    def wants_variance(self) -> bool:
        return bool(self.kinds & _VARIANCES)

    @property
    def wants_limits(self) -> bool:
        return bool(self.kinds & (LOWER | UPPER | _LIMITS))

    @property
    def says_nothing(self) -> bool:
        return not self.kinds and not self.law


def words_of(name: str) -> Iterator[list[str]]:
    """The words of a name, then with figures split from letters: ``b10`` is b at 10."""
    words = [
        word for word in re.split(r"[_\s]+|\.(?!\d)", name.replace("log_log", "loglog")) if word
    ]
    yield words
    split: list[str] = []
    for word in words:
        parts = re.fullmatch(r"([A-Za-z]+)(\d+(?:\.\d+)?)", word)
        split += [word] if parts is None or _LEVEL.fullmatch(word.casefold()) else [*parts.groups()]
    if split != words:
        yield split


def read_words(words: list[str], *, takes_point: bool) -> Reading | None:
    """What they say together; None when one of them says something else.

    A bare number is an age for what has ages (``takes_point``), else a level. ``one_sided_95`` is
    the end of a two-sided interval of 90 %.
    """
    point, rest = _point([plain(word) for word in words]) if takes_point else (None, None)
    rest = [plain(word) for word in words] if rest is None else rest
    kinds: set[str] = set()
    level, law, extreme = None, "", ""
    for word in rest:
        found = _LEVEL.fullmatch(word)
        if found and (digits := found[2] or found[4] or f"{found[6]}{found[7]}"):
            level = float(f"0.{digits}")
        kind = found[1] if found else word
        if kind in _KINDS:
            kinds.add(kind)
        law, extreme = _LAWS.get(word, law), word if word in _EXTREMES else extreme
        if not found and word not in _UNDERSTOOD:
            return None
    if _ONE_SIDED & set(rest):
        level = 2 * (level or 0.95) - 1
    is_last = bool(_LAST & set(rest))
    return Reading(frozenset(kinds), level, law, point, is_last, extreme)


def _point(words: list[str]) -> tuple[float | None, list[str]]:
    """The age at the end of the words, ``24_5`` being 24.5, and the words before it."""
    if len(words) > 1 and words[-1].isdigit() and _AGE.fullmatch(words[-2]):
        return float(f"{words[-2]}.{words[-1]}"), words[:-2]
    for place in (-1, 0):
        word = words[place].removesuffix("pct") if words else ""
        if _AGE.fullmatch(word):
            kept = words[:-1] if place else words[1:]
            return float(word), kept
    return None, words
