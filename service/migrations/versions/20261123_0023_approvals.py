"""決裁: routes with their thresholds, who holds which role, and requests on their way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ROLES = "'officer', 'chief', 'deputy_manager', 'manager', 'director'"
WORDS = postgresql.ARRAY(sa.Text())
TABLES = ("approval_route", "approval_post", "approval_request")


def _versioned() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]


def _roles(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} <@ array[{ROLES}]::text[]", name=op.f(f"ck_{table}_{column}")
    )


def _words(name: str) -> sa.Column:
    return sa.Column(name, WORDS, server_default=sa.text("'{}'"), nullable=False)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "approval_route",
        *_versioned(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("min_cost_yen", sa.Integer(), nullable=False),
        _words("steps"),
        _words("circulate"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _roles("approval_route", "steps"),
        _roles("approval_route", "circulate"),
        sa.CheckConstraint("cardinality(steps) > 0", name=op.f("ck_approval_route_steps_given")),
        sa.CheckConstraint("min_cost_yen >= 0", name=op.f("ck_approval_route_min_cost_yen")),
        sa.CheckConstraint(
            "valid_to is null or valid_from <= valid_to", name=op.f("ck_approval_route_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_route")),
    )
    _posts()
    _requests()
    op.add_column("approval", sa.Column("request_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_approval_request_id"), "approval", "approval_request", ["request_id"], ["id"]
    )
    op.create_index("ix_approval_request_id", "approval", ["request_id"])
    for table in TABLES:
        op.execute(
            f"create trigger count_version before update on {table}"
            " for each row execute function gesuibo.count_version()"
        )
        op.execute(f"grant select, insert, update on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")


def _posts() -> None:
    op.create_table(
        "approval_post",
        *_versioned(),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("absent_from", sa.Date()),
        sa.Column("absent_to", sa.Date()),
        sa.CheckConstraint(f"role in ({ROLES})", name=op.f("ck_approval_post_role")),
        sa.CheckConstraint(
            "valid_to is null or valid_from <= valid_to", name=op.f("ck_approval_post_period")
        ),
        sa.CheckConstraint(
            "deputy_id is distinct from user_id", name=op.f("ck_approval_post_deputy")
        ),
        sa.CheckConstraint(
            "(absent_from is null) = (absent_to is null) and (absent_from is null"
            " or absent_from <= absent_to)",
            name=op.f("ck_approval_post_absence"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_approval_post_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["user_account.id"], name=op.f("fk_approval_post_deputy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_post")),
    )
    op.create_index("ix_approval_post_user_id", "approval_post", ["user_id"])
    op.create_index("ix_approval_post_deputy_id", "approval_post", ["deputy_id"])


def _requests() -> None:
    op.create_table(
        "approval_request",
        *_versioned(),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("route_name", sa.String(), nullable=False),
        _words("steps"),
        _words("circulate"),
        sa.Column("step_no", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("cost_yen", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("post_facto", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.CheckConstraint(
            "state in ('pending', 'approved', 'returned', 'withdrawn')",
            name=op.f("ck_approval_request_state"),
        ),
        _roles("approval_request", "steps"),
        _roles("approval_request", "circulate"),
        sa.CheckConstraint(
            "not post_facto or reason is not null", name=op.f("ck_approval_request_post_facto")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_approval_request_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_approval_request_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
    )
    op.create_index("ix_approval_request_case_id", "approval_request", ["case_id"])
    op.create_index("ix_approval_request_submitted_by", "approval_request", ["submitted_by"])
    op.create_index(
        "uq_approval_request_pending",
        "approval_request",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_approval_request_id", "approval")
    op.drop_column("approval", "request_id")
    for table in reversed(TABLES):
        op.drop_table(table)
