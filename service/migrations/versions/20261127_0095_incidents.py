"""Incidents (事象) that group cases without merging them; checks of events that may need a notice."""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0084"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_table(
        "incident_case",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_incident_case_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_case_incident_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_incident_case")),
    )
    op.create_index("ix_incident_case_incident_id", "incident_case", ["incident_id"])
    op.create_table(
        "case_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("judged_at", INSTANT, nullable=False),
        sa.Column("judged_by_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('discharge', 'electrical', 'injury')", name=op.f("ck_case_notice_kind")
        ),
        sa.CheckConstraint(
            "verdict in ('not_needed', 'needed', 'told')", name=op.f("ck_case_notice_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_case_notice_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notice")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_notice_case_id_kind")),
    )
    op.create_table(
        "case_outside_ledger",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_case_outside_ledger_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_outside_ledger")),
    )
    for table in ("incident", "incident_case", "case_notice", "case_outside_ledger"):
        op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in ("case_outside_ledger", "case_notice", "incident_case", "incident"):
        op.drop_table(table)
