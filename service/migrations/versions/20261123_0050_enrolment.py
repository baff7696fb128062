"""Phones enrolled by a one-time code; a company's workers share a phone by name and PIN."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_enrolment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_enrolment_code_hash")),
    )
    op.create_index("ix_enrolment_user_id", "enrolment", ["user_id"])
    op.execute("grant select, insert, update, delete on enrolment to gesuibo_app")
    op.execute("alter table enrolment enable row level security")
    op.execute("create policy city on enrolment using ((select gesuibo.sees_all()))")
    op.add_column(
        "user_account",
        sa.Column("is_foreman", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("user_account", sa.Column("pin_hash", sa.String()))
    op.create_check_constraint(
        op.f("ck_user_account_foreman"), "user_account", "not is_foreman or role = 'contractor'"
    )
    op.add_column(
        "phone",
        sa.Column("failed_pins", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("phone", sa.Column("locked_until", INSTANT))


def downgrade() -> None:
    op.drop_column("phone", "locked_until")
    op.drop_column("phone", "failed_pins")
    op.drop_constraint(op.f("ck_user_account_foreman"), "user_account")
    op.drop_column("user_account", "pin_hash")
    op.drop_column("user_account", "is_foreman")
    op.drop_table("enrolment")
