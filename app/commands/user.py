"""`./gesuibo user …`: who may sign in."""

import secrets
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Users: add, list, password, until, disable.", no_args_is_help=True)
PasswordOption = Annotated[
    str | None,
    typer.Option("--password", help="Left out: a random one is made and printed once."),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Last day on which the account works"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("add")
def add(
    username: str,
    role: Annotated[
        str, typer.Option(help="contractor, staff, engineer, administrator or auditor")
    ],
    name: Annotated[str, typer.Option(help="Name shown to others")] = "",
    company: Annotated[str | None, typer.Option(help="Company code of a contractor")] = None,
    password: PasswordOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a user.

    Example: ./gesuibo user add sato --role staff --name 佐藤

    Example: ./gesuibo user add kansa1 --role auditor --until 2027-03-31
    """
    from app.terminal import emit, opened
    from service.accounts import service
    from service.accounts.domain import Role

    if role not in set(Role):
        raise typer.BadParameter(f"{role}: contractor, staff, engineer, administrator, auditor")
    chosen = password or secrets.token_urlsafe(12)
    with opened() as (session, by):
        user = service.create_user(
            session,
            username=username,
            display_name=name or username,
            role=Role(role),
            password=chosen,
            company=service.company_for(session, company),
            expires_on=until.date() if until else None,
            by=by,
        )
    emit(as_json, {"username": user.username, "role": user.role, "password": chosen})


@app.command("until")
def until_day(
    username: str,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last day")],
    as_json: JsonOption = False,
) -> None:
    """Set the last day on which an account works.

    Example: ./gesuibo user until kansa1 2027-03-31
    """
    from app.terminal import emit, opened
    from service.accounts import service

    with opened() as (session, by):
        user = service.set_expiry(session, username, day.date(), by=by)
    emit(as_json, {"username": user.username, "expires_on": str(user.expires_on)})


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
                "until": user.expires_on and str(user.expires_on),
            }
            for user in queries.users(session)
        ]
    if as_json:
        emit(as_json, {"users": rows})
        return
    table = Table("username", "name", "role", "disabled", "until")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
