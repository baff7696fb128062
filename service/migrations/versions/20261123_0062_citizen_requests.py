"""The citizens' door: what came in; two functions that answer the public and nothing more."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0062"
down_revision = "0072"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATUS = """
create function gesuibo.citizen_status(receipt text)
  returns table (receipt_no text, closed_as text, case_state text)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select q.receipt_no, q.closed_as, c.state
    from citizen_request q left join fault_case c on c.id = q.case_id
    where q.receipt_no = receipt
  $$
"""
NEAR = """
create function gesuibo.citizen_requests_near(lon float8, lat float8, at_place text)
  returns table (topic text, received_on date, closed_as text, case_state text, away_m int)
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select q.topic, (q.created_at at time zone 'Asia/Tokyo')::date, q.closed_as, c.state,
           greatest(50, ceil(ST_Distance(
             q.geom::geography, ST_SetSRID(ST_MakePoint(lon, lat), 6668)::geography) / 50) * 50)::int
    from citizen_request q left join fault_case c on c.id = q.case_id
    where q.created_at > now() - interval '30 days' and q.closed_at is null
      and (ST_DWithin(
             q.geom::geography, ST_SetSRID(ST_MakePoint(lon, lat), 6668)::geography, 200)
           or similarity(gesuibo.fold(q.place), gesuibo.fold(at_place)) > 0.6)
    order by q.created_at desc limit 5
  $$
"""
FUNCTIONS = ("citizen_status(text)", "citizen_requests_near(float8, float8, text)")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "citizen_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("receipt_no", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("contact", sa.String()),
        sa.Column("geom", Geometry("POINT", 6668, spatial_index=False)),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("closed_as", sa.String()),
        sa.Column("closed_at", INSTANT),
        sa.CheckConstraint(
            "topic in ('overflow', 'odour', 'noise', 'cover', 'pump_alarm', 'other')",
            name=op.f("ck_citizen_request_topic"),
        ),
        sa.CheckConstraint(
            "closed_as in ('done', 'not_ours')", name=op.f("ck_citizen_request_closed_as")
        ),
        sa.CheckConstraint(
            "(closed_as is null) = (closed_at is null)", name=op.f("ck_citizen_request_closed")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_citizen_request_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_request")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_citizen_request_receipt_no")),
    )
    op.create_index("ix_citizen_request_created_at", "citizen_request", ["created_at"])
    op.create_index("ix_citizen_request_case_id", "citizen_request", ["case_id"])
    op.execute("grant select, insert, update on citizen_request to gesuibo_app")
    op.execute("alter table citizen_request enable row level security")
    op.execute("create policy city on citizen_request using ((select gesuibo.sees_all()))")
    op.execute(STATUS)
    op.execute(NEAR)
    for function in FUNCTIONS:
        op.execute(f"revoke execute on function gesuibo.{function} from public")
        op.execute(f"grant execute on function gesuibo.{function} to gesuibo_app")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for function in FUNCTIONS:
        op.execute(f"drop function gesuibo.{function}")
    op.drop_table("citizen_request")
