"""Cases are found by what was written about them, by index, folded like the register's names."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

SEARCHED = {
    "fault_case": ("case_no", "summary", "unregistered_desc", "alarm_text"),
    "fault_report": ("report_no", "body", "temporary_action"),
    "response_record": ("description", "prevention", "rollout", "contract_ref"),
}
WRITTEN = """
  select {columns} from {table} where length(word) >= 3 and search_text like pattern
  union all
  select {columns} from {table} where length(word) < 3 and gesuibo.pairs(search_text) @> array[word]
"""
# A contractor finds its own cases by its own reports and by every response that it may read.
FOUND = f"""
create function gesuibo.cases_written(word text, pattern text) returns setof uuid
  language sql stable rows 100 security definer set search_path = public, pg_temp
  as $$
    with found as (
      select w.id from ({WRITTEN.format(columns="id", table="fault_case")}) w
      union all
      select l.case_id from ({WRITTEN.format(columns="id, company_id", table="fault_report")}) w
      join case_report l on l.report_id = w.id
      where (select gesuibo.sees_all()) or w.company_id = (select gesuibo.company())
      union all
      select w.case_id from ({WRITTEN.format(columns="case_id", table="response_record")}) w
    )
    select found.id from found
    where (select gesuibo.sees_all())
      or exists (
        select from fault_case c
        where c.id = found.id and c.company_id = (select gesuibo.company())
          and c.facility_id = any ((select gesuibo.visible_facilities())::uuid[]))
  $$;
"""


def _text(columns: tuple[str, ...]) -> sa.Column[str]:
    joined = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return sa.Column("search_text", sa.Text, sa.Computed(f"gesuibo.fold({joined})", persisted=True))


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, columns in SEARCHED.items():
        op.add_column(table, _text(columns))
        op.create_index(
            f"ix_{table}_search",
            table,
            ["search_text"],
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        )
        op.create_index(
            f"ix_{table}_pairs",
            table,
            [sa.text("gesuibo.pairs(search_text)")],
            postgresql_using="gin",
        )
    op.create_index("ix_fault_case_reported_at_id", "fault_case", ["reported_at", "id"])
    op.execute(FOUND)
    op.execute("revoke execute on function gesuibo.cases_written(text, text) from public")
    op.execute("grant execute on function gesuibo.cases_written(text, text) to gesuibo_app")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop function gesuibo.cases_written(text, text)")
    op.drop_index("ix_fault_case_reported_at_id", "fault_case")
    for table in SEARCHED:
        op.drop_column(table, "search_text")
