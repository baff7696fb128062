"""Saved reports of which the owner is told every month."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0073"
branch_labels = None
depends_on = None

KINDS = (
    "report",
    "emergency",
    "case",
    "response",
    "approval",
    "decision",
    "tag",
    "overdue",
    "scheduled",
    "system",
)
REASONS = (
    "default",
    "chosen",
    "involved",
    "on_call",
    "escalated",
    "holder",
    "deputy",
    "circulated",
    "submitter",
    "requested",
    "requester",
    "saved",
)


def _reasons(reasons: tuple[str, ...]) -> None:
    values = ", ".join(f"'{reason}'" for reason in reasons)
    op.execute("alter table notification drop constraint ck_notification_reason")
    op.execute(
        "alter table notification add constraint ck_notification_reason"
        f" check (reason in ({values}))"
    )


def _kinds(kinds: tuple[str, ...]) -> None:
    values = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("notification", "notification_choice"):
        op.execute(f"alter table {table} drop constraint ck_{table}_kind")
        op.execute(f"alter table {table} add constraint ck_{table}_kind check (kind in ({values}))")


def upgrade() -> None:
    op.add_column(
        "saved_view",
        sa.Column("is_monthly", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("saved_view", sa.Column("told_month", sa.Date()))
    op.create_index(
        "ix_saved_view_told_month",
        "saved_view",
        ["told_month"],
        postgresql_where=sa.text("is_monthly"),
    )
    op.execute("create policy jobs on saved_view using (gesuibo.role() = 'system')")
    _kinds(KINDS)
    _reasons(REASONS)


def downgrade() -> None:
    op.execute("delete from notification where kind = 'scheduled'")
    op.execute("delete from notification_choice where kind = 'scheduled'")
    _reasons(REASONS[:-1])
    _kinds(tuple(kind for kind in KINDS if kind != "scheduled"))
    op.execute("drop policy jobs on saved_view")
    op.drop_index("ix_saved_view_told_month", "saved_view")
    op.drop_column("saved_view", "told_month")
    op.drop_column("saved_view", "is_monthly")
