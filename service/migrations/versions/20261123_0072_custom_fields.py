"""Fields of the city's own, by class of equipment, and their values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0061"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OWNERS = ("position", "device")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("select gesuibo.drop_as_of_views()")
    for table in OWNERS:
        op.add_column(
            table,
            sa.Column("custom", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        )
    op.execute("select gesuibo.make_as_of_views()")
    op.create_table(
        "custom_field",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String()),
        sa.Column(
            "choices", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "class_codes",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("retired_at", INSTANT),
        sa.CheckConstraint("owner in ('position', 'device')", name=op.f("ck_custom_field_owner")),
        sa.CheckConstraint(
            "kind in ('text', 'number', 'date', 'yes_no', 'choice')",
            name=op.f("ck_custom_field_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'choice') = (cardinality(choices) > 0)", name=op.f("ck_custom_field_choices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field")),
        sa.UniqueConstraint("label", name=op.f("uq_custom_field_label")),
    )
    op.execute(
        "create trigger count_version before update on custom_field"
        " for each row execute function gesuibo.count_version()"
    )
    op.execute("grant select, insert, update on custom_field to gesuibo_app")
    op.execute("alter table custom_field enable row level security")
    op.execute("create policy city on custom_field using ((select gesuibo.sees_all()))")
    op.execute(
        "create policy contractor_reads on custom_field for select"
        " using (gesuibo.role() = 'contractor')"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("custom_field")
    op.execute("select gesuibo.drop_as_of_views()")
    for table in OWNERS:
        op.drop_column(table, "custom")
    op.execute("select gesuibo.make_as_of_views()")
