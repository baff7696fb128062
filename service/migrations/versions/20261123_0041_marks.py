"""Marks of a case by one tap; the office's phrases for responses."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "response_phrase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_phrase")),
        sa.UniqueConstraint("title", name=op.f("uq_response_phrase_title")),
    )
    op.create_table(
        "case_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("is_estimated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "kind in ('stopped', 'arrived', 'temporary', 'restored')",
            name=op.f("ck_case_mark_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_case_mark_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mark")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_mark_case_id_kind")),
    )
    for table in ("case_mark", "response_phrase"):
        op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")
    op.execute(
        "create policy contractor_reads on case_mark for select"
        " using (exists (select 1 from fault_case c where c.id = case_id))"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("case_mark")
    op.drop_table("response_phrase")
