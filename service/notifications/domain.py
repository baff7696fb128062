"""Kinds of messages, who wants them by default, quiet hours and the turns of night duty."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from service.accounts.domain import Role
from service.core.clock import JST
from service.core.i18n.marker import N_


class Kind(StrEnum):
    """What a message tells of; each is switched on and off by itself."""

    REPORT = "report"
    EMERGENCY = "emergency"
    CASE = "case"
    RESPONSE = "response"
    APPROVAL = "approval"
    DECISION = "decision"
    TAG = "tag"
    OVERDUE = "overdue"
    SCHEDULED = "scheduled"
    SYSTEM = "system"


KIND_LABELS = {
    Kind.EMERGENCY: N_("緊急の報告"),
    Kind.REPORT: N_("新しい報告"),
    Kind.CASE: N_("案件の状態や担当会社の変更"),
    Kind.RESPONSE: N_("対応記録の追加"),
    Kind.APPROVAL: N_("自分の決裁待ち・供覧"),
    Kind.DECISION: N_("自分が起案した決裁の結果"),
    Kind.TAG: N_("QRタグの現地確認"),
    Kind.OVERDUE: N_("応答目標の超過・長期の未処理"),
    Kind.SCHEDULED: N_("保存した集計の毎月のお知らせ"),
    Kind.SYSTEM: N_("連携やメールの不具合"),
}
# 「関わる案件だけ」 is a choice only where somebody else's cases would come, too.
SCOPED = frozenset({Kind.CASE, Kind.RESPONSE})
# These concern the person, not a place: a choice of facilities does not hide them.
PERSONAL = frozenset({Kind.APPROVAL, Kind.DECISION, Kind.SCHEDULED, Kind.SYSTEM})


class Channel(StrEnum):
    IN_APP = "in_app"
    MAIL = "mail"


CHANNEL_LABELS = {Channel.IN_APP: N_("画面"), Channel.MAIL: N_("メール")}


class Scope(StrEnum):
    OFF = "off"
    INVOLVED = "involved"
    ALL = "all"


SCOPE_LABELS = {
    Scope.OFF: N_("受け取らない"),
    Scope.INVOLVED: N_("関わる案件だけ"),
    Scope.ALL: N_("受け取る"),
}


class Delivery(StrEnum):
    """How mails come: one by one, or gathered once a day."""

    EACH = "each"
    DAILY = "daily"


DELIVERY_LABELS = {
    Delivery.EACH: N_("1件ずつ、すぐに"),
    Delivery.DAILY: N_("1日1回、まとめて"),
}


class Reason(StrEnum):
    """Why somebody gets a message; said in every one."""

    DEFAULT = "default"
    CHOSEN = "chosen"
    INVOLVED = "involved"
    ON_CALL = "on_call"
    ESCALATED = "escalated"
    HOLDER = "holder"
    DEPUTY = "deputy"
    CIRCULATED = "circulated"
    SUBMITTER = "submitter"
    REQUESTED = "requested"
    REQUESTER = "requester"
    SAVED = "saved"


REASON_LABELS = {
    Reason.DEFAULT: N_("役割ごとの標準の通知設定で、受け取ることになっているため"),
    Reason.CHOSEN: N_("通知設定で、受け取ることを選んでいるため"),
    Reason.INVOLVED: N_("この案件の報告か対応に関わっているため"),
    Reason.ON_CALL: N_("当直表で、この時間の当直になっているため"),
    Reason.ESCALATED: N_("緊急の報告がまだ受け付けられていないため"),
    Reason.HOLDER: N_("決裁する職を担っているため"),
    Reason.DEPUTY: N_("決裁する人の不在中の代決者になっているため"),
    Reason.CIRCULATED: N_("供覧する職を担っているため"),
    Reason.SUBMITTER: N_("この決裁を起案したため"),
    Reason.REQUESTED: N_("市から会社への対応依頼のため"),
    Reason.REQUESTER: N_("この対応依頼を出したため"),
    Reason.SAVED: N_("毎月のはじめに知らせるように保存した集計のため"),
}

_ALL, _INVOLVED, _OFF = Scope.ALL, Scope.INVOLVED, Scope.OFF
_NOTHING = dict.fromkeys(Kind, (_OFF, _OFF))
# In the application, by mail.
DEFAULTS: dict[Role, dict[Kind, tuple[Scope, Scope]]] = {
    Role.STAFF: {
        Kind.REPORT: (_ALL, _OFF),
        Kind.EMERGENCY: (_ALL, _ALL),
        Kind.CASE: (_INVOLVED, _OFF),
        Kind.RESPONSE: (_INVOLVED, _OFF),
        Kind.APPROVAL: (_ALL, _ALL),
        Kind.DECISION: (_ALL, _ALL),
        Kind.TAG: (_ALL, _OFF),
        Kind.OVERDUE: (_ALL, _ALL),
        Kind.SCHEDULED: (_ALL, _ALL),
        Kind.SYSTEM: (_OFF, _OFF),
    },
    Role.ENGINEER: _NOTHING | {Kind.EMERGENCY: (_ALL, _OFF), Kind.SCHEDULED: (_ALL, _ALL)},
    Role.ADMINISTRATOR: _NOTHING
    | {
        Kind.EMERGENCY: (_ALL, _ALL),
        Kind.CASE: (_INVOLVED, _OFF),
        Kind.RESPONSE: (_INVOLVED, _OFF),
        Kind.APPROVAL: (_ALL, _ALL),
        Kind.DECISION: (_ALL, _ALL),
        Kind.TAG: (_ALL, _OFF),
        Kind.OVERDUE: (_ALL, _OFF),
        Kind.SCHEDULED: (_ALL, _ALL),
        Kind.SYSTEM: (_ALL, _ALL),
    },
    Role.CONTRACTOR: _NOTHING | {Kind.CASE: (_ALL, _OFF), Kind.RESPONSE: (_ALL, _ALL)},
    Role.AUDITOR: _NOTHING,
}
_CITY_HANDLES = frozenset(Kind)
_OFFERED: dict[Role, frozenset[Kind]] = {
    Role.STAFF: _CITY_HANDLES - {Kind.SYSTEM},
    Role.ENGINEER: frozenset(
        {Kind.REPORT, Kind.EMERGENCY, Kind.CASE, Kind.RESPONSE, Kind.TAG, Kind.SCHEDULED}
    ),
    Role.ADMINISTRATOR: _CITY_HANDLES,
    Role.CONTRACTOR: frozenset({Kind.REPORT, Kind.CASE, Kind.RESPONSE}),
    Role.AUDITOR: frozenset(),
}


def offered(role: Role) -> list[Kind]:
    """The kinds that a person of the role may get at all, in the order of the labels."""
    return [kind for kind in KIND_LABELS if kind in _OFFERED[role]]


def default_scope(role: Role, kind: Kind, channel: Channel) -> Scope:
    in_app, mail = DEFAULTS[role][kind]
    return in_app if channel is Channel.IN_APP else mail


@dataclass(frozen=True)
class Rhythm:
    """When a person's mails may come. Equal ends: no quiet hours."""

    quiet_from: time | None = None
    quiet_to: time | None = None
    delivery: Delivery = Delivery.EACH
    digest_at: time = time(8, 30)

    def due(self, moment: datetime, *, passes: bool) -> datetime:
        """When a mail that is made now is to be sent; an emergency ``passes`` at once."""
        if passes:
            return moment
        if self.delivery is Delivery.DAILY:
            moment = next_at(moment, self.digest_at)
        return self._after_quiet(moment)

    def _after_quiet(self, moment: datetime) -> datetime:
        if self.quiet_from is None or self.quiet_to is None:
            return moment
        clock = moment.astimezone(JST).time()
        if not in_hours(clock, self.quiet_from, self.quiet_to, whole_day=False):
            return moment
        return next_at(moment, self.quiet_to)


