"""届出の確認: events that may have to be notified to somebody. People judge; nothing is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit.service import record
from service.core.clock import now
from service.core.i18n.marker import N_
from service.faults import incident_queries
from service.faults.domain import EnvironmentEffect
from service.faults.handling import take
from service.faults.incident_models import CaseNotice, NoticeKind, NoticeVerdict

NOTICE_LABELS = {
    NoticeKind.DISCHARGE: N_("溢水・未処理放流"),
    NoticeKind.ELECTRICAL: N_("感電・電気火災・電気工作物の破損"),
    NoticeKind.INJURY: N_("作業中のけが"),
}
VERDICT_LABELS = {
    NoticeVerdict.NOT_NEEDED: N_("届出は不要"),
    NoticeVerdict.NEEDED: N_("届出が必要"),
    NoticeVerdict.TOLD: N_("届け出た"),
}
# Sources: 水質汚濁防止法14条の2; 電気関係報告規則3条; 労働安全衛生規則97条.
STEPS = {
    NoticeKind.DISCHARGE: (
        N_("直ちに応急の措置をとる（水質汚濁防止法14条の2）"),
        N_("速やかに都道府県または政令市へ届け出る"),
    ),
    NoticeKind.ELECTRICAL: (
        N_("24時間以内に速報する（電気関係報告規則）"),
        N_("30日以内に詳報する"),
    ),
    NoticeKind.INJURY: (N_("遅滞なく労働者死傷病報告を出す（労働安全衛生規則97条）"),),
}
WITHIN = {NoticeKind.ELECTRICAL: timedelta(hours=24)}
_SYMPTOMS = {NoticeKind.ELECTRICAL: {"S11"}}
_EFFECTS = {EnvironmentEffect.OVERFLOW.value, EnvironmentEffect.DISCHARGE.value}
_WORDS = {
    NoticeKind.DISCHARGE: ("溢水", "いっ水", "放流", "流出"),
    NoticeKind.ELECTRICAL: ("感電", "火災", "発煙", "出火", "焼損", "地絡"),
    NoticeKind.INJURY: ("けが", "怪我", "負傷", "救急", "酸欠", "転落", "墜落", "死亡"),
}


class NoticeGiven(BaseModel):
    model_config = ConfigDict(extra="forbid")

    verdict: NoticeVerdict
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


@dataclass(frozen=True)
class Notice:
    """``is_suspected``: the reports hint at it; ``due_at`` only where the rule has a time."""

    kind: NoticeKind
    is_suspected: bool
    due_at: datetime | None
    judged: CaseNotice | None


def suspected(
    effects: Iterable[str], symptoms: Iterable[str], texts: Iterable[str]
) -> set[NoticeKind]:
    """Kinds that the effects, the symptoms or the words of the reports hint at."""
    written = "\n".join(texts)
    found = {kind for kind, words in _WORDS.items() if any(word in written for word in words)}
    found |= {kind for kind, codes in _SYMPTOMS.items() if codes & set(symptoms)}
    return found | {NoticeKind.DISCHARGE} if _EFFECTS & set(effects) else found


def notices(session: Session, case: Any, texts: Iterable[str]) -> list[Notice]:
    judged = {NoticeKind(row.kind): row for row in incident_queries.notices(session, case.id)}
    hinted = suspected(case.environment_effects, case.symptoms, texts)
    return [
        Notice(kind, kind in hinted, _due(kind, case.occurred_at), judged.get(kind))
        for kind in NoticeKind
    ]


def _due(kind: NoticeKind, occurred_at: datetime) -> datetime | None:
    return occurred_at + WITHIN[kind] if kind in WITHIN else None


def judge(
    session: Session, case_id: UUID, kind: NoticeKind, given: NoticeGiven, *, by: Actor
) -> CaseNotice:
    """What somebody found, with the name and the time; said again it replaces what was said."""
    take(session, case_id, by=by)
    judged = incident_queries.notices(session, case_id)
    row = next((one for one in judged if one.kind == kind), None)
    before = {f"notice_{kind}": row.verdict} if row else None
    if row is None:
        row = CaseNotice(
            case_id=case_id,
            kind=kind,
            verdict=given.verdict,
            judged_at=now(),
            judged_by_name=by.name,
            created_by=by.id,
        )
    row.verdict, row.note = given.verdict, given.note
    row.judged_at, row.judged_by_name = now(), by.name
    session.add(row)
    session.flush()
    after = {f"notice_{kind}": given.verdict}
    reason = given.note or None
    record(
        session,
        "case.notice",
        "fault_case",
        case_id,
        by=by,
        before=before,
        after=after,
        reason=reason,
    )
    return row
