"""The report's cases for machines: one header row, one fact a cell, no units, ISO 8601.

What the Ministry asks of statistics that programs read (機械判読可能なデータ).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from service.core.cp932 import ENCODING, Folded, Folding
from service.core.i18n.locales import Locale
from service.monthly.domain import CaseLine
from service.monthly.service import Issue
from service.monthly.wording import state_label, symptom_label

_LEADING = (
    "区分",
    "案件番号",
    "発生日時",
    "受信日時",
    "施設コード",
    "施設名",
    "設備名",
    "台帳登録",
    "緊急度",
    "状態",
    "故障計上",
    "停止時間_分",
    "費用_円",
    "事業者名",
)
_OF_MONTH, _LATE = "当月", "遅着"
_SYMPTOM_COLUMNS = 3
# A spreadsheet takes a cell that begins so for a formula and would run it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Cp932Table:
    """The table for older programs, and what it had to write otherwise."""

    data: bytes
    folded: list[Folded]


def as_csv(issue: Issue) -> bytes:
    """UTF-8 with BOM, so that Excel opens it by a double click."""
    return b"\xef\xbb\xbf" + _written(_lines(issue)).encode()


def as_cp932(issue: Issue) -> Cp932Table:
    folding = Folding(_lines(issue))
    return Cp932Table(_written(folding).encode(ENCODING), folding.found)


def _written(lines: Iterator[list[str]] | Folding) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _lines(issue: Issue) -> Iterator[list[str]]:
    content = issue.content
    most = max((len(case.symptoms) for case in (*content.cases, *content.late)), default=0)
    symptoms = max(_SYMPTOM_COLUMNS, most)
    yield [*_LEADING, *(f"現象{n}" for n in range(1, symptoms + 1))]
    for kind, cases in ((_OF_MONTH, content.cases), (_LATE, content.late)):
        yield from (_row(kind, case, symptoms) for case in cases)


def _row(kind: str, case: CaseLine, symptoms: int) -> list[str]:
    codes = [*case.symptoms, *[""] * symptoms][:symptoms]
    return [
        kind,
        _plain(case.case_no),
        case.occurred_at,
        case.reported_at,
        _plain(case.facility_code),
        _plain(case.facility_name),
        _plain(case.equipment),
        str(int(case.is_registered)),
        case.urgency or "",
        state_label(case.state, Locale.JA),
        str(int(case.is_failure)),
        "" if case.stop_minutes is None else str(case.stop_minutes),
        str(case.cost_yen),
        _plain(case.company_name),
        *(symptom_label(code, Locale.JA) if code else "" for code in codes),
    ]


def _plain(text: str) -> str:
    """One line that no spreadsheet runs."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line
