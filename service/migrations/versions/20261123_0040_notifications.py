"""Notifications: choices, messages, mails, night duty, alarms of the clock, webhooks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0050"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
SYSTEM = "gesuibo.role() = 'system'"
ADMINISTERED = "gesuibo.role() in ('system', 'administrator')"
OWN = "user_id = (select gesuibo.user_id())"
CITY = "(select gesuibo.sees_all())"
POLICIES = {
    "notification_profile": {
        "own": ("all", OWN),
        "system": ("all", SYSTEM),
        "city_reads": ("select", CITY),
    },
    "notification_choice": {
        "own": ("all", OWN),
        "system": ("all", SYSTEM),
        "city_reads": ("select", CITY),
    },
    "notification": {"own": ("all", OWN), "system": ("all", SYSTEM)},
    "mail": {"administered": ("all", ADMINISTERED)},
    "duty": {"city": ("all", CITY)},
    "case_alarm": {"system": ("all", SYSTEM)},
    "webhook": {"administered": ("all", ADMINISTERED)},
    "webhook_delivery": {"administered": ("all", ADMINISTERED)},
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column(
            "topics", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String()),
        sa.Column("previous_until", INSTANT),
        sa.Column("failing_since", INSTANT),
        sa.Column("disabled_at", INSTANT),
        sa.Column("disabled_reason", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tries",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("done_at", INSTANT),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'delivered', 'failed')",
            name=op.f("ck_webhook_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name=op.f("fk_webhook_delivery_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id", "message_id", name=op.f("uq_webhook_delivery_webhook_id_message_id")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["due_at"],
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_index(
        op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook_id"], unique=False
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "weekdays",
            postgresql.ARRAY(sa.Integer()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("turn", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_duty_period")),
        sa.CheckConstraint("turn between 1 and 9", name=op.f("ck_duty_turn")),
        sa.CheckConstraint("weekdays <@ array[0, 1, 2, 3, 4, 5, 6]", name=op.f("ck_duty_weekdays")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_duty_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_user_id"), "duty", ["user_id"])
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("is_digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unsure", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("last_error", sa.String()),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped')",
            name=op.f("ck_mail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_mail_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(
        "ix_mail_due",
        "mail",
        ["due_at"],
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_index(
        "uq_mail_digest",
        "mail",
        ["user_id", "due_at"],
        unique=True,
        postgresql_where=sa.text("is_digest and state = 'waiting'"),
    )
    op.create_table(
        "notification_choice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.CheckConstraint(
            "channel in ('in_app', 'mail')", name=op.f("ck_notification_choice_channel")
        ),
        sa.CheckConstraint(
            "kind in ('report', 'emergency', 'case', 'response', 'approval', 'decision', 'tag', 'overdue', 'system')",
            name=op.f("ck_notification_choice_kind"),
        ),
        sa.CheckConstraint(
            "scope in ('off', 'involved', 'all')", name=op.f("ck_notification_choice_scope")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_notification_choice_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", "channel", name=op.f("pk_notification_choice")),
    )
    op.create_table(
        "notification_profile",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mail_address", sa.String()),
        sa.Column("mail_confirmed_at", INSTANT),
        sa.Column("mail_asked_at", INSTANT),
        sa.Column("quiet_from", sa.Time()),
        sa.Column("quiet_to", sa.Time()),
        sa.Column("delivery", sa.String(), server_default="each", nullable=False),
        sa.Column("digest_at", sa.Time(), server_default="08:30", nullable=False),
        sa.Column(
            "facility_ids",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("token_key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "delivery in ('each', 'daily')", name=op.f("ck_notification_profile_delivery")
        ),
        sa.CheckConstraint(
            "(quiet_from is null) = (quiet_to is null)", name=op.f("ck_notification_profile_quiet")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_notification_profile_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_profile")),
    )
    op.create_table(
        "case_alarm",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("alarm", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.CheckConstraint(
            "alarm in ('escalation', 'target', 'ageing')", name=op.f("ck_case_alarm_alarm")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_case_alarm_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "alarm", name=op.f("pk_case_alarm")),
    )
    op.create_index(
        "ix_case_alarm_due_at",
        "case_alarm",
        ["due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("in_app", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("read_at", INSTANT),
        sa.Column("mail_id", sa.Uuid()),
        sa.CheckConstraint(
            "kind in ('report', 'emergency', 'case', 'response', 'approval', 'decision', 'tag', 'overdue', 'system')",
            name=op.f("ck_notification_kind"),
        ),
        sa.CheckConstraint(
            "reason in ('default', 'chosen', 'involved', 'on_call', 'escalated', 'holder', 'deputy', 'circulated', 'submitter')",
            name=op.f("ck_notification_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fault_case.id"], name=op.f("fk_notification_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_notification_mail_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_notification_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "user_id", "event_id", "kind", name=op.f("uq_notification_user_id_event_id_kind")
        ),
    )
    op.create_index(op.f("ix_notification_case_id"), "notification", ["case_id"])
    op.create_index(op.f("ix_notification_mail_id"), "notification", ["mail_id"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id"],
        postgresql_where=sa.text("read_at is null and in_app"),
    )
    op.create_index(
        "ix_notification_user_id_created_at",
        "notification",
        ["user_id", "created_at"],
    )
    for table, policies in POLICIES.items():
        op.execute(f"grant select, insert, update, delete on {table} to gesuibo_app")
        op.execute(f"alter table {table} enable row level security")
        for name, (command, condition) in policies.items():
            op.execute(f"create policy {name} on {table} for {command} using ({condition})")
    op.execute(
        "create trigger count_version before update on webhook"
        " for each row execute function gesuibo.count_version()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in (
        "notification",
        "case_alarm",
        "mail",
        "notification_choice",
        "notification_profile",
        "duty",
        "webhook_delivery",
        "webhook",
    ):
        op.drop_table(table)
