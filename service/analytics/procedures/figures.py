"""Comparison of the figures of a case with those obtained."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite, nan
from typing import Any

from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.naming import (
    UNKNOWN,
    Aliases,
    Curve,
    Either,
    Estimate,
    Figures,
    Member,
    Naming,
    Several,
)
from service.analytics.procedures.words import LOWER, UPPER, plain, read_words

ABSENT_WORDS = frozenset(
    {"", "none", "null", "nan", "na", "notreached", "notestimable", "undefined", "runtofailure",
     "never"}
)  # fmt: skip
INFINITE_WORDS = frozenset({"inf", "infinity", "infinite", "∞"})
_TWO = 2
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Pairs = Iterator[tuple[str, float, Any]]


def compare(
    case: Case,
    figures: Figures,
    *,
    aliases: Aliases | None = None,
    not_given: frozenset[str] = frozenset(),
    labels: Sequence[str] = (),
) -> Iterator[Check]:
    """Every expected and every printed figure; one of an unknown name fails and says so.

    Figures may be nested in lists and by name. Words (a device, an item) are compared as such;
    printed words that only describe are passed over, and so is what is ``not_given``: figures of
    rows that the source had and the case's table no longer has.
    """
    naming = Naming(figures, aliases or {}, confidence_of(case), labels)
    for kind, given in (("expected", case.expected), ("published", case.published)):
        check = case.check if kind == "expected" else case.check_printed
        for name, wanted in given.items():
            if name in not_given or (kind == "published" and _only_describes(wanted)):
                continue
            for label, number, found in _pairs(name, wanted, naming.find(name), naming):
                if found is UNKNOWN:
                    yield Check(label, number, nan, 0.0, is_known=False)
                else:
                    yield check(label, number, found)


def compare_row(
    case: Case, label: object, row: Mapping[str, Any], naming: Naming
) -> Iterator[Check]:
    """Numbers of a table's row against the figures of its device or period, where names agree."""
    for name, wanted in row.items():
        have = naming.find(name)
        have = have.value if isinstance(have, Estimate) else have
        if isinstance(have, int | float) and isinstance(wanted, int | float):
            yield case.check(f"{label}: {name}", float(wanted), float(have))


def confidence_of(case: Case) -> float:
    named = ("confidence", "cl", "conf_level", "confidence_level", "level", "conf")
    given = next((case.inputs[name] for name in named if name in case.inputs), None)
    level = CONFIDENCE if given is None else float(given)
    return level / 100 if level > 1 else level


def _only_describes(wanted: Any) -> bool:
    words = ABSENT_WORDS | INFINITE_WORDS
    return isinstance(wanted, str) and plain(wanted) not in words


def _pairs(name: str, wanted: Any, found: Any, naming: Naming) -> Pairs:
    if isinstance(found, Limits):
        found = (found.lower, found.upper)
    if isinstance(wanted, Mapping):
        yield from _by_key(name, wanted, found, naming)
    elif isinstance(wanted, list | tuple):
        yield from _items(name, wanted, _listed(found, naming), naming)
    elif isinstance(wanted, str) and plain(wanted) not in ABSENT_WORDS | INFINITE_WORDS:
        same = found if found is UNKNOWN else float(_same_word(wanted, found))
        yield f"{name} = {wanted}", 1.0, same
    else:
        number = _wanted(wanted)
        yield name, number, found if found is UNKNOWN else _number(found, number)


def _listed(found: Any, naming: Naming) -> Any:
    """Limits of an estimate, steps of a curve, members of a mapping in its order."""
    if isinstance(found, Estimate) and found.limits is not None:
        limits = found.limits(naming.confidence)
        return limits.lower, limits.upper
    if isinstance(found, Curve):
        return list(found.steps)
    return list(found.values()) if isinstance(found, Mapping) else found


def _by_key(name: str, wanted: Mapping[str, Any], found: Any, naming: Naming) -> Pairs:
    for key, part in wanted.items():
        of_group = _of_group(name, str(key), naming)
        is_member = isinstance(found, Mapping) or (
            callable(found) and not isinstance(part, Mapping)
        )
        have = of_group if not is_member else UNKNOWN
        if have is UNKNOWN:
            have = _member(found, str(key), naming)
        have = of_group if have is UNKNOWN else have
        if have is UNKNOWN and found is UNKNOWN:  # a heading that stands over several figures
            have = _first_known(naming, f"{key}_{name}", f"{name}_{key}", str(key))
        yield from _pairs(f"{name}.{key}", part, have, naming)


