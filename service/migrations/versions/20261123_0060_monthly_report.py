"""Monthly reports as they were issued; the city's own form for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0070"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "monthly_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("retired_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_template")),
    )
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("facility_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("issued_by_name", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("template_id", sa.Uuid()),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_monthly_report_revision")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_monthly_report_month")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_monthly_report_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_monthly_report_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["monthly_template.id"], name=op.f("fk_monthly_report_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
        sa.UniqueConstraint(
            "month",
            "facility_id",
            "company_id",
            "revision",
            name=op.f("uq_monthly_report_revision"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.execute("grant select, insert on monthly_report to gesuibo_app")
    op.execute("grant select, insert, update on monthly_template to gesuibo_app")
    for table in ("monthly_report", "monthly_template"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")
    op.execute(
        "create trigger monthly_report_append_only before update or delete on monthly_report"
        " for each row execute function gesuibo.refuse_change()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("monthly_report")
    op.drop_table("monthly_template")
