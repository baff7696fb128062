"""What an event of the outbox has to tell, of which case, and whose task it is."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.core.clock import now, today
from service.core.outbox import Event
from service.core.settings import get_settings
from service.faults import approval_queries
from service.faults.approval_domain import RequestState
from service.faults.vocabulary import ApprovalRole
from service.notifications import queries
from service.notifications.addressing import News
from service.notifications.domain import Alarm, Kind, Reason
from service.notifications.duties import on_call

TOLD_FIELDS = frozenset({"state", "company_id"})


def news_of(session: Session, event: Event) -> News | None:
    """None when the event is nobody's news, or its case is gone."""
    tell = _TELLERS.get(event.topic)
    return tell(session, event.payload) if tell else None


def _of_case(
    session: Session, payload: Mapping[str, Any], kind: Kind, form: str, **more: Any
) -> News | None:
    """``more`` are facts, but for the fields of `News`."""
    case = queries.case_place(session, UUID(payload["case_id"]))
    if case is None:
        return None
    fields = {name: more.pop(name) for name in ("due", "only_due", "relaxed") if name in more}
    by_id = payload.get("by_id")
    facts = {
        "form": form,
        "case_no": case["case_no"],
        "place": case["place"],
        "href": f"/cases/{case['case_id']}",
        "by": payload.get("by", ""),
    }
    return News(
        kind,
        facts | more,
        case_id=case["case_id"],
        facility_id=case["facility_id"],
        by_id=UUID(by_id) if by_id else None,
        involved=queries.involved(session, case["case_id"]),
        **fields,
    )


def _report(session: Session, payload: Mapping[str, Any]) -> News | None:
    if not payload.get("emergency"):
        return _of_case(session, payload, Kind.REPORT, "report", report_no=payload["report_no"])
    turns = on_call(session, now())
    first = dict.fromkeys(turns[0], Reason.ON_CALL) if turns else {}
    return _of_case(
        session,
        payload,
        Kind.EMERGENCY,
        "emergency",
        report_no=payload["report_no"],
        due=first,
        relaxed=bool(first),
    )


def _escalated(session: Session, payload: Mapping[str, Any]) -> News | None:
    """The next one on duty; after the last everybody."""
    turns = on_call(session, now())
    step = int(payload["step"])
    more: dict[str, Any] = {"minutes": step * get_settings().escalation_minutes}
    if step < len(turns):
        due = dict.fromkeys(turns[step], Reason.ESCALATED)
        return _of_case(
            session, payload, Kind.EMERGENCY, "escalated", due=due, only_due=True, **more
        )
    everybody = dict.fromkeys(queries.handler_ids(session), Reason.ESCALATED)
    return _of_case(session, payload, Kind.EMERGENCY, "escalated", due=everybody, **more)


def _case(session: Session, payload: Mapping[str, Any]) -> News | None:
    changed = TOLD_FIELDS & set(payload.get("changed", ()))
    if not changed:
        return None
    form = "case_state" if "state" in changed else "case_company"
    return _of_case(session, payload, Kind.CASE, form, state=payload["state"])


def _response(session: Session, payload: Mapping[str, Any]) -> News | None:
    return _of_case(session, payload, Kind.RESPONSE, "response", response_kind=payload["kind"])


def _approval(session: Session, payload: Mapping[str, Any]) -> News | None:
    request = approval_queries.locked(session, UUID(payload["request_id"]))
    if request is None:
        return None
    state = RequestState(payload["request_state"])
    if state is RequestState.PENDING:
        due = _holder(session, ApprovalRole(payload["role"]))
        form = "approval"
        more = {"role": payload["role"], "due": due, "only_due": True}
        return _of_case(session, payload, Kind.APPROVAL, form, **more)
    if state is RequestState.WITHDRAWN:
        return None
    due = {request.submitted_by: Reason.SUBMITTER}
    return _of_case(session, payload, Kind.DECISION, state.value, due=due, only_due=True)


