"""Other names of positions and devices (旧番号・図面番号・通称), each with its days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0041"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BEFORE = {
    "position": ("name", "position_code", "unit_no", "note", "gesuibo.joined(legacy_codes)"),
    "device": ("asset_code", "serial_no", "spec_raw"),
}
OWNERS = ("position", "device")


def _searched(table: str, columns: tuple[str, ...]) -> None:
    joined = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    op.drop_index(f"ix_{table}_search", table)
    op.drop_column(table, "search_text")
    op.add_column(
        table,
        sa.Column("search_text", sa.Text(), sa.Computed(f"gesuibo.fold({joined})", persisted=True)),
    )
    op.create_index(
        f"ix_{table}_search",
        table,
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("select gesuibo.drop_as_of_views()")
    for table, columns in BEFORE.items():
        op.add_column(
            table,
            sa.Column(
                "alias_names",
                postgresql.ARRAY(sa.Text()),
                server_default=sa.text("'{}'"),
                nullable=False,
            ),
        )
        _searched(table, (*columns, "gesuibo.joined(alias_names)"))
    op.execute("select gesuibo.make_as_of_views()")
    op.create_table(
        "equipment_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("position_id", sa.Uuid()),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.String()),
        sa.CheckConstraint(
            "kind in ('old_number', 'drawing_number', 'common_name')",
            name=op.f("ck_equipment_alias_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(position_id, device_id) = 1", name=op.f("ck_equipment_alias_owner")
        ),
        sa.CheckConstraint("not isempty(period)", name=op.f("ck_equipment_alias_period")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_equipment_alias_position_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_equipment_alias_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_alias")),
        *(
            postgresql.ExcludeConstraint(
                (f"{owner}_id", "="),
                ("kind", "="),
                ("name", "="),
                ("period", "&&"),
                name=f"equipment_alias_once_{owner}",
                using="gist",
            )
            for owner in OWNERS
        ),
    )
    op.execute("grant select, insert, update, delete on equipment_alias to gesuibo_app")
    op.execute("alter table equipment_alias enable row level security")
    op.execute("create policy city on equipment_alias using ((select gesuibo.sees_all()))")
    op.execute(
        "create policy contractor_reads on equipment_alias for select"
        " using (exists (select 1 from position p where p.id = position_id)"
        " or exists (select 1 from device d where d.id = device_id))"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("equipment_alias")
    op.execute("select gesuibo.drop_as_of_views()")
    for table, columns in BEFORE.items():
        _searched(table, columns)
        op.drop_column(table, "alias_names")
    op.execute("select gesuibo.make_as_of_views()")
