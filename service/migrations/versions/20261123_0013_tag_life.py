"""The life of a tag: stock that is printed and issued, what happened to it, print runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = "'minted', 'printed', 'issued', 'in_use', 'damaged', 'lost', 'retired', 'superseded'"
STATES_BEFORE = "'stock', 'in_use', 'damaged', 'lost', 'retired'"
EVENTS = (
    "'minted', 'printed', 'issued', 'bound', 'unbound', 'damaged', 'lost', 'retired',"
    " 'superseded', 'disputed', 'rechecked', 'reprint_wanted'"
)
RUN_STATES = "'waiting', 'drawing', 'ready', 'refused', 'failed'"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _tag_columns()
    _printers_and_runs()
    _events()
    for table in ("label_printer", "label_run"):
        op.execute(
            f"create trigger count_version before update on {table}"
            " for each row execute function gesuibo.count_version()"
        )
    for table in ("tag_event", "label_printer", "label_run"):
        op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy city on {table} using ((select gesuibo.sees_all()))")
    _history_so_far()


def _tag_columns() -> None:
    op.drop_constraint(op.f("ck_qr_tag_state"), "qr_tag")
    op.execute("update qr_tag set state = 'minted' where state = 'stock'")
    op.create_check_constraint(op.f("ck_qr_tag_state"), "qr_tag", f"state in ({STATES})")
    op.alter_column("qr_tag", "state", server_default="minted")
    op.add_column("qr_tag", sa.Column("reprint_wanted_at", INSTANT))
    op.add_column("qr_tag", sa.Column("issued_to_company_id", sa.Uuid()))
    op.add_column("qr_tag", sa.Column("issued_to", sa.String()))
    op.add_column("qr_tag", sa.Column("issued_on", sa.Date()))
    op.create_foreign_key(
        op.f("fk_qr_tag_issued_to_company_id"),
        "qr_tag",
        "company",
        ["issued_to_company_id"],
        ["id"],
    )
    op.create_index("ix_qr_tag_state_created_at", "qr_tag", ["state", "created_at"])


def _versioned() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]


def _printers_and_runs() -> None:
    op.create_table(
        "label_printer",
        *_versioned(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("offset_x_mm", sa.Float(), nullable=False),
        sa.Column("offset_y_mm", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "abs(offset_x_mm) <= 10 and abs(offset_y_mm) <= 10",
            name=op.f("ck_label_printer_offset"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_printer")),
        sa.UniqueConstraint("name", name=op.f("uq_label_printer_name")),
    )
    op.create_table(
        "label_run",
        *_versioned(),
        sa.Column("run_no", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tag_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("heartbeat_at", INSTANT),
        sa.Column("pages", sa.Integer()),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("problem", postgresql.JSONB()),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.CheckConstraint(f"state in ({RUN_STATES})", name=op.f("ck_label_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_run")),
        sa.UniqueConstraint("run_no", name=op.f("uq_label_run_run_no")),
    )
    op.create_index("ix_label_run_state", "label_run", ["state"])


def _events() -> None:
    op.create_table(
        "tag_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position_id", sa.Uuid()),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.CheckConstraint(f"kind in ({EVENTS})", name=op.f("ck_tag_event_kind")),
        sa.ForeignKeyConstraint(["tag_id"], ["qr_tag.id"], name=op.f("fk_tag_event_tag_id")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_tag_event_position_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["label_run.id"], name=op.f("fk_tag_event_run_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_tag_event_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_event")),
    )
    op.create_index("ix_tag_event_tag_id_created_at", "tag_event", ["tag_id", "created_at"])
    op.create_index("ix_tag_event_created_at", "tag_event", ["created_at"])


def _history_so_far() -> None:
    """What the older tables tell: when a tag was made, and where it was put."""
    op.execute(
        "insert into tag_event (id, created_at, created_by, tag_id, kind, by_name)"
        " select gen_random_uuid(), created_at, created_by, id, 'minted', '' from qr_tag"
    )
    op.execute(
        "insert into tag_event (id, created_at, created_by, tag_id, kind, position_id, by_name)"
        " select gen_random_uuid(), created_at, created_by, tag_id, 'bound', position_id, ''"
        " from tag_assignment"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("tag_event")
    op.drop_table("label_run")
    op.drop_table("label_printer")
    op.drop_index("ix_qr_tag_state_created_at", "qr_tag")
    op.drop_constraint(op.f("fk_qr_tag_issued_to_company_id"), "qr_tag")
    for name in ("issued_on", "issued_to", "issued_to_company_id", "reprint_wanted_at"):
        op.drop_column("qr_tag", name)
    op.drop_constraint(op.f("ck_qr_tag_state"), "qr_tag")
    op.execute(
        "update qr_tag set state = case when state = 'superseded' then 'retired' else 'stock' end"
        " where state in ('minted', 'printed', 'issued', 'superseded')"
    )
    op.create_check_constraint(op.f("ck_qr_tag_state"), "qr_tag", f"state in ({STATES_BEFORE})")
    op.alter_column("qr_tag", "state", server_default="stock")
