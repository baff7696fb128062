"""What lists ask of a stay lies in its index; lists are sorted by health and installation by index."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

STAYS = {"position_id": "device_id", "device_id": "position_id"}
HEALTH = "ix_position_health_position_code"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for column, other in STAYS.items():
        op.drop_index(f"ix_installation_{column}", "installation")
        op.create_index(
            f"ix_installation_{column}",
            "installation",
            [column],
            postgresql_include=[other, "facility_id", "period"],
        )
    op.drop_index(HEALTH, "position")
    op.create_index(HEALTH, "position", ["health", "position_code"])
    op.create_index("ix_device_installed_from", "device", ["installed_from"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_device_installed_from", "device")
    op.drop_index(HEALTH, "position")
    op.create_index(HEALTH, "position", [sa.text("coalesce(health, 9)"), "position_code"])
    for column in STAYS:
        op.drop_index(f"ix_installation_{column}", "installation")
        op.create_index(f"ix_installation_{column}", "installation", [column])
