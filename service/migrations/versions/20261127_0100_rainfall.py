"""Rain of each day by gauge: what tells failures of rainy days from the others."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0085"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "rainfall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_import_id", sa.Uuid()),
        sa.Column("gauge", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("rain_mm", sa.Numeric(6, 1), nullable=False),
        sa.Column("max_hour_mm", sa.Numeric(5, 1)),
        sa.CheckConstraint("rain_mm between 0 and 2000", name=op.f("ck_rainfall_rain_mm")),
        sa.CheckConstraint("max_hour_mm between 0 and 500", name=op.f("ck_rainfall_max_hour_mm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rainfall")),
        sa.UniqueConstraint("gauge", "observed_on", name="uq_rainfall_gauge_observed_on"),
    )
    op.create_index(op.f("ix_rainfall_observed_on"), "rainfall", ["observed_on"])
    op.create_index(op.f("ix_rainfall_source_import_id"), "rainfall", ["source_import_id"])
    op.execute(
        "create trigger count_version before update on rainfall"
        " for each row execute function gesuibo.count_version()"
    )
    op.execute("grant select, insert, update, delete on rainfall to gesuibo_app")
    op.execute("alter table rainfall enable row level security")
    op.execute("create policy city on rainfall using ((select gesuibo.sees_all()))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("rainfall")
