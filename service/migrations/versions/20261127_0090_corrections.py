"""A report may put an earlier one right: both stay, linked."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0082"
branch_labels = None
depends_on = None

KINDS = "'first', 'follow_up', 'final', 'monthly'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("fault_report", sa.Column("corrects_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_fault_report_corrects_id"),
        "fault_report",
        "fault_report",
        ["corrects_id"],
        ["id"],
    )
    op.create_index("ix_fault_report_corrects_id", "fault_report", ["corrects_id"])
    _kinds(f"{KINDS}, 'correction'")


def _kinds(allowed: str) -> None:
    op.execute("alter table fault_report drop constraint ck_fault_report_kind")
    op.execute(
        f"alter table fault_report add constraint ck_fault_report_kind check (kind in ({allowed}))"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table fault_report disable trigger user")
    op.execute("update fault_report set kind = 'follow_up' where kind = 'correction'")
    op.execute("alter table fault_report enable trigger user")
    _kinds(KINDS)
    op.drop_column("fault_report", "corrects_id")
