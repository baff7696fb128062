"""The parts of a device model, and after how many years each is usually changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "model_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("part_name", sa.String(), nullable=False),
        sa.Column("part_no", sa.String()),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("interval_years", sa.Integer()),
        sa.Column("note", sa.String()),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_model_part_quantity")),
        sa.CheckConstraint(
            "interval_years between 1 and 100", name=op.f("ck_model_part_interval_years")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["device_model.id"], name=op.f("fk_model_part_model_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_part")),
        sa.UniqueConstraint(
            "model_id",
            "part_name",
            "part_no",
            name="uq_model_part_model_id_part",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.execute(
        "create trigger count_version before update on model_part"
        " for each row execute function gesuibo.count_version()"
    )
    op.execute("grant select, insert, update, delete on model_part to gesuibo_app")
    op.execute("alter table model_part enable row level security")
    op.execute("create policy city on model_part using ((select gesuibo.sees_all()))")
    op.execute(
        "create policy contractor_reads on model_part for select"
        " using (gesuibo.role() = 'contractor')"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("model_part")
