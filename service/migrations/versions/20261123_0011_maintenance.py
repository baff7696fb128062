"""Inspections and part replacements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = "'routine', 'periodic', 'detailed', 'extraordinary', 'statutory'"
RESULTS = "'good', 'watch', 'bad'"
PRECISIONS = "'day', 'month', 'year', 'fiscal_year', 'range', 'approximate', 'unknown'"


def _versioned() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_import_id", sa.Uuid()),
    ]


def _place(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("seq", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f(f"ck_{table}_seq")),
        sa.ForeignKeyConstraint(
            ["position_id", "facility_id"],
            ["position.id", "position.facility_id"],
            name="position",
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f(f"fk_{table}_device_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f(f"fk_{table}_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _partial_date(table: str, prefix: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(f"{prefix}_from", sa.Date()),
        sa.Column(f"{prefix}_to", sa.Date()),
        sa.Column(f"{prefix}_precision", sa.String()),
        sa.Column(f"{prefix}_raw", sa.String()),
        sa.CheckConstraint(
            f"({prefix}_from is null) = ({prefix}_to is null)"
            f" and ({prefix}_from is null or {prefix}_from <= {prefix}_to)"
            f" and ({prefix}_precision is null or {prefix}_precision in ({PRECISIONS}))"
            f" and ({prefix}_from is not null)"
            f" = (coalesce({prefix}_precision, 'unknown') <> 'unknown')",
            name=op.f(f"ck_{table}_{prefix}_partial_date"),
        ),
        sa.CheckConstraint(f"{prefix}_from is not null", name=op.f(f"ck_{table}_{prefix}_known")),
    ]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _inspection()
    _part_replacement()
    for table in ("inspection", "part_replacement"):
        for column in ("facility_id", "device_id", "source_import_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
        op.execute(
            f"create trigger count_version before update on {table}"
            " for each row execute function gesuibo.count_version()"
        )
        op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")
        op.execute(
            f"create policy contractor_reads on {table} for select"
            " using (facility_id = any ((select gesuibo.visible_facilities())::uuid[]))"
        )


def _inspection() -> None:
    op.create_table(
        "inspection",
        *_versioned(),
        *_place("inspection"),
        *_partial_date("inspection", "inspected"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("inspector", sa.String()),
        sa.Column("items", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("result", sa.String()),
        sa.Column("health", sa.Integer()),
        sa.Column("health_basis", sa.String()),
        sa.Column("next_due_on", sa.Date()),
        sa.Column("note", sa.String()),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_inspection_kind")),
        sa.CheckConstraint(f"result in ({RESULTS})", name=op.f("ck_inspection_result")),
        sa.CheckConstraint("health between 1 and 5", name=op.f("ck_inspection_health")),
        sa.UniqueConstraint(
            "position_id",
            "kind",
            "inspected_from",
            "inspected_to",
            "seq",
            name="uq_inspection_position_id_kind_inspected_seq",
        ),
    )
    op.create_index("ix_inspection_inspected_from_id", "inspection", ["inspected_from", "id"])


def _part_replacement() -> None:
    op.create_table(
        "part_replacement",
        *_versioned(),
        *_place("part_replacement"),
        *_partial_date("part_replacement", "replaced"),
        sa.Column("part_name", sa.String(), nullable=False),
        sa.Column("part_no", sa.String()),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("done_by", sa.String()),
        sa.Column("cost_yen", sa.Integer()),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("cause", sa.String()),
        sa.Column("note", sa.String()),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_part_replacement_quantity")),
        sa.CheckConstraint("cost_yen >= 0", name=op.f("ck_part_replacement_cost_yen")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_part_replacement_case_id")
        ),
        sa.UniqueConstraint(
            "position_id",
            "part_name",
            "part_no",
            "replaced_from",
            "replaced_to",
            "seq",
            name="uq_part_replacement_position_id_part_replaced_seq",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_part_replacement_case_id", "part_replacement", ["case_id"])
    op.create_index(
        "ix_part_replacement_replaced_from_id", "part_replacement", ["replaced_from", "id"]
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("part_replacement")
    op.drop_table("inspection")
