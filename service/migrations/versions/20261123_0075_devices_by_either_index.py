"""Devices by their text or by their model, each through its index: an OR of both reads them all."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

MODEL = "gesuibo.fold(concat_ws(' ', m.manufacturer, m.model_no)) like pattern"
# Two characters between percent signs have no trigram: then the whole index is slower than the table.
EITHER = f"""
  select d.id from device d where length(pattern) >= 5 and d.search_text like pattern
  union
  select d.id from device d where length(pattern) < 5 and (d.search_text || '') like pattern
  union
  select d.id from device d
  where d.model_id = any (array(select m.id from device_model m where {MODEL}))
"""
BEFORE = f"""
  select d.id from device d
  where d.search_text like pattern
    or d.model_id in (select m.id from device_model m where {MODEL})
"""


# LATERAL: PostgreSQL misjudges how few devices are found and would read all installations.
def _functions(found: str) -> None:
    op.execute(
        f"""
        create or replace function gesuibo.devices_like(pattern text) returns setof uuid
          language sql stable rows 100 security definer set search_path = public, pg_temp
          as $$
            select found.id from ({found}) found
            where (select gesuibo.sees_all())
              or gesuibo.has_stood_at(found.id, (select gesuibo.visible_facilities()))
          $$
        """
    )
    op.execute(
        f"""
        create or replace function gesuibo.positions_by_device(pattern text) returns setof uuid
          language sql stable rows 100 security definer set search_path = public, pg_temp
          as $$
            select i.position_id from ({found}) found
            cross join lateral (
              select i.position_id, i.facility_id from installation i
              where i.device_id = found.id and i.period @> (now() at time zone 'Asia/Tokyo')::date
              limit 1) i
            where (select gesuibo.sees_all())
              or i.facility_id = any ((select gesuibo.visible_facilities())::uuid[])
          $$
        """
    )


def upgrade() -> None:
    _functions(EITHER)


def downgrade() -> None:
    _functions(BEFORE)
