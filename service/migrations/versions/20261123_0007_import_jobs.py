"""Imports as jobs: the file kept, decisions and questions, progress, saved mappings, undo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = "'arrived', 'planned', 'applying', 'applied', 'undoing', 'undone', 'abandoned', 'failed'"
STATES_BEFORE = "'planned', 'applied', 'undone', 'abandoned'"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _create_mapping()
    _create_progress()
    op.add_column("import_job", sa.Column("file_key", sa.String()))
    op.add_column("import_job", sa.Column("mapping_id", sa.Uuid()))
    op.add_column("import_job", sa.Column("continues_id", sa.Uuid()))
    op.add_column(
        "import_job",
        sa.Column("questions", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("import_job", sa.Column("problem", postgresql.JSONB()))
    op.create_foreign_key(
        op.f("fk_import_job_mapping_id"), "import_job", "import_mapping", ["mapping_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_import_job_continues_id"), "import_job", "import_job", ["continues_id"], ["id"]
    )
    _hold_states(STATES)
    for name in ("table_no", "part_no"):
        op.add_column(
            "import_row", sa.Column(name, sa.Integer(), server_default="1", nullable=False)
        )
    op.add_column(
        "import_row",
        sa.Column(
            "records",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("import_row", sa.Column("kept", postgresql.JSONB()))
    op.create_index("ix_import_row_records", "import_row", ["records"], postgresql_using="gin")


def _create_mapping() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("used_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("signature", name=op.f("uq_import_mapping_signature")),
    )
    op.execute(
        "create trigger count_version before update on import_mapping"
        " for each row execute function gesuibo.count_version()"
    )
    _city_only("import_mapping")


def _create_progress() -> None:
    op.create_table(
        "import_progress",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["import_job.id"],
            name=op.f("fk_import_progress_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_import_progress")),
    )
    _city_only("import_progress")


def _city_only(table: str) -> None:
    op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")


def _hold_states(states: str) -> None:
    op.drop_constraint(op.f("ck_import_job_state"), "import_job")
    op.create_check_constraint(op.f("ck_import_job_state"), "import_job", f"state in ({states})")


def downgrade() -> None:
    op.drop_index("ix_import_row_records", "import_row")
    for name in ("kept", "records", "part_no", "table_no"):
        op.drop_column("import_row", name)
    _hold_states(STATES_BEFORE)
    for name in ("continues_id", "mapping_id", "problem", "questions", "file_key"):
        op.drop_column("import_job", name)
    op.drop_table("import_progress")
    op.drop_table("import_mapping")
