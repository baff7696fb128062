"""Roles, extensions and the database that the application finds in a private cluster.

`gesuibo_owner` owns the database and runs migrations; `gesuibo_login` is what the application signs
in as, and holds nothing but membership of `gesuibo_app`, which row-level security binds.
"""

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "gesuibo_owner"
LOGIN = "gesuibo_login"
APP_ROLE = "gesuibo_app"
DATABASE = "gesuibo"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")

_ROLES = {
    OWNER: "LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS",
    LOGIN: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS",
    APP_ROLE: "NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS",
}


def prepare(socket: str) -> None:
    """Brings the cluster to the state that migrations expect; running it again changes nothing."""
    with _connect(socket, "postgres") as connection:
        _create_roles(connection)
    create_database(socket, DATABASE)


def create_database(socket: str, name: str) -> None:
    with _connect(socket, "postgres") as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [name])
        if known.fetchone() is None:
            statement = sql.SQL("create database {} owner {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))
            revoke = sql.SQL("revoke connect, temporary on database {} from public")
            connection.execute(revoke.format(sql.Identifier(name)))
        grant = sql.SQL("grant connect on database {} to {}")
        connection.execute(grant.format(sql.Identifier(name), sql.Identifier(LOGIN)))
    with _connect(socket, name) as connection:
        for extension in EXTENSIONS:
            create = sql.SQL("create extension if not exists {}")
            connection.execute(create.format(sql.Identifier(extension)))


def set_aside(socket: str, name: str, new_name: str) -> None:
    """Keeps a database under another name; its sessions end."""
    with _connect(socket, "postgres") as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        rename = sql.SQL("alter database {} rename to {}")
        connection.execute(rename.format(sql.Identifier(name), sql.Identifier(new_name)))


def _create_roles(connection: psycopg.Connection) -> None:
    for role, attributes in _ROLES.items():
        known = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        verb = "alter" if known else "create"
        statement = sql.SQL("{} role {} {}")
        connection.execute(
            statement.format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes))
        )
    connection.execute(
        sql.SQL("grant {} to {}").format(sql.Identifier(APP_ROLE), sql.Identifier(LOGIN))
    )
    connection.execute(
        sql.SQL("grant {} to {} with admin option").format(
            sql.Identifier(APP_ROLE), sql.Identifier(OWNER)
        )
    )


def _connect(socket: str, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=socket, user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
    )
