"""`./gesuibo WORD …`: the terminal's entrance to the service.

A word lives in ``app/commands/<word>.py`` (dashes become underscores, a word of
Python's own gets one at its end) and is listed in `WORDS`, so
that starting one word never imports another. The module offers either

* ``command``: a function with typer parameters, for a word that does one thing, or
* ``app``: a `typer.Typer`, for a word with words of its own (``tags mint``).

What every module keeps to: the docstring's last paragraph is an example (``Example: ./gesuibo …``);
``--json`` prints one JSON document on standard output and everything else goes to standard error;
return for exit code 0, raise `SetupFailed`, a `DomainError` or ``typer.Exit(1)`` for 1, and
``typer.BadParameter`` for 2. Heavy imports belong inside the function. For a word marked
``needs_database`` the environment names a running database when the function begins, so
`service.core.settings.get_settings()` is all that is needed. A listed word without a module is not
offered.
"""

import importlib
import importlib.util
import json
import keyword
import os
import sys
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from app.language import SetupFailed, either
from app.places import prepare_environment
from service.core.errors import DomainError


@dataclass(frozen=True)
class Word:
    name: str
    needs_database: bool = False

    @property
    def module(self) -> str:
        plain = self.name.replace("-", "_")
        return f"app.commands.{plain}{'_' * keyword.iskeyword(plain)}"

    @property
    def is_there(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


WORDS = {
    word.name: word
    for word in (
        Word("up"),
        Word("down"),
        Word("test"),
        Word("doctor"),
        Word("serve", needs_database=True),
        Word("worker", needs_database=True),
        Word("migrate", needs_database=True),
        Word("import", needs_database=True),
        Word("export", needs_database=True),
        Word("report", needs_database=True),
        Word("tags", needs_database=True),
        Word("user", needs_database=True),
        Word("company", needs_database=True),
        Word("token", needs_database=True),
        Word("backup", needs_database=True),
        Word("restore"),
        Word("verify-audit", needs_database=True),
        Word("verify-analytics"),
        Word("bench", needs_database=True),
    )
}


class _Words(TyperGroup):
    """Imports a word's module when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # typer's signature
        return [word.name for word in WORDS.values() if word.is_there]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        word = WORDS.get(cmd_name)
        if word is None or not word.is_there:
            return None
        module = importlib.import_module(word.module)
        if hasattr(module, "app"):
            command: Any = typer.main.get_group(module.app)
        else:
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(**getattr(module, "COMMAND_OPTIONS", {}))(module.command)
            command = typer.main.get_command(single)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Words,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def gesuibo(ctx: typer.Context) -> None:
    """下水簿 Gesuibo: sewer equipment registry, fault reports and failure analytics.

    Example: ./gesuibo up --detach
    """
    places = prepare_environment()
    word = WORDS.get(ctx.invoked_subcommand or "")
    if word and word.needs_database and not {"--help", "-h"} & set(sys.argv):
        from app.private_database import attach  # noqa: PLC0415  # psycopg costs 0.1 s

        ctx.call_on_close(attach(places))


def _refused(code: str, lines: list[str], details: dict[str, Any]) -> None:
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": code, **details}, ensure_ascii=False))
    for line in lines:
        typer.echo(line, err=True)


def main() -> None:
    try:
        app(prog_name="./gesuibo")
    except SetupFailed as failure:
        lines = [f"エラー: {failure.ja}", f"Error: {failure.en}"]
        _refused(failure.code, lines, {"ja": failure.ja, "en": failure.en})
    except DomainError as error:
        label = either("エラー", "Error")
        _refused(error.code, [f"{label}: {error}"], {"message": str(error)})
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


if __name__ == "__main__":
    main()
