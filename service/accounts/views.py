"""Saved views: a list with its conditions under a name, for oneself or for the whole office."""

import re
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlmodel import Session

from service.accounts import queries
from service.accounts.actor import Actor
from service.accounts.models import SavedView
from service.accounts.permissions import Permission
from service.core import clock
from service.core.errors import Conflict, Forbidden, NotFound
from service.core.i18n.marker import N_

LISTS = ("/positions", "/facilities", "/spares", "/inspections/due", "/cases", "/inbox")
_REPORT = re.compile(r"/analytics/[a-z][a-z-]{1,40}")
MAX_VIEWS = 50
_NOT_KEPT = frozenset({"cursor", "before", "snapshot"})


class TooManyViews(Conflict):
    code = "too-many-views"
    message = N_("保存できる表示は%(limit)s件までです。使わないものを消してください。")


def is_kept(path: str) -> bool:
    return path in LISTS or _REPORT.fullmatch(path) is not None


def save_view(
    session: Session,
    name: str,
    path: str,
    query: str,
    *,
    is_shared: bool,
    is_monthly: bool = False,
    by: Actor,
) -> SavedView:
    """The conditions of a list or report; where one had turned its pages to is not kept.

    Of a report with ``is_monthly`` its owner is told at the beginning of every month to come.

    Raises:
        NotFound: for a list of which no views are kept.
        TooManyViews: nobody needs more.
    """
    by.require(Permission.ACCOUNT_SETTINGS)
    if by.id is None:
        raise Forbidden
    if not is_kept(path):
        raise NotFound
    if queries.view_count(session, by.id) >= MAX_VIEWS:
        raise TooManyViews(limit=MAX_VIEWS)
    pairs = [pair for pair in parse_qsl(query) if pair[0] not in _NOT_KEPT]
    view = SavedView(
        user_id=by.id,
        name=name,
        path=path,
        query=urlencode(pairs),
        is_shared=is_shared and by.company_id is None,
        is_monthly=is_monthly and path not in LISTS,
        told_month=clock.today().replace(day=1),
        created_by=by.id,
    )
    session.add(view)
    session.flush()
    return view


def forget_view(session: Session, view_id: UUID, *, by: Actor) -> str:
    """Only one's own; answers the list that it was of."""
    view = queries.view(session, view_id)
    if view is None or view.user_id != by.id:
        raise NotFound
    path = view.path
    session.delete(view)
    session.flush()
    return path
