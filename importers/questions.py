"""What people must decide before a file can be imported: each thing asked once, with choices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.decisions import HEADERS, Groups
from importers.directory import Directory, Places
from importers.mapping import Mapping
from importers.records import Message
from importers.values.datums import crs_label
from service.core.i18n.marker import N_

EXAMPLES = 5
ERAS = ("昭和", "平成", "令和", "大正", "明治", "西暦")
UNREGISTERED = "-"

Choice = dict[str, str]
Path = tuple[str, ...]


@dataclass(slots=True)
class Question:
    """``path`` is the place in `Decisions` that an answer fills; no choices means free text."""

    code: str
    path: Path
    field_name: str
    header: str
    params: dict[str, Any]
    choices: list[Choice]
    row_count: int = 0
    examples: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def count(self, value: str, row_no: int) -> None:
        self.row_count += 1
        if len(self.rows) < EXAMPLES:
            self.rows.append(row_no)
        if value and value not in self.examples and len(self.examples) < EXAMPLES:
            self.examples.append(value)

    def told(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "path": list(self.path),
            "field": self.field_name,
            "header": self.header,
            "params": self.params,
            "choices": self.choices,
            "row_count": self.row_count,
            "examples": self.examples,
            "rows": self.rows,
        }


def plain(values: Iterable[str]) -> list[Choice]:
    return [{"value": value, "label": value} for value in values]


class Questions:
    """Collects the questions of rows; those with one answer become one."""

    def __init__(self, directory: Directory, places: Places) -> None:
        self._directory = directory
        self._places = places
        self._asked: dict[Path, Question] = {}

    def told(self) -> list[dict[str, Any]]:
        ordered = sorted(self._asked.values(), key=lambda q: -q.row_count)
        return [question.told() for question in ordered]

    def ask(self, question: Question) -> None:
        self._asked.setdefault(question.path, question)

    def add(self, messages: Sequence[Message], row_no: int, mapping: Mapping) -> None:
        for message in messages:
            if message["level"] == "question":
                self._count(message, row_no, mapping)

    def _count(self, message: Message, row_no: int, mapping: Mapping) -> None:
        params = message["params"]
        path = path_of(message, mapping)
        question = self._asked.get(path)
        if question is None:
            question = self._asked[path] = Question(
                message["code"],
                path,
                params.get("field", ""),
                message["column"],
                params,
                self._choices(message, mapping),
            )
        question.count(str(params.get("value", "")), row_no)

    def _choices(self, message: Message, mapping: Mapping) -> list[Choice]:
        code, params = message["code"], message["params"]
        if code in _OF_RECORDS:
            return self._directory.choices(params.get("kind", "facility"), params["value"])
        if code in _OF_PLACES:
            return self._places_alike(params["facility"], params["value"])
        if code in _OF_FIGURES:
            return _OF_FIGURES[code](params["words"])
        return _FIXED.get(code) or plain(_words(code, params, mapping))

    def _places_alike(self, facility: str, text: str) -> list[Choice]:
        found = self._places.candidates(facility, text)
        known = [{"value": place, "label": label} for place, label in found]
        return [*known, {"value": UNREGISTERED, "label": _UNREGISTERED_LABEL}]


def _words(code: str, params: dict[str, Any], mapping: Mapping) -> Iterable[str]:
    if code == "unknown-word":
        words: list[str] = getattr(mapping.source.column(params["field"]).read, "answers", [])
        return words
    return mapping.unused if code == "column-missing" else ()


def _widths(widths: list[int]) -> list[Choice]:
    as_it_is = {"value": "0", "label": N_("0を補わない")}
    return [as_it_is, *({"value": str(w), "label": str(w)} for w in widths)]


def _systems(codes: list[int]) -> list[Choice]:
    return [{"value": str(code), "label": crs_label(code)} for code in codes]


_OF_FIGURES: dict[str, Callable[[list[int]], list[Choice]]] = {
    "lost-zeros": _widths,
    "which-crs": _systems,
}
_OF_RECORDS = frozenset({"unknown-lookup", "ambiguous-lookup", "facility-of-table"})
_OF_PLACES = frozenset({"unknown-equipment", "several-equipment"})
_UNREGISTERED_LABEL = N_("登録されていない機器のまま記録する")
_FIXED: dict[str, list[Choice]] = {
    "ambiguous-era": plain(ERAS),
    "group-in-one-row": [
        {"value": Groups.EXPLODE, "label": N_("1台ずつに分ける")},
        {"value": Groups.KEEP, "label": N_("1件のまま登録する")},
    ],
    "bore-or-ampere": [
        {"value": "bore", "label": N_("呼び径（口径）")},
        {"value": "ampere", "label": N_("電流")},
    ],
    "numbers-missing": [{"value": "true", "label": N_("施設コードに続けて番号を付ける")}],
    "code-in-other-facility": [
        {"value": "true", "label": N_("施設コードを前に付けて区別する")},
    ],
}


def _lookup(message: Message, _mapping: Mapping) -> Path:
    return ("lookups", message["params"]["kind"], message["params"]["value"])


def _equipment(message: Message, _mapping: Mapping) -> Path:
    params = message["params"]
    return ("lookups", "position", f"{params['facility']}/{params['value']}")


def _replacement(message: Message, _mapping: Mapping) -> Path:
    params = message["params"]
    return ("replacements", params.get("field", ""), str(params.get("value", "")))


_PATHS: dict[str, Callable[[Message, Mapping], Path]] = {
    "ambiguous-era": lambda message, _: ("eras", message["params"]["field"]),
    "unknown-lookup": _lookup,
    "ambiguous-lookup": _lookup,
    "facility-of-table": lambda message, _: ("lookups", "facility", message["params"]["value"]),
    "unknown-equipment": _equipment,
    "several-equipment": _equipment,
    "group-in-one-row": lambda *_: ("groups",),
    "bore-or-ampere": lambda *_: ("bare_bore",),
    "numbers-missing": lambda *_: ("make_numbers",),
    "code-in-other-facility": lambda *_: ("prefix_codes",),
    "which-crs": lambda *_: ("crs",),
    "lost-zeros": lambda message, _: ("code_widths", message["params"]["field"]),
    "column-missing": lambda message, mapping: (
        HEADERS,
        mapping.signature,
        message["params"]["field"],
    ),
}


def path_of(message: Message, mapping: Mapping) -> Path:
    """Where in the decisions the answer to a row's question belongs."""
    return _PATHS.get(message["code"], _replacement)(message, mapping)
