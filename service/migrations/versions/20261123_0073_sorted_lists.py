"""Lists of positions sorted by name, criticality or health at any page depth."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index("ix_position_name_position_code", "position", ["name", "position_code"])
    op.create_index(
        "ix_position_criticality_position_code", "position", ["criticality", "position_code"]
    )
    op.create_index(
        "ix_position_health_position_code",
        "position",
        [sa.text("coalesce(health, 9)"), "position_code"],
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for column in ("health", "criticality", "name"):
        op.drop_index(f"ix_position_{column}_position_code", "position")
