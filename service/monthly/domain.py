"""月次報告: what is counted for a month, and what has changed since it was last issued."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service.core.clock import JST
from service.core.errors import Invalid
from service.core.i18n.marker import N_

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DECEMBER = 12
_OPEN = frozenset(
    {"reported", "accepted", "in_progress", "waiting", "resolved", "in_approval", "returned"}
    | {"reopened"}
)


class NotAMonth(Invalid):
    code = "not-a-month"
    message = N_("対象月を「2026-10」の形で指定してください。")


class MonthToCome(Invalid):
    code = "month-to-come"
    message = N_("これからの月の報告は作れません。")


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        if not _MONTH.fullmatch(text) or text < "1900":
            raise NotAMonth
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def following(self) -> "Month":
        return Month(self.year + self.number // _DECEMBER, self.number % _DECEMBER + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % _DECEMBER + 1)

    @property
    def begins(self) -> datetime:
        """Midnight in Japan."""
        return datetime(self.year, self.number, 1, tzinfo=JST)

    @property
    def ends(self) -> datetime:
        return self.following.begins


@dataclass(frozen=True)
class CaseLine:
    """One case as the report tells it; moments are ISO 8601 in Japan's time."""

    id: str
    case_no: str
    occurred_at: str
    reported_at: str
    facility_code: str
    facility_name: str
    equipment: str
    is_registered: bool
    symptoms: tuple[str, ...]
    urgency: str | None
    state: str
    counts_as_failure: bool
    stop_minutes: int | None
    is_stopped: bool
    cost_yen: int
    company_name: str

    @property
    def is_failure(self) -> bool:
        return self.counts_as_failure and self.state != "dismissed"


@dataclass(frozen=True)
class Figure:
    """``label`` is also the name that a template's cell asks for; ``note`` is its footnote."""

    key: str
    label: str
    unit: str
    note: str
    count: Callable[[Sequence[CaseLine]], int | float]


def _number_of(wanted: Callable[[CaseLine], bool]) -> Callable[[Sequence[CaseLine]], int]:
    return lambda cases: sum(1 for case in cases if wanted(case))


def _stop_hours(cases: Sequence[CaseLine]) -> float:
    return round(sum(case.stop_minutes or 0 for case in cases) / 60, 1)


_CASES = N_("件")
FIGURES = (
    Figure(
        "cases",
        N_("案件数"),
        _CASES,
        N_("発生日が対象月にある案件。統合した案件は統合先の1件と数える。対象外を含む。"),
        len,
    ),
    Figure(
        "failures",
        N_("故障計上"),
        _CASES,
        N_("案件数のうち故障として数えるもの。対象外と「故障に計上しない」案件を除く。"),
        _number_of(lambda case: case.is_failure),
    ),
    Figure(
        "urgent",
        N_("緊急度S・A"),
        _CASES,
        N_("案件数のうち市が緊急度をSかAと判断したもの。"),
        _number_of(lambda case: case.urgency in {"S", "A"}),
    ),
    Figure(
        "closed",
        N_("完結した件数"),
        _CASES,
        N_("案件数のうち、この報告の時点で完結しているもの。"),
        _number_of(lambda case: case.state == "closed"),
    ),
    Figure(
        "open",
        N_("未完結の件数"),
        _CASES,
        N_("案件数のうち、この報告の時点で完結も対象外にもなっていないもの。待ちを含む。"),
        _number_of(lambda case: case.state in _OPEN),
    ),
    Figure(
        "waiting",
        N_("待ちの件数"),
        _CASES,
        N_("未完結のうち、部品・予算・業者・天候を待っているもの。"),
        _number_of(lambda case: case.state == "waiting"),
    ),
    Figure(
        "dismissed",
        N_("対象外の件数"),
        _CASES,
        N_("案件数のうち、異常なし・所管外などで対象外としたもの。"),
        _number_of(lambda case: case.state == "dismissed"),
    ),
    Figure(
        "unregistered",
        N_("台帳未登録の件数"),
        _CASES,
        N_("案件数のうち、設備台帳の設置箇所に結び付いていないもの。"),
        _number_of(lambda case: not case.is_registered),
    ),
    Figure(
        "stop_hours",
        N_("停止時間"),
        N_("時間"),
        N_("停止から復旧までの時間の合計。復旧が記録されていない案件は含まない。"),
        _stop_hours,
    ),
    Figure(
        "still_stopped",
        N_("復旧未記録の件数"),
        _CASES,
        N_("停止の記録があり、復旧の記録がない案件。"),
        _number_of(lambda case: case.is_stopped),
    ),
    Figure(
        "cost_yen",
        N_("対応の費用"),
        N_("円"),
        N_("対応記録の費用の合計。訂正された記録は訂正後だけを数える。税込・税抜は記録のまま。"),
        lambda cases: sum(case.cost_yen for case in cases),
    ),
)
LATE = Figure(
    "late",
    N_("遅着の件数"),
    _CASES,
    N_("前月までに発生し、対象月に届いた案件。案件数に含めず、発生した月の報告で数える。"),
    len,
)
ALL_FIGURES = (*FIGURES, LATE)
Totals = dict[str, int | float]


