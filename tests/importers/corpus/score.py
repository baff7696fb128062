"""Compares what became of a file with its answer key."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from importers.values.makers import maker_key
from tests.importers.corpus.answers import (
    Answer,
    Asks,
    CorpusFile,
    Facts,
    Ignored,
    Outcome,
    Refused,
    Stored,
)
from tests.importers.corpus.run import FileResult, RowResult

# Warnings that say where a thing comes from, not that it is doubtful.
NEUTRAL = frozenset(
    {"facility-from-context", "part-of-group", "told-otherwise-before", "no-device"}
)

EXAMPLES = 2


class Verdict(StrEnum):
    """``MISSED`` rows are loud: refused or asked for another reason, or not explained."""

    HIT = "hit"
    MISSED = "missed"
    SILENT = "silently wrong"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Score:
    file: str
    answer: Answer
    verdict: Verdict
    got: str = ""

    @property
    def line(self) -> str:
        a = self.answer
        place = f"{self.file}{f'[{a.sheet}]' if a.sheet else ''}:{a.row_no}"
        want = " | ".join(_shown(outcome) for outcome in a.accepted)
        cell = f"{a.header}「{a.written}」"
        return f"{self.verdict}: {a.trap} {place} {cell} got {self.got}; want {want}"


def scored(file: CorpusFile, result: FileResult) -> Iterator[Score]:
    for answer in file.answers:
        verdict, got = _judged(answer, result)
        yield Score(file.name, answer, verdict, got)


def _judged(answer: Answer, result: FileResult) -> tuple[Verdict, str]:
    if result.crash:
        return Verdict.CRASHED, result.crash
    if result.problem:
        found = any(result.problem in _codes(outcome) for outcome in answer.accepted)
        return (Verdict.HIT if found else Verdict.MISSED), f"file refused: {result.problem}"
    rows = result.rows.get((answer.sheet, answer.row_no), [])
    if not rows:
        return _judged_absent(answer, result)
    verdicts = [_judged_row(answer, row) for row in rows]
    order = (Verdict.SILENT, Verdict.MISSED, Verdict.HIT)
    return min(verdicts, key=lambda each: order.index(each[0]))


def _judged_absent(answer: Answer, result: FileResult) -> tuple[Verdict, str]:
    if any(isinstance(outcome, Ignored) for outcome in answer.accepted):
        return Verdict.HIT, "no row"
    if "source-unknown" in result.questions:
        asked = any("source-unknown" in _codes(outcome) for outcome in answer.accepted)
        return (Verdict.HIT if asked else Verdict.MISSED), "asked source-unknown for the table"
    return Verdict.SILENT, "row lost"


def _codes(outcome: Outcome) -> frozenset[str]:
    if isinstance(outcome, Refused):
        return outcome.reasons
    return outcome.codes if isinstance(outcome, Asks) else frozenset()


def _judged_row(answer: Answer, row: RowResult) -> tuple[Verdict, str]:
    reasons = [_shortfall(answer, outcome, row) for outcome in answer.accepted]
    if not all(reasons):
        return Verdict.HIT, ""
    got = f"{row.outcome} {sorted(row.codes('error', 'conflict', 'question', 'warning'))}"
    if row.asked:
        got += f" asked {sorted(row.asked)}"
    got += f" ({'; '.join(reasons)})"
    if row.is_stored and not _is_warned(answer, row) and not _is_only_unexplained(reasons):
        return Verdict.SILENT, got
    return Verdict.MISSED, got


def _is_only_unexplained(reasons: list[str]) -> bool:
    return any(reason == "rule not named" for reason in reasons)


def _is_warned(answer: Answer, row: RowResult) -> bool:
    return any(
        message["level"] == "warning"
        and message["code"] not in NEUTRAL
        and message.get("column") in {"", None, answer.header}
        for message in row.messages
    )


def _shortfall(answer: Answer, outcome: Outcome, row: RowResult) -> str:
    """What the row lacks to be this outcome; nothing when it is."""
    match outcome:
        case Ignored():
            return "is a row"
        case Refused(reasons):
            blocked = row.outcome in {"rejected", "conflict"}
            found = blocked and reasons & row.codes("error", "conflict")
            return "" if found else "not refused for the reason"
        case Asks(codes, then):
            if not codes & row.asked:
                return "not asked"
            return "" if then is None else _differences(answer.truth | then, row)
        case Stored(facts, told):
            return _differences(answer.truth | facts, row) or _untold(answer, told, row)
    raise AssertionError(outcome)


def _untold(answer: Answer, told: frozenset[str], row: RowResult) -> str:
    if told:
        return "" if told & row.codes() else f"not told {sorted(told)}"
    written = answer.written.strip()
    if not written or any(_says(value, written) for value in row.facts.values()):
        return ""
    named = any(_names(message, answer) for message in row.messages)
    return "" if named else "rule not named"


def _says(fact: Any, written: str) -> bool:
    """The fact is the writing itself, or its ISO form, or its number."""
    if isinstance(fact, int | float):
        return written.replace(".", "", 1).isdecimal() and float(written) == fact
    return str(fact) == written or ("/" in str(fact) and str(fact).startswith(written))


def _names(message: dict[str, Any], answer: Answer) -> bool:
    if message["code"] in NEUTRAL:
        return False
    told_of = message.get("column") in {"", None, answer.header}
    return told_of or message.get("old") == answer.written


def _differences(truth: Facts, row: RowResult) -> str:
    if not row.is_stored:
        return "not stored"
    wrong = (
        f"{name}={row.facts.get(name)!r} not {_wanted(name, want)!r}"
        for name, want in truth.items()
        if _wanted(name, want) != row.facts.get(name)
    )
    return ", ".join(wrong)


def _wanted(name: str, want: Any) -> Any:
    return maker_key(want) if name == "maker" and isinstance(want, str) else want


def _shown(outcome: Outcome) -> str:
    match outcome:
        case Refused(reasons):
            return f"refused {sorted(reasons)}"
        case Asks(codes):
            return f"asks {sorted(codes)}"
        case Stored(facts):
            return f"stored {dict(facts)}"
    return "no row"


def totals(scores: Iterable[Score], *, by_file: bool) -> dict[str, tuple[int, int, int]]:
    """Hits, all, silently wrong."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for score in scores:
        line = found[score.file if by_file else score.answer.trap]
        line[0] += score.verdict is Verdict.HIT
        line[1] += 1
        line[2] += score.verdict is Verdict.SILENT
    return {name: (line[0], line[1], line[2]) for name, line in found.items()}


def table(scores: Iterable[Score]) -> str:
    """Hits per trap class and per file, then every miss."""
    scores = list(scores)
    lines = []
    for by_file, title in ((False, "trap"), (True, "file")):
        lines.append(f"{'hits':>9}  silently wrong  {title}")
        for name, (hits, count, silent) in sorted(totals(scores, by_file=by_file).items()):
            lines.append(f"{hits:>4}/{count:<4}  {silent or '':>14}  {name}")
    missed = [score for score in scores if score.verdict is not Verdict.HIT]
    missed.sort(key=lambda score: score.verdict is not Verdict.SILENT)
    hits = len(scores) - len(missed)
    lines.append(f"{hits}/{len(scores)} rows of {len(totals(scores, by_file=False))} trap classes")
    return "\n".join([*lines, *examples(missed)])


def examples(scores: Iterable[Score]) -> list[str]:
    """The first rows of each trap class in each file; the others fail alike."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    lines = []
    for score in scores:
        seen[score.file, score.answer.trap] += 1
        if seen[score.file, score.answer.trap] <= EXAMPLES:
            lines.append(score.line)
    return lines
