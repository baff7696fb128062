"""The register as it was on any day: its history, year-end closings, overhauls of devices."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
INSTANT = sa.DateTime(timezone=True)
TRACKED = (
    "facility",
    "location",
    "equipment_class",
    "device_model",
    "position",
    "device",
    "installation",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("device", sa.Column("overhauled_on", sa.Date()))
    op.create_table(
        "registry_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("superseded_at", INSTANT, nullable=False),
        sa.Column("superseded_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_history")),
    )
    op.create_index(
        "ix_registry_history_record",
        "registry_history",
        ["table_name", "record_id", "superseded_at"],
    )
    op.create_index(
        "ix_registry_history_superseded_at", "registry_history", ["superseded_at", "table_name"]
    )
    op.create_table(
        "ledger_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("digests", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_closing")),
    )
    op.create_index("ix_ledger_closing_fiscal_year", "ledger_closing", ["fiscal_year"])
    statements = (SQL / "0021_as_of.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
    op.execute("grant select on registry_history to gesuibo_app")
    op.execute("grant select, insert on ledger_closing to gesuibo_app")
    for table in ("registry_history", "ledger_closing"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop schema as_of cascade")
    for name in ("make_as_of_views", "drop_as_of_views"):
        op.execute(f"drop function gesuibo.{name}()")
    for table in TRACKED:
        op.execute(f"drop trigger keep_history on {table}")
    op.execute("drop function gesuibo.keep_history()")
    for name in ("day", "state_at", "known_at"):
        op.execute(f"drop function gesuibo.{name}()")
    op.drop_table("ledger_closing")
    op.drop_table("registry_history")
    op.drop_column("device", "overhauled_on")