def totals(cases: Sequence[CaseLine], late: Sequence[CaseLine]) -> Totals:
    return {one.key: one.count(cases) for one in FIGURES} | {LATE.key: LATE.count(late)}


@dataclass(frozen=True)
class FacilityLine:
    code: str
    name: str
    totals: Totals


def by_facility(cases: Iterable[CaseLine]) -> list[FacilityLine]:
    found: dict[tuple[str, str], list[CaseLine]] = {}
    for case in cases:
        found.setdefault((case.facility_code, case.facility_name), []).append(case)
    return [
        FacilityLine(code, name, {one.key: one.count(lines) for one in FIGURES})
        for (code, name), lines in sorted(found.items())
    ]


@dataclass(frozen=True)
class Content:
    """All that a report says of its month, as it was counted at ``taken_at``."""

    taken_at: datetime
    cases: tuple[CaseLine, ...]
    late: tuple[CaseLine, ...]
    totals: Totals

    def says_the_same(self, other: "Content") -> bool:
        return (self.cases, self.late, self.totals) == (other.cases, other.late, other.totals)


class FormKind(StrEnum):
    """Which paper a form of the city's is for."""

    MONTHLY = "monthly"
    CASE = "case"


COMPARED = {
    "occurred_at": N_("発生日時"),
    "facility_name": N_("施設"),
    "equipment": N_("設備"),
    "symptoms": N_("現象"),
    "urgency": N_("緊急度"),
    "state": N_("状態"),
    "counts_as_failure": N_("故障に計上"),
    "stop_minutes": N_("停止時間（分）"),
    "cost_yen": N_("費用（円）"),
}
ADDED, REMOVED = N_("加わった案件"), N_("外れた案件")
TOTAL = N_("合計")


@dataclass(frozen=True)
class Difference:
    """``subject`` is a case number or TOTAL; ``field`` an item's label, ADDED or REMOVED."""

    subject: str
    field: str
    key: str
    before: object = None
    after: object = None


def differences(before: Content, after: Content) -> list[Difference]:
    """What the later of two issues of the same month says otherwise."""
    told = [
        Difference(TOTAL, one.label, one.key, before.totals.get(one.key), after.totals[one.key])
        for one in ALL_FIGURES
        if before.totals.get(one.key) != after.totals[one.key]
    ]
    earlier, later = ({case.id: case for case in one.cases} for one in (before, after))
    for id_ in sorted(earlier.keys() | later.keys(), key=lambda id_: _number(id_, later, earlier)):
        old, new = earlier.get(id_), later.get(id_)
        if old is None and new is not None:
            told.append(Difference(new.case_no, ADDED, "added", None, new.reported_at))
        elif new is None and old is not None:
            told.append(Difference(old.case_no, REMOVED, "removed", old.occurred_at, None))
        elif old is not None and new is not None:
            told += [
                Difference(new.case_no, label, name, getattr(old, name), getattr(new, name))
                for name, label in COMPARED.items()
                if getattr(old, name) != getattr(new, name)
            ]
    return told


def _number(id_: str, *sides: dict[str, CaseLine]) -> str:
    return next(side[id_].case_no for side in sides if id_ in side)
