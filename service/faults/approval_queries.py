"""Routes, posts, requests, and what is hashed of a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.faults.approval_domain import Post, RequestState, Route
from service.faults.approval_models import ApprovalPost, ApprovalRequest, ApprovalRoute
from service.faults.vocabulary import ApprovalRole

_FAMILY = """
  with recursive family as (
    select id from fault_case where id = :case_id
    union
    select c.id from fault_case c join family on c.merged_into_id = family.id)
"""
_COST = text(  # constants of this module only
    _FAMILY  # noqa: S608
    + """
  select coalesce(sum(r.cost_yen), 0) from response_record r
  where r.case_id in (select id from family)
    and not exists (select 1 from response_record later where later.supersedes_id = r.id)
"""
)
# What an approver has read: the case without its state, every response, report and photo. Of the
# tables themselves, so that the hash is the same for those who read through views.
_CONTENT = text(
    _FAMILY  # noqa: S608
    + """
  select jsonb_build_object(
    'case', (select to_jsonb(c) - '{state,state_reason,wait_reason,closed_at,version,updated_at,updated_by,source_import_id,search_text}'::text[]
             from public.fault_case c where c.id = :case_id),
    'responses', (select jsonb_agg(to_jsonb(r) - '{source_import_id,search_text}'::text[] order by r.id)
                  from public.response_record r where r.case_id in (select id from family)),
    'reports', (select jsonb_agg(encode(r.body_sha256, 'hex') || r.id::text || r.body order by r.id)
                from case_report l join public.fault_report r on r.id = l.report_id
                where l.case_id in (select id from family)),
    'photos', (select jsonb_agg(a.sha256 order by a.sha256) from attachment a
               where a.response_id in (select id from response_record
                                       where case_id in (select id from family))))::text
