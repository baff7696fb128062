"""The public's two questions go through functions of the database that answer nothing else."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.citizens.models import CitizenRequest

_STATUS = text("select * from gesuibo.citizen_status(:receipt_no)")
_NEAR = text("select * from gesuibo.citizen_requests_near(:longitude, :latitude, :place)")
_ADD = text("""
  insert into citizen_request (id, created_at, receipt_no, topic, place, body, contact, geom)
  values (:id, :created_at, :receipt_no, :topic, :place, :body, :contact,
          case when cast(:longitude as float) is null then null
               else ST_SetSRID(ST_MakePoint(:longitude, :latitude), 6668) end)
""")
_LATELY = text("""
  select count(*) from citizen_request where created_at > now() - interval '1 hour'
""")
_LISTED = """
  select q.id, q.created_at, q.receipt_no, q.topic, q.place, q.body, q.contact, q.case_id,
         q.closed_as, q.closed_at, c.case_no, c.state as case_state,
         ST_X(q.geom) as longitude, ST_Y(q.geom) as latitude
  from citizen_request q left join fault_case c on c.id = q.case_id
"""
_LIST = text(f"""
  {_LISTED}
  order by q.closed_at is not null, q.case_id is not null, q.created_at desc limit :limit
""")  # own fragments
_ONE = text(f"{_LISTED} where q.id = :id")


def status(session: Session, receipt_no: str) -> Row[Any] | None:
    return session.execute(_STATUS, {"receipt_no": receipt_no}).first()


def near(
    session: Session, *, longitude: float | None, latitude: float | None, place: str
) -> list[Row[Any]]:
    """Open requests of the last month close by, or with nearly the same words for the place."""
    values = {"longitude": longitude, "latitude": latitude, "place": place}
    return list(session.execute(_NEAR, values))


def add(session: Session, values: dict[str, Any]) -> None:
    session.execute(_ADD, values)


def filed_lately(session: Session) -> int:
    return int(session.execute(_LATELY).scalar_one())


def listed(session: Session, *, limit: int) -> list[Row[Any]]:
    """What nobody has looked after first."""
    return list(session.execute(_LIST, {"limit": limit}))


def one(session: Session, request_id: UUID) -> Row[Any] | None:
    return session.execute(_ONE, {"id": request_id}).first()


def for_update(session: Session, request_id: UUID) -> CitizenRequest | None:
    return session.get(CitizenRequest, request_id, with_for_update=True, populate_existing=True)
