"""Past records of places out of use are found without reading every change of the register."""

from alembic import op

revision = "0120"
down_revision = "0113"
branch_labels = None
depends_on = None

IS_OUT_OF_USE = (
    "table_name = 'position' and content->>'status' = any (array['suspended', 'abolished'])"
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index(
        "ix_registry_history_out_of_use",
        "registry_history",
        ["record_id", "superseded_at"],
        postgresql_where=IS_OUT_OF_USE,
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_registry_history_out_of_use", table_name="registry_history")