"""  # noqa: E501
)
_WAITING = text(
    """
    select q.id, q.case_id, q.route_name, q.steps, q.step_no, q.state, q.cost_yen, q.submitted_at,
      q.submitted_by, q.post_facto, q.reason, q.settled_at, s.display_name as submitted_by_name,
      c.case_no, c.summary, c.urgency, f.name as facility_name, p.name as position_name
    from approval_request q
    join user_account s on s.id = q.submitted_by
    join fault_case c on c.id = q.case_id
    join facility f on f.id = c.facility_id
    left join position p on p.id = c.position_id
    where q.state = any (:states) and (cast(:case_id as uuid) is null or q.case_id = :case_id)
    order by q.submitted_at
    """
)
# 後閲: somebody stood in for the holder of a role, who has not looked at it since.
_PROXIES = text(
    """
    select a.id, a.target_id as case_id, a.role, a.decided_at, a.comment, a.request_id,
      u.display_name as decided_by_name, c.case_no, c.summary, f.name as facility_name
    from approval a
    join user_account u on u.id = a.decided_by
    join fault_case c on c.id = a.target_id
    join facility f on f.id = c.facility_id
    where a.decision = 'proxy' and a.role = any (:roles)
      and not exists (select 1 from approval later where later.request_id = a.request_id
        and later.role = a.role and later.decision = 'post_review')
    order by a.decided_at
    """
)
_CIRCULATING = text(
    """
    select q.id as request_id, q.case_id, r.role, q.settled_at, c.case_no, c.summary,
      f.name as facility_name
    from approval_request q
    cross join unnest(q.circulate) as r(role)
    join fault_case c on c.id = q.case_id
    join facility f on f.id = c.facility_id
    where q.state = 'approved' and r.role = any (:roles)
      and not exists (select 1 from approval a where a.request_id = q.id
        and a.role = r.role and a.decision = 'circulated')
    order by q.settled_at
    """
)
_STAMPS = text(
    """
    select a.role, a.decision, a.decided_at, a.comment, a.post_facto, u.display_name as name
    from approval a join user_account u on u.id = a.decided_by
    where a.request_id = :id order by a.decided_at, a.id
    """
)


def routes(session: Session, day: date) -> list[Route]:
    """Those that hold on the day."""
    statement = (
        select(ApprovalRoute)
        .where(ApprovalRoute.valid_from <= day)
        .where(col(ApprovalRoute.valid_to).is_(None) | (col(ApprovalRoute.valid_to) >= day))
    )
    return [
        Route(
            row.name,
            row.min_cost_yen,
            tuple(map(ApprovalRole, row.steps)),
            tuple(map(ApprovalRole, row.circulate)),
        )
        for row in session.exec(statement)
    ]


def posts(session: Session, day: date) -> dict[ApprovalRole, Post]:
    """Who holds each role on the day; of two the one who took it over last."""
    statement = (
        select(ApprovalPost)
        .where(ApprovalPost.valid_from <= day)
        .where(col(ApprovalPost.valid_to).is_(None) | (col(ApprovalPost.valid_to) >= day))
        .order_by(col(ApprovalPost.valid_from), col(ApprovalPost.id))
    )
    return {
        ApprovalRole(row.role): Post(
            ApprovalRole(row.role), row.user_id, row.deputy_id, row.absent_from, row.absent_to
        )
        for row in session.exec(statement)
    }


def cost_yen(session: Session, case_id: UUID) -> int:
    """What the responses cost together; corrected ones count as corrected."""
    return int(session.execute(_COST, {"case_id": case_id}).scalar_one())


def content(session: Session, case_id: UUID) -> str:
    """Everything that is approved, as one text that is the same as long as nothing changes."""
    return str(session.execute(_CONTENT, {"case_id": case_id}).scalar_one())


def pending(session: Session, case_id: UUID) -> ApprovalRequest | None:
    statement = (
        select(ApprovalRequest)
        .where(ApprovalRequest.case_id == case_id)
        .where(ApprovalRequest.state == RequestState.PENDING)
        .with_for_update()
    )
    return session.exec(statement).first()


def locked(session: Session, request_id: UUID) -> ApprovalRequest | None:
    return session.get(ApprovalRequest, request_id, with_for_update=True)


def requests(
    session: Session, *, states: list[str], case_id: UUID | None = None
) -> list[RowMapping]:
    found = session.execute(_WAITING, {"states": states, "case_id": case_id})
    return list(found.mappings())


def unreviewed_proxies(session: Session, roles: list[str]) -> list[RowMapping]:
    return list(session.execute(_PROXIES, {"roles": roles}).mappings())


def circulating(session: Session, roles: list[str]) -> list[RowMapping]:
    return list(session.execute(_CIRCULATING, {"roles": roles}).mappings())


def stamps(session: Session, request_id: UUID) -> list[RowMapping]:
    return list(session.execute(_STAMPS, {"id": request_id}).mappings())


def latest(session: Session, case_id: UUID) -> ApprovalRequest | None:
    statement = (
        select(ApprovalRequest)
        .where(ApprovalRequest.case_id == case_id)
        .order_by(col(ApprovalRequest.submitted_at).desc())
    )
    return session.exec(statement).first()


def all_routes(session: Session) -> list[ApprovalRoute]:
    statement = select(ApprovalRoute).order_by(
        col(ApprovalRoute.valid_from).desc(), col(ApprovalRoute.min_cost_yen)
    )
    return list(session.exec(statement))


_POSTS = text(
    """
    select p.*, u.display_name as holder, d.display_name as deputy
    from approval_post p join user_account u on u.id = p.user_id
    left join user_account d on d.id = p.deputy_id
    order by p.valid_to is not null, p.role, p.valid_from desc
    """
)


def all_posts(session: Session) -> list[Mapping[str, Any]]:
    return [dict(row) for row in session.execute(_POSTS).mappings()]


def post(session: Session, post_id: UUID) -> ApprovalPost | None:
    return session.get(ApprovalPost, post_id, with_for_update=True)


def route(session: Session, route_id: UUID) -> ApprovalRoute | None:
    return session.get(ApprovalRoute, route_id, with_for_update=True)
