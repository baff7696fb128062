"""`./gesuibo user …`: who may sign in."""

import secrets
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Users: add, list, password, disable.", no_args_is_help=True)
PasswordOption = Annotated[
    str | None,
    typer.Option("--password", help="Left out: a random one is made and printed once."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("add")
def add(
    username: str,
    role: Annotated[str, typer.Option(help="contractor, staff, engineer or administrator")],
    name: Annotated[str, typer.Option(help="Name shown to others")] = "",
    company: Annotated[str | None, typer.Option(help="Company code of a contractor")] = None,
    password: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a user.

    Example: ./gesuibo user add sato --role staff --name 佐藤
    """
    from app.terminal import emit, opened
    from service.accounts import service
    from service.accounts.domain import Role

    if role not in set(Role):
        raise typer.BadParameter(f"{role}: contractor, staff, engineer, administrator")
    chosen = password or secrets.token_urlsafe(12)
    with opened() as (session, by):
        user = service.create_user(
            session,
            username=username,
            display_name=name or username,
            role=Role(role),
            password=chosen,
            company=service.company_for(session, company),
            by=by,
        )
    emit(as_json, {"username": user.username, "role": user.role, "password": chosen})


@app.command("password")
def password(username: str, new: PasswordOption = None, as_json: JsonOption = False) -> None:
    """Set a new password and end all sign-ins of that user.

    Example: ./gesuibo user password sato
    """
    from app.terminal import emit, opened
    from service.accounts import service

    chosen = new or secrets.token_urlsafe(12)
    with opened() as (session, by):
        service.set_password(session, username, chosen, by=by)
    emit(as_json, {"username": username, "password": chosen})


@app.command("disable")
def disable(username: str, as_json: JsonOption = False) -> None:
    """End a user's access at once; what they did stays under their name.

    Example: ./gesuibo user disable sato
    """
    from app.terminal import emit, opened
    from service.accounts import service

    with opened() as (session, by):
        service.disable_user(session, username, by=by)
    emit(as_json, {"username": username, "disabled": True})


@app.command("list")
def list_users(as_json: JsonOption = False) -> None:
    """List all users.

    Example: ./gesuibo user list --json
    """
    from app.terminal import emit, opened
    from service.accounts import queries

    with opened() as (session, _by):
        rows = [
            {
                "username": user.username,
                "name": user.display_name,
                "role": user.role,
                "disabled": user.disabled_at is not None,
            }
            for user in queries.users(session)
        ]
    if as_json:
        emit(as_json, {"users": rows})
        return
    table = Table("username", "name", "role", "disabled")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
