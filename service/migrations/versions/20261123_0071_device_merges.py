"""Devices that were registered twice: made one with all their history, and two again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0071"
down_revision = "0060"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _key(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["device.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("select gesuibo.drop_as_of_views()")
    op.add_column("device", sa.Column("merged_into_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_device_merged_into_id"), "device", "device", ["merged_into_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_device_merged_into_other"), "device", "merged_into_id <> id"
    )
    op.create_index("ix_device_merged_into_id", "device", ["merged_into_id"])
    op.execute("select gesuibo.make_as_of_views()")
    op.create_table(
        "device_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("filled", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("alias_id", sa.Uuid()),
        sa.Column("undone_at", INSTANT),
        sa.Column("undone_by", sa.Uuid()),
        sa.Column("undo_reason", sa.String()),
        _key("device_merge", "kept_id"),
        _key("device_merge", "absorbed_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_merge")),
    )
    op.create_index(op.f("ix_device_merge_kept_id"), "device_merge", ["kept_id"])
    op.create_index(
        "ix_device_merge_standing",
        "device_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where=sa.text("undone_at is null"),
    )
    op.create_table(
        "distinct_devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _key("distinct_devices", "one_id"),
        _key("distinct_devices", "other_id"),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_distinct_devices_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinct_devices")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_distinct_devices_one_id_other_id")),
    )
    for table in ("device_merge", "distinct_devices"):
        op.execute(f"grant select, insert, update on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("distinct_devices")
    op.drop_table("device_merge")
    op.execute("select gesuibo.drop_as_of_views()")
    op.drop_column("device", "merged_into_id")
    op.execute("select gesuibo.make_as_of_views()")
