"""How many positions there are of each kind, kept beside them: the counts of every list's filters."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0090"
branch_labels = None
depends_on = None

KINDS = "facility_id, class_id, criticality, health, status"
OWNED = "security definer set search_path = public, pg_temp"
# Rows are only added, so that nobody who changes a position waits for anybody else; `sum_tally`
# makes one row of many now and then.
KEPT = f"""
create function gesuibo.tally_added() returns trigger language plpgsql {OWNED}
  as $$
    begin
      insert into position_tally ({KINDS}, positions)
      select {KINDS}, count(*) from fresh group by {KINDS};
      return null;
    end
  $$;
create function gesuibo.tally_removed() returns trigger language plpgsql {OWNED}
  as $$
    begin
      insert into position_tally ({KINDS}, positions)
      select {KINDS}, -count(*) from gone group by {KINDS};
      return null;
    end
  $$;
create function gesuibo.tally_changed() returns trigger language plpgsql {OWNED}
  as $$
    begin
      insert into position_tally ({KINDS}, positions) values
        (old.facility_id, old.class_id, old.criticality, old.health, old.status, -1),
        (new.facility_id, new.class_id, new.criticality, new.health, new.status, 1);
      return null;
    end
  $$;
create function gesuibo.tally_emptied() returns trigger language plpgsql {OWNED}
  as $$
    begin
      delete from position_tally;
      return null;
    end
  $$;
create trigger tally_added after insert on position
  referencing new table as fresh for each statement execute function gesuibo.tally_added();
create trigger tally_removed after delete on position
  referencing old table as gone for each statement execute function gesuibo.tally_removed();
create trigger tally_changed after update of {KINDS} on position for each row
  when ((old.facility_id, old.class_id, old.criticality, old.health, old.status)
    is distinct from (new.facility_id, new.class_id, new.criticality, new.health, new.status))
  execute function gesuibo.tally_changed();
create trigger tally_emptied after truncate on position
  for each statement execute function gesuibo.tally_emptied();
create function gesuibo.sum_tally(most integer) returns boolean language plpgsql {OWNED}
  as $$
    begin
      if (select count(*) <= most from (
            select from position_tally where not is_sum limit most + 1) changes)
        or not pg_try_advisory_xact_lock(hashtext('gesuibo.sum_tally')) then
        return false;
      end if;
      with taken as (delete from position_tally returning *)
      insert into position_tally ({KINDS}, positions, is_sum)
      select {KINDS}, sum(positions), true from taken
      group by {KINDS} having sum(positions) <> 0;
      return true;
    end
  $$;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "position_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("criticality", sa.String()),
        sa.Column("health", sa.Integer()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.Column("is_sum", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_tally")),
    )
    op.create_index(
        "ix_position_tally_changes",
        "position_tally",
        ["id"],
        postgresql_where=sa.text("not is_sum"),
    )
    op.execute("alter table position_tally enable row level security")
    op.execute(
        "create policy reads on position_tally for select using ((select gesuibo.sees_all())"
        " or facility_id = any ((select gesuibo.visible_facilities())::uuid[]))"
    )
    op.execute("grant select on position_tally to gesuibo_app")
    op.execute("lock table position in share mode")
    op.execute(
        f"insert into position_tally ({KINDS}, positions, is_sum)"
        f" select {KINDS}, count(*), true from position group by {KINDS}"
    )
    op.execute(KEPT)
    op.execute("revoke execute on function gesuibo.sum_tally(integer) from public")
    op.execute("grant execute on function gesuibo.sum_tally(integer) to gesuibo_app")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in ("added", "removed", "changed", "emptied"):
        op.execute(f"drop trigger tally_{name} on position")
        op.execute(f"drop function gesuibo.tally_{name}()")
    op.execute("drop function gesuibo.sum_tally(integer)")
    op.drop_table("position_tally")
