"""What the form of a case says, whichever file it becomes: PDF, or the city's own Excel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.clock import now
from service.core.errors import NotFound
from service.core.i18n.catalogue import translate
from service.core.i18n.dates import jst, tokyo_day, wareki
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.settings import get_settings
from service.faults import approval_desk, dossier, inbox, marks
from service.faults.approval_desk import Round
from service.faults.dossier import Dossier
from service.faults.marks import MARK_LABELS
from service.faults.vocabulary import Decision
from service.faults.wording import LABELS

TITLE = N_("故障報告書兼対応記録")


@dataclass(frozen=True)
class Paper:
    """``photos`` are pairs of what they show and their bytes, small enough for the page."""

    case: Any
    dossier: Dossier
    round: Round | None
    marks: dict[Any, Any]
    city: str
    printed_at: datetime
    photos: Sequence[tuple[str, bytes]] = field(default=())


def seals(round_: Round | None) -> dict[str, Any]:
    """The stamp in each role's box; who withdrew or only read has none."""
    others = {Decision.WITHDRAWN, Decision.CIRCULATED}
    stamps = round_.stamps if round_ else ()
    return {row["role"]: row for row in stamps if row["decision"] not in others}


def gathered(session: Session, case_id: UUID, *, by: Actor) -> Paper:
    """All of the case but its photos.

    Raises:
        NotFound: when there is no such case for the actor.
    """
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    return Paper(
        case,
        dossier.dossier(session, case_id),
        approval_desk.round_of(session, case_id, by=by),
        dict(marks.marks(session, case_id)),
        get_settings().city_name,
        now(),
    )


def told(paper: Paper, locale: Locale) -> Iterator[tuple[str, str]]:
    """Pairs of a label, not yet translated, and what stands beside it."""
    case = paper.case

    def word(kind: str, key: Any) -> str:
        return translate(LABELS[kind][key], locale) if key else ""

    occurred = f"{wareki(tokyo_day(case.occurred_at), locale)}\n{jst(case.occurred_at, locale)}"
    place = case.position_name or case.unregistered_desc
    symptoms = [translate(LABELS["symptom"].get(code, code), locale) for code in case.symptoms]
    effects = [translate(LABELS["environment_effect"][e], locale) for e in case.environment_effects]
    yield N_("案件番号"), case.case_no
    yield N_("状態"), word("state", case.state)
    yield N_("施設"), case.facility_name
    yield N_("設置箇所"), f"{place}\n{case.position_code or ''}".strip()
    yield N_("発生日時"), occurred
    yield N_("受信日時"), jst(case.reported_at, locale)
    yield N_("現象"), "、".join(symptoms)
    yield N_("発見の契機"), word("detection", case.detection)
    yield N_("運転への影響"), word("operation_effect", case.operation_effect)
    yield N_("周辺への影響"), "、".join(effects)
    yield N_("緊急度"), word("urgency", case.urgency)
    yield N_("影響度"), word("severity", case.severity)
    yield N_("担当事業者"), case.company_name or ""
    yield N_("原因区分"), word("cause_group", case.cause_group)
    for kind, label in MARK_LABELS.items():
        yield label, _time(paper, kind, locale)


def _time(paper: Paper, kind: Any, locale: Locale) -> str:
    """The mark, or what the case itself says of stop and restoration."""
    mark = paper.marks.get(kind)
    if mark is not None:
        estimated = f" {translate(N_('推定'), locale)}" if mark.is_estimated else ""
        return jst(mark.at, locale) + estimated
    case = paper.case
    if case.stop_from is not None and case.stop_from == case.stop_to:
        return translate(N_("停止なし"), locale) if kind in {"stopped", "restored"} else ""
    moment = {"stopped": case.stop_from, "restored": case.stop_to}.get(kind)
    return jst(moment, locale) if moment else ""