def in_hours(clock: time, start: time, end: time, *, whole_day: bool) -> bool:
    """``end`` does not belong to the hours; they may reach over midnight.

    Equal ends mean the ``whole_day``, or nothing.
    """
    if start == end:
        return whole_day
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def next_at(moment: datetime, clock: time) -> datetime:
    """The next time that clocks in Japan show this, not before the moment."""
    local = moment.astimezone(JST)
    wanted = local.replace(
        hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=clock.microsecond
    )
    return wanted if wanted >= local else wanted + timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """Days and hours of night duty; a night belongs to the day on which it begins."""

    starts_on: date
    ends_on: date
    weekdays: Collection[int]
    from_time: time
    to_time: time

    def covers(self, moment: datetime) -> bool:
        local = moment.astimezone(JST)
        if not in_hours(local.time(), self.from_time, self.to_time, whole_day=True):
            return False
        day = local.date()
        if self.to_time <= self.from_time and local.time() < self.to_time:
            day -= timedelta(days=1)
        in_range = self.starts_on <= day <= self.ends_on
        return in_range and (not self.weekdays or day.weekday() in self.weekdays)


WEEKDAY_LABELS = (
    N_("月曜"),
    N_("火曜"),
    N_("水曜"),
    N_("木曜"),
    N_("金曜"),
    N_("土曜"),
    N_("日曜"),
)


class Alarm(StrEnum):
    """What the clock watches over a case."""

    ESCALATION = "escalation"
    TARGET = "target"
    AGEING = "ageing"


MAX_MAIL_ATTEMPTS = 8
# A mail may have left when its sender died or the line broke: it is sent once more, not oftener.
MAX_UNSURE = 2


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


MAIL_STATE_LABELS = {
    MailState.WAITING: N_("送信待ち"),
    MailState.SENDING: N_("送信中"),
    MailState.SENT: N_("送信済"),
    MailState.FAILED: N_("送れなかった"),
    MailState.UNSURE: N_("届いたか不明"),
    MailState.DROPPED: N_("取りやめ"),
}


def mail_backoff(attempts: int) -> timedelta:
    """1 minute, 2, 4 … at most 4 hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=4))
