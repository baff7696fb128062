"""Parts of a photo that nobody outside the office sees."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "photo_mask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("areas", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reason in ('face', 'plate', 'personal', 'other')", name=op.f("ck_photo_mask_reason")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_photo_mask_attachment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_mask")),
    )
    op.create_index("ix_photo_mask_attachment_id", "photo_mask", ["attachment_id"])
    op.execute("grant select, insert on photo_mask to gesuibo_app")
    op.execute("alter table photo_mask enable row level security")
    # Whoever finds the photo must find what is hidden of it.
    op.execute(
        "create policy reads on photo_mask for select using ((select gesuibo.sees_all())"
        " or exists (select 1 from attachment a where a.id = attachment_id))"
    )
    op.execute(
        "create policy city_adds on photo_mask for insert with check ((select gesuibo.sees_all()))"
    )
    op.execute(
        "create trigger photo_mask_append_only before update or delete on photo_mask"
        " for each row execute function gesuibo.refuse_change()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("photo_mask")
