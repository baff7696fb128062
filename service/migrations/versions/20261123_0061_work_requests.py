"""Requests to companies (対応依頼), and what the companies answer."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0071"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
REASONS = (
    "'default', 'chosen', 'involved', 'on_call', 'escalated', 'holder', 'deputy', 'circulated',"
    " 'submitter'"
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "work_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("requested_by_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_work_request_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_work_request_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_work_request_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_request")),
    )
    op.create_index("ix_work_request_case_id", "work_request", ["case_id"])
    op.create_index("ix_work_request_company_id", "work_request", ["company_id"])
    op.create_table(
        "work_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), server_default="", nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('acknowledged', 'work', 'done', 'returned', 'cancelled')",
            name=op.f("ck_work_record_kind"),
        ),
        sa.CheckConstraint(
            "started_at is null or ended_at is null or started_at <= ended_at",
            name=op.f("ck_work_record_times"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["work_request.id"], name=op.f("fk_work_record_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_work_record_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_record")),
    )
    op.create_index(
        "ix_work_record_request_id_created_at", "work_record", ["request_id", "created_at"]
    )
    _protect()
    _reasons(f"{REASONS}, 'requested', 'requester'")


def _protect() -> None:
    for table in ("work_request", "work_record"):
        op.execute(f"grant select, insert on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function gesuibo.refuse_change()"
        )
    op.execute(
        "create policy contractor_reads on work_request for select"
        " using (company_id = (select gesuibo.company())"
        " and facility_id = any ((select gesuibo.visible_facilities())::uuid[]))"
    )
    op.execute(
        "create policy contractor_reads on work_record for select"
        " using (company_id = (select gesuibo.company())"
        " and exists (select 1 from work_request r where r.id = request_id))"
    )
    op.execute(
        "create policy contractor_answers on work_record for insert"
        " with check (gesuibo.role() = 'contractor'"
        " and company_id = (select gesuibo.company())"
        " and kind in ('acknowledged', 'work', 'done')"
        " and exists (select 1 from work_request r where r.id = request_id"
        " and r.company_id = (select gesuibo.company())))"
    )


def _reasons(allowed: str) -> None:
    op.execute("alter table notification drop constraint ck_notification_reason")
    op.execute(
        f"alter table notification add constraint ck_notification_reason"
        f" check (reason in ({allowed}))"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from notification where reason in ('requested', 'requester')")
    _reasons(REASONS)
    op.drop_table("work_record")
    op.drop_table("work_request")
