"""The application may make the temporary tables in which imports work."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# The name of the database is only known where the migration runs.
STATEMENT = """
do $$
begin
  execute format('{verb} temporary on database %I {direction} gesuibo_app', current_database());
end $$
"""


def upgrade() -> None:
    op.execute(STATEMENT.format(verb="grant", direction="to"))


def downgrade() -> None:
    op.execute(STATEMENT.format(verb="revoke", direction="from"))