def circulation_of(session: Session, event: Event) -> News | None:
    """供覧: an approved case is shown to more roles. Another message of the same event."""
    payload = event.payload
    if event.topic != "approval.changed" or payload["request_state"] != RequestState.APPROVED:
        return None
    request = approval_queries.locked(session, UUID(payload["request_id"]))
    if request is None or not request.circulate:
        return None
    posts = approval_queries.posts(session, today())
    held = [posts[role].user_id for role in map(ApprovalRole, request.circulate) if role in posts]
    due = dict.fromkeys(held, Reason.CIRCULATED)
    return _of_case(session, payload, Kind.APPROVAL, "circulated", due=due, only_due=True)


def _holder(session: Session, role: ApprovalRole) -> dict[UUID, Reason]:
    post = approval_queries.posts(session, today()).get(role)
    if post is None:
        return {}
    if post.is_absent(today()) and post.deputy_id is not None:
        return {post.deputy_id: Reason.DEPUTY}
    return {post.user_id: Reason.HOLDER}


def _overdue(session: Session, payload: Mapping[str, Any]) -> News | None:
    alarm = Alarm(payload["alarm"])
    return _of_case(session, payload, Kind.OVERDUE, alarm.value, days=get_settings().ageing_days)


def _tag(session: Session, payload: Mapping[str, Any]) -> News | None:
    code = payload["tag_code"]
    position = payload.get("position_id")
    place = queries.position_place(session, UUID(position)) if position else ""
    facts = {"form": "tag", "tag_code": code, "place": place, "href": f"/tags/{code}/history"}
    return News(Kind.TAG, facts)


def _work_requested(session: Session, payload: Mapping[str, Any]) -> News | None:
    people = queries.company_people(session, UUID(payload["company_id"]))
    return _work(session, payload, "work_request", dict.fromkeys(people, Reason.REQUESTED))


def _work_changed(session: Session, payload: Mapping[str, Any]) -> News | None:
    """What the city records goes to the company, what the company records to who asked."""
    if payload["by_city"]:
        people = queries.company_people(session, UUID(payload["company_id"]))
        return _work(session, payload, "work_changed", dict.fromkeys(people, Reason.REQUESTED))
    asked_by = payload["requested_by"]
    due = {UUID(asked_by): Reason.REQUESTER} if asked_by else {}
    return _work(session, payload, "work_changed", due)


def _work(
    session: Session, payload: Mapping[str, Any], form: str, due: Mapping[UUID, Reason]
) -> News | None:
    href = f"/work/{payload['request_id']}"
    return _of_case(session, payload, Kind.CASE, form, due=due, only_due=True, href=href)


def _citizen(_session: Session, payload: Mapping[str, Any]) -> News:
    href = f"/citizen/desk/{payload['request_id']}"
    return News(Kind.REPORT, {"form": "citizen", "receipt_no": payload["receipt_no"], "href": href})


def _scheduled(_session: Session, payload: Mapping[str, Any]) -> News:
    facts = {"form": "scheduled", "name": payload["name"], "href": payload["href"]}
    due = {UUID(payload["user_id"]): Reason.SAVED}
    return News(Kind.SCHEDULED, facts, due=due, only_due=True)


def _webhook(_session: Session, payload: Mapping[str, Any]) -> News:
    facts = {"form": "webhook", "name": payload["name"], "href": "/admin/webhooks"}
    return News(Kind.SYSTEM, facts)


def _mail(_session: Session, _payload: Mapping[str, Any]) -> News:
    # A mail about mails that cannot be sent would be the next one.
    return News(Kind.SYSTEM, {"form": "mail", "href": "/admin/mail"}, by_mail=False)


_TELLERS: dict[str, Callable[[Session, Mapping[str, Any]], News | None]] = {
    "report.filed": _report,
    "case.escalated": _escalated,
    "case.changed": _case,
    "case.overdue": _overdue,
    "response.added": _response,
    "approval.changed": _approval,
    "tag.disputed": _tag,
    "citizen.filed": _citizen,
    "work_request.made": _work_requested,
    "work_request.changed": _work_changed,
    "report.due": _scheduled,
    "webhook.disabled": _webhook,
    "mail.failed": _mail,
}
TOPICS = tuple(_TELLERS)
