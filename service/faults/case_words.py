"""Where a typed word is found: in what people wrote, the symptom, the equipment, the place."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from service.faults.symptoms import SYMPTOMS
from service.registry.queries import found
from service.registry.queries.search import folded, search_words

_CASES = text("select gesuibo.cases_written(:word, :pattern) limit :most")
_LABELS = {code: folded(symptom.label) for code, symptom in SYMPTOMS.items()}
_SHORTEST_SYMPTOM = 2
_WRITTEN = """strpos(c.search_text, :{word}) > 0
  or exists (select from case_report l join fault_report r on r.id = l.report_id
    where l.case_id = c.id and strpos(r.search_text, :{word}) > 0)
  or exists (select from response_record a
    where a.case_id = c.id and strpos(a.search_text, :{word}) > 0)"""
_OF_DEVICE = f"exists (select from device d where d.id = c.device_id and ({found.IN_DEVICE}))"


def every_word(session: Session, typed: str) -> found.Clauses:
    """A condition on ``c`` and its place ``p`` for each word."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for number, word in enumerate(search_words(typed)):
        either = _by_kind(session, params, number, word)
        codes = _symptoms(word)
        if codes:
            params[f"s{number}"] = codes
            either.append(f"c.symptoms && cast(:s{number} as text[])")
        clauses.append(f"({' or '.join(either) or 'false'})")
    return clauses, params


def _by_kind(session: Session, params: dict[str, Any], number: int, word: str) -> list[str]:
    either = found.named(params, f"f{number}", "c.facility_id", found.facilities(session, word))
    kinds = (
        ("c.id", found.few(session, _CASES, word, "fault_case"), _WRITTEN),
        ("c.position_id", found.positions(session, word), found.IN_PLACE),
        ("c.device_id", found.devices(session, word), _OF_DEVICE),
    )
    for kind, (column, ids, walked) in enumerate(kinds):
        if ids is None:
            either.append(walked.format(word=f"w{number}"))
            params[f"w{number}"] = word
        else:
            either += found.named(params, f"i{number}{kind}", column, ids)
    return either


def _symptoms(word: str) -> list[str]:
    """The codes whose label has the word: a case need not spell out what was ticked."""
    if len(word) < _SHORTEST_SYMPTOM:
        return []
    return [code for code, label in _LABELS.items() if word in label]
