"""Functions that take an import back without a trace in the records themselves."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
COUNT_VERSION = """
create or replace function gesuibo.count_version() returns trigger
  language plpgsql
  as $$
  begin
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
  end $$
"""
REFUSE_CHANGE = """
create or replace function gesuibo.refuse_change() returns trigger
  language plpgsql
  as $$
  begin
    raise exception '% is append-only', tg_table_name
      using errcode = 'integrity_constraint_violation',
            hint = 'Add a new row that corrects the old one.';
  end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    statements = (SQL / "0009_undo_imports.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.get_bind().exec_driver_sql(COUNT_VERSION)
    op.get_bind().exec_driver_sql(REFUSE_CHANGE.replace("%", "%%"))
    for name in ("undo_created", "undo_updated"):
        op.execute(f"drop function gesuibo.{name}(uuid, text, uuid[])")
    op.execute("drop function gesuibo.begin_undoing(uuid, text)")
    op.execute("drop function gesuibo.is_undoing()")
