"""Lists by index: what they ask of a stay, health, installation; common words known beforehand."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

STAYS = {"position_id": "device_id", "device_id": "position_id"}
HEALTH = "ix_position_health_position_code"
# Its statistics tell PostgreSQL in no time that a word is nearly everywhere; finding the places of
# such a word among a million takes a hundred times as long.
EXPECTED = """
create function gesuibo.positions_expected(word text, pattern text) returns double precision
  language plpgsql security definer set search_path = public, pg_temp
  as $$
    declare
      plan json;
    begin
      if length(word) < 3 then
        execute format('explain (format json) select from position'
                       ' where gesuibo.pairs(search_text) @> array[%L]', word) into plan;
      else
        execute format('explain (format json) select from position'
                       ' where search_text like %L', pattern) into plan;
      end if;
      return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::double precision;
    end
  $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for column, other in STAYS.items():
        op.drop_index(f"ix_installation_{column}", "installation")
        op.create_index(
            f"ix_installation_{column}",
            "installation",
            [column],
            postgresql_include=[other, "facility_id", "period"],
        )
    op.drop_index(HEALTH, "position")
    op.create_index(HEALTH, "position", ["health", "position_code"])
    op.create_index("ix_device_installed_from", "device", ["installed_from"])
    op.execute(EXPECTED)
    op.execute("revoke execute on function gesuibo.positions_expected(text, text) from public")
    op.execute("grant execute on function gesuibo.positions_expected(text, text) to gesuibo_app")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop function gesuibo.positions_expected(text, text)")
    op.drop_index("ix_device_installed_from", "device")
    op.drop_index(HEALTH, "position")
    op.create_index(HEALTH, "position", [sa.text("coalesce(health, 9)"), "position_code"])
    for column in STAYS:
        op.drop_index(f"ix_installation_{column}", "installation")
        op.create_index(f"ix_installation_{column}", "installation", [column])
