"""Positions by a part of their text through the trigram index, whoever asks."""

from alembic import op

revision = "0074"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create function gesuibo.positions_like(pattern text) returns setof uuid
          language sql stable rows 100 security definer set search_path = public, pg_temp
          as $$
            select p.id from position p
            where p.search_text like pattern
              and ((select gesuibo.sees_all())
                   or p.facility_id = any ((select gesuibo.visible_facilities())::uuid[]))
            union all
            select gesuibo.positions_by_device(pattern)
          $$
        """
    )
    op.execute("revoke execute on function gesuibo.positions_like(text) from public")
    op.execute("grant execute on function gesuibo.positions_like(text) to gesuibo_app")


def downgrade() -> None:
    op.execute("drop function gesuibo.positions_like(text)")
