"""Read events in the order of their transactions."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index("ix_outbox_event_xid_id", "outbox_event", ["xid", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_event_xid_id", table_name="outbox_event")
