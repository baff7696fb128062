"""Saved views: one's own, and those that the office shares."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"])
    op.execute("grant select, insert, update, delete on saved_view to gesuibo_app")
    op.execute("alter table saved_view enable row level security")
    op.execute("create policy own on saved_view using (user_id = (select gesuibo.user_id()))")
    op.execute(
        "create policy city_reads on saved_view for select"
        " using (is_shared and (select gesuibo.sees_all()))"
    )


def downgrade() -> None:
    op.drop_table("saved_view")
