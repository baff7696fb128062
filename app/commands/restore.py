"""Brings back what `backup` wrote."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app import private_database
from app.language import either
from app.places import prepare_environment
from service.core import clock


def command(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Keep the present database under another name.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Restore a backup into an empty database; `./gesuibo up` then starts with it.

    Example: ./gesuibo restore /mnt/backup/gesuibo-20261123-170000.tar
    """
    from app import backup

    places = prepare_environment()
    places.make()
    manifest = backup.verify(source)
    finish = private_database.make_empty(places, replace=replace)
    try:
        from service.core.settings import get_settings

        settings = get_settings()
        store = backup.photo_store(settings)
        backup.restore(source, database_url=settings.migration_url, store=store)
    finally:
        finish()
    restored = {"restored_from": source.name, "at": clock.now().isoformat()}
    places.sample_marker.write_text(json.dumps(restored))
    if as_json:
        result = {"photos": manifest.photos, "schema": manifest.schema, "made_at": manifest.made_at}
        typer.echo(json.dumps(result))
        return
    typer.echo(
        either(
            f"復元しました(取得日時 {manifest.made_at}、写真 {manifest.photos} 枚)。",
            f"Restored (made at {manifest.made_at}, {manifest.photos} photographs).",
        )
    )
