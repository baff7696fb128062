"""Manuals and other files of device models."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0095"
branch_labels = None
depends_on = None

OWNERS = "num_nonnulls(report_id, response_id, position_id, device_id, facility_id{more}) = 1"
KINDS = (
    *("overview", "nameplate", "fault", "alarm_screen", "before", "during", "after", "drawing"),
    *("quotation", "other"),
)
READERS = """
  create policy reads on attachment for select
  using ((select gesuibo.sees_all())
         or exists (select 1 from fault_report r where r.id = report_id)
         or exists (select 1 from response_record s where s.id = response_id)
         or exists (select 1 from position p where p.id = position_id)
         or exists (select 1 from device d where d.id = device_id)
         or exists (select 1 from facility f where f.id = facility_id){more})
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("attachment", sa.Column("model_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_attachment_model_id"), "attachment", "device_model", ["model_id"], ["id"]
    )
    op.create_index("ix_attachment_model_id", "attachment", ["model_id"])
    _checks(more=", model_id", kinds=("manual", *KINDS))
    # A maker's manual is for whoever looks after a device of that model.
    _policy(" or exists (select 1 from device d where d.model_id = attachment.model_id)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from attachment where model_id is not null or kind = 'manual'")
    _policy("")
    _checks(more="", kinds=KINDS)
    op.drop_index("ix_attachment_model_id", "attachment")
    op.drop_column("attachment", "model_id")


def _checks(*, more: str, kinds: tuple[str, ...]) -> None:
    for name in ("owner", "kind"):
        op.drop_constraint(op.f(f"ck_attachment_{name}"), "attachment")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_attachment_owner"), "attachment", OWNERS.format(more=more))
    op.create_check_constraint(op.f("ck_attachment_kind"), "attachment", f"kind in ({words})")


def _policy(more: str) -> None:
    op.execute("drop policy reads on attachment")
    op.execute(READERS.format(more=more))