def _first_known(naming: Naming, *names: str) -> Any:
    found = (naming.find(name) for name in names)
    return next((one for one in found if one is not UNKNOWN), UNKNOWN)


def _of_group(name: str, key: str, naming: Naming) -> Any:
    """``median: {"A": …}`` is the median of group A."""
    group = naming.figures.get(key)
    if not isinstance(group, Mapping):
        return UNKNOWN
    return naming.inside(group).find(re.sub(r"_by_\w+$", "", name))


def _member(found: Any, key: str, naming: Naming) -> Any:
    """By the key: a curve's age, an end of limits, a number or label of a list, a name."""
    if callable(found):
        return _called(found, key)
    if isinstance(found, Estimate):
        return _of_estimate(found, key, naming)
    if isinstance(found, list | tuple):
        return _of_list(found, key, naming.labels)
    return _of_mapping(found, key, naming) if isinstance(found, Mapping) else UNKNOWN


def _of_mapping(found: Mapping[str, Any], key: str, naming: Naming) -> Any:
    have = naming.inside(found).find(key)
    year = re.fullmatch(r"(?:FY|fy|H)?(\d{4})(?:年度|年)?", key)
    return found.get(year[1], have) if have is UNKNOWN and year else have


def _of_estimate(found: Estimate, key: str, naming: Naming) -> Any:
    """Any word that is no error or limit means the figure itself."""
    reading = read_words([key], takes_point=False)
    return found if reading is None else naming.part(found, reading)


def _of_list(found: Sequence[Any], key: str, labels: Sequence[str]) -> Any:
    if len(found) == _TWO and plain(key) in LOWER | UPPER:
        return found[plain(key) in UPPER]
    if len(labels) == len(found) and key in labels:
        return found[list(labels).index(key)]
    if len(found) == len(_MONTHS) and plain(key)[:3] in _MONTHS:
        return found[_MONTHS.index(plain(key)[:3])]
    return found[int(key) - 1] if key.isdigit() and 0 < int(key) <= len(found) else UNKNOWN


def _called(function: Any, key: str) -> Any:
    try:
        return function(float(key))
    except ValueError:
        return UNKNOWN


def _items(name: str, wanted: Sequence[Any], found: Any, naming: Naming) -> Pairs:
    if found is UNKNOWN:
        yield name, float(len(wanted)), UNKNOWN
        return
    parts = list(found) if isinstance(found, list | tuple) or hasattr(found, "tolist") else []
    if len(parts) != len(wanted):
        yield f"len({name})", float(len(wanted)), float(len(parts))
    for index, (part, have) in enumerate(zip(wanted, parts, strict=False)):
        yield from _pairs(f"{name}[{index}]", part, have, naming)


def _same_word(wanted: str, found: Any) -> bool:
    if isinstance(found, bool):
        return found == (plain(wanted) in {"true", "yes"})
    if isinstance(found, frozenset):  # several words say it
        return plain(wanted) in {plain(str(one)) for one in found}
    if isinstance(found, Member):
        found = found.label
    return found is not None and plain(str(found)) == plain(wanted)


def _wanted(wanted: Any) -> float:
    if wanted is None or isinstance(wanted, str):
        return inf if wanted is not None and plain(wanted) in INFINITE_WORDS else nan
    return float(wanted)


def _number(found: Any, wanted: float) -> float:
    """NaN for what is not there; several values are no number unless they are all the same."""
    found = _one(found, wanted)
    if isinstance(found, list) and found and all(one == found[0] for one in found):
        found = found[0]
    if found is None or isinstance(found, str | list | tuple | Mapping) or callable(found):
        return nan
    number = float(found)
    return number if isfinite(number) or number in {inf, -inf} else nan


def _one(found: Any, wanted: float) -> Any:
    """What stands for a number where the case gives one."""
    if isinstance(found, Curve) and found.last is not None:
        found = found(found.last)
    if isinstance(found, Estimate):
        found = found.value
    if isinstance(found, Either):
        return found.nearest(wanted)
    if isinstance(found, Several):
        return float(len(found))
    if isinstance(found, frozenset):
        return nan if ABSENT_WORDS & {plain(one) for one in found} else 0.0
    if isinstance(found, Member):  # whole numbers may name it, too
        return int(found.label) if found.label.isdigit() else found.number
    return found
