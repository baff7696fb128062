"""Where bytes are kept: a folder or an S3 bucket, under names made of their own hash.

Content never changes under a name, so writing again what is there already is harmless; a write
appears whole or not at all (obstore stages and renames, S3 does by itself).
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from service.core.errors import Unavailable
from service.core.i18n.marker import N_
from service.core.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config


class StoreAway(Unavailable):
    code = "photo-store-away"
    message = N_(
        "写真の保管先が使えないため、保存できませんでした。しばらくしてからもう一度送ってください。"
    )


@dataclass(frozen=True)
class Kept:
    key: str
    size_bytes: int
    modified_at: datetime


class PhotoStore:
    """``folder`` is set when the bytes are in the local file system."""

    def __init__(self, objects: ObjectStore, *, folder: Path | None = None) -> None:
        self._objects = objects
        self._folder = folder

    def keep(self, key: str, content: IO[bytes] | bytes, *, size_bytes: int) -> None:
        """Returns when the bytes are safe; reads nothing when they are there already.

        Raises:
            StoreAway: when the folder or the bucket cannot take them; nothing is half-written.
        """
        if self.size_of(key) == size_bytes:
            return
        try:
            obstore.put(self._objects, key, content)
            if self._folder is not None:
                _flush(self._folder / key)
        except (BaseError, OSError) as error:
            raise StoreAway from error

    def size_of(self, key: str) -> int | None:
        try:
            return int(obstore.head(self._objects, key)["size"])
        except (FileNotFoundError, NotFoundError):
            return None
        except BaseError as error:
            raise StoreAway from error

    def read(self, key: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._objects, key).bytes())
        except (FileNotFoundError, NotFoundError):
            return None
        except BaseError as error:
            raise StoreAway from error

    def stream(self, key: str) -> Iterator[bytes] | None:
        """The bytes in parts, or None when there is nothing under that name."""
        try:
            found = obstore.get(self._objects, key)
        except (FileNotFoundError, NotFoundError):
            return None
        except BaseError as error:
            raise StoreAway from error
        return (bytes(part) for part in found.stream(min_chunk_size=1 << 18))

    def below(self, prefix: str) -> list[Kept]:
        """What is kept under names that begin so, by name."""
        try:
            found = [row for rows in obstore.list(self._objects, prefix) for row in rows]
        except BaseError as error:
            raise StoreAway from error
        kept = (Kept(str(row["path"]), int(row["size"]), row["last_modified"]) for row in found)
        return sorted(kept, key=lambda one: one.key)

    def remove(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        try:
            obstore.delete(self._objects, list(keys))
        except (FileNotFoundError, NotFoundError):
            return
        except BaseError as error:
            raise StoreAway from error


def _flush(path: Path) -> None:
    """A renamed file survives a power cut once it and the folders above it are flushed."""
    for target in (path, *list(path.parents)[:3]):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@lru_cache(maxsize=8)
def _open(
    url: str, endpoint: str | None, region: str, key_id: str | None, secret: str | None
) -> PhotoStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        return PhotoStore(LocalStore(folder, mkdir=True), folder=folder)
    config: S3Config = {"region": region}
    if endpoint is not None:
        config["endpoint"] = endpoint
    if key_id is not None and secret is not None:
        config |= {"access_key_id": key_id, "secret_access_key": secret}
    bucket = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={"timeout": "60s", "allow_http": (endpoint or "").startswith("http://")},
        retry_config={"max_retries": 2},
    )
    return PhotoStore(bucket)


def open_store(settings: Settings) -> PhotoStore:
    secret = settings.s3_secret_access_key
    return _open(
        settings.photo_store_url,
        settings.s3_endpoint,
        settings.s3_region,
        settings.s3_access_key_id,
        secret.get_secret_value() if secret else None,
    )
