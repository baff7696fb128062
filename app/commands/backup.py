"""Writes the database and the photographs into one file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app import private_database
from app.language import either
from app.places import prepare_environment


def command(
    target: Annotated[Path, typer.Argument(help="A folder, or the file to write.")],
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Back up everything while the service runs; the file is checked after writing.

    Example: ./gesuibo backup /mnt/backup/
    """
    from app import backup
    from service.core.settings import get_settings

    settings = get_settings()
    url = private_database.superuser_url(prepare_environment()) or settings.migration_url
    path, _ = backup.write(target, database_url=url, store=backup.photo_store(settings))
    manifest = backup.verify(path)
    size = path.stat().st_size
    if as_json:
        result = {
            "file": str(path),
            "bytes": size,
            "photos": manifest.photos,
            "schema": manifest.schema,
        }
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(
        either(
            f"{path} に保存しました({size:,} バイト、写真 {manifest.photos} 枚、照合済み)。",
            f"Saved to {path} ({size:,} bytes, {manifest.photos} photographs, verified).",
        )
    )
