"""The auditor: reads everything, changes nothing, sees nobody's name or number, until a day."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
ROLES = "'contractor', 'staff', 'engineer', 'administrator'"


def _roles(words: str) -> None:
    op.drop_constraint(op.f("ck_user_account_role"), "user_account")
    op.create_check_constraint(op.f("ck_user_account_role"), "user_account", f"role in ({words})")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("user_account", sa.Column("expires_on", sa.Date()))
    _roles(f"{ROLES}, 'auditor'")
    op.create_check_constraint(
        op.f("ck_user_account_auditor_expires"),
        "user_account",
        "role <> 'auditor' or expires_on is not null",
    )
    op.create_index(
        "ix_audit_entry_views", "audit_entry", ["id"], postgresql_where=sa.text("action = 'view'")
    )
    statements = (SQL / "0101_auditor.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    statements = (SQL / "0101_auditor_before.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
    op.drop_index("ix_audit_entry_views", "audit_entry")
    op.drop_constraint(op.f("ck_user_account_auditor_expires"), "user_account")
    op.execute("delete from sign_in where user_id in"
               " (select id from user_account where role = 'auditor')")  # fmt: skip
    op.execute(
        "update user_account set role = 'engineer', disabled_at = now() where role = 'auditor'"
    )
    _roles(ROLES)
    op.drop_column("user_account", "expires_on")
