"""What an auditor reads: views of the tables' names that hide what says who somebody is.

The schema `audited` stands first in an auditor's search path, so every statement of the application
reads through it. The views are made again whenever migrations have run: a view keeps the columns
that its table had, and a change of this list needs a migration, be it empty. Without them
`gesuibo.take_on()` lets no auditor in.
"""

from sqlalchemy import Connection, text

_HIDDEN = "'＊＊＊'"
_IF_THERE = "case when {column} is not null then " + _HIDDEN + " end"
_WORKER = "case when company_id is not null then " + _HIDDEN + " else {column} end"
_FREE = "gesuibo.scrubbed({column})"
_DOCUMENT = "gesuibo.scrubbed_document({column})"
_NEVER = "null"

# Free words lose telephone numbers, mail addresses and the names of companies' workers.
HIDDEN: dict[str, dict[str, str]] = {
    "user_account": {
        "username": _WORKER,
        "display_name": _WORKER,
        "password_hash": _NEVER,
        "pin_hash": _NEVER,
    },
    "company": {"night_phone": _IF_THERE},
    "phone": {"name": _HIDDEN},
    "fault_case": dict.fromkeys(
        ("summary", "unregistered_desc", "alarm_text", "state_reason"), _FREE
    ),
    "fault_report": {
        "reporter_name": _HIDDEN,
        "reporter_contact": _IF_THERE,
        "body": _FREE,
        "temporary_action": _FREE,
        "observed": _DOCUMENT,
        "measured_values": _DOCUMENT,
    },
    "response_record": {
        "actor_name": "case when actor_type = 'staff' then {column} else " + _HIDDEN + " end",
        "description": _FREE,
        "prevention": _FREE,
        "rollout": _FREE,
    },
    "approval": {"comment": _FREE},
    "approval_request": {"reason": _FREE},
    "case_notice": {"note": _FREE},
    "case_outside_ledger": {"reason": _FREE},
    "citizen_request": {"contact": _IF_THERE, "body": _FREE, "place": _FREE},
    "work_request": {"body": _FREE},
    "work_record": {"author_name": _HIDDEN, "body": _FREE},
    "inspection": {"inspector": _IF_THERE, "note": _FREE, "items": _DOCUMENT},
    "part_replacement": {"done_by": _IF_THERE, "note": _FREE, "cause": _FREE},
    "model_part": {"note": _FREE},
    "qr_tag": {"issued_to": _IF_THERE},
    "tag_event": {"by_name": _WORKER, "note": _FREE},
    "attachment": {"file_name": _FREE},
    "audit_entry": {
        "actor_name": "case when actor_company_id is not null then "
        + _HIDDEN
        + " else {column} end",
        "before": _DOCUMENT,
        "after": _DOCUMENT,
        "reason": _FREE,
    },
    "import_row": dict.fromkeys(("raw", "normalised", "changes", "prior"), _DOCUMENT),
    "registry_history": {"content": _DOCUMENT},
    "facility": dict.fromkeys(("no_signal_note", "hazard_note", "note"), _FREE),
    "position": {"note": _FREE, "custom": _DOCUMENT},
    "device": {"note": _FREE, "custom": _DOCUMENT, "retired_reason": _FREE},
    "installation": {"reason": _FREE},
    "equipment_alias": {"note": _FREE},
}
_PAST = ("facility", "position", "device", "installation")
_COLUMNS = text(
    "select attname, format_type(atttypid, atttypmod) as kind from pg_attribute"
    " where attrelid = cast(:name as regclass) and attnum > 0 and not attisdropped"
    " order by attnum"
)


def drop_views(connection: Connection) -> None:
    """Before migrations: a column that a view shows could not be changed."""
    connection.execute(text("drop schema if exists audited_as_of cascade"))
    connection.execute(text("drop schema if exists audited cascade"))


def make_views(connection: Connection) -> None:
    """After migrations, unless they have gone back to before there were auditors."""
    known = text("select to_regprocedure('gesuibo.scrubbed_document(jsonb)') is not null")
    if not connection.execute(known).scalar_one():
        return
    for source, schema, tables in (
        ("public", "audited", tuple(HIDDEN)),
        ("as_of", "audited_as_of", _PAST),
    ):
        connection.execute(text(f"create schema {schema}"))
        for table in tables:
            connection.execute(text(_view(connection, source, schema, table)))
        connection.execute(text(f"grant usage on schema {schema} to gesuibo_app"))
        connection.execute(text(f"grant select on all tables in schema {schema} to gesuibo_app"))


def _view(connection: Connection, source: str, schema: str, table: str) -> str:
    """Every column keeps its type, or prepared statements would not survive the exchange."""
    hidden = HIDDEN[table]
    columns = connection.execute(_COLUMNS, {"name": f"{source}.{table}"}).all()
    unknown = hidden.keys() - {row.attname for row in columns}
    if unknown:
        raise LookupError(f"{table}: {sorted(unknown)}")
    shown = ", ".join(
        f"cast({hidden[row.attname].format(column=_quoted(row.attname))} as {row.kind})"
        f" as {_quoted(row.attname)}"
        if row.attname in hidden
        else _quoted(row.attname)
        for row in columns
    )
    return (
        f"create view {schema}.{table} with (security_invoker = true) as"  # noqa: S608  # own names
        f" select {shown} from {source}.{table}"
    )


def _quoted(name: str) -> str:
    return f'"{name}"'
