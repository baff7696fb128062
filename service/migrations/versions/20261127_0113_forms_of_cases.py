"""The city's own form for a case, beside that of the month."""

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column(
        "monthly_template", sa.Column("kind", sa.String(), server_default="monthly", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_monthly_template_kind"), "monthly_template", "kind in ('monthly', 'case')"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from monthly_template where kind <> 'monthly'")
    op.drop_column("monthly_template", "kind")
