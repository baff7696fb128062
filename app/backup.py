"""One tar file with everything that cannot be made again: the database and the photographs.

The manifest is the archive's last member, so that a file cut short is known for what it is. A
restore reads and compares every byte before it touches anything.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

import obstore
import psycopg
from obstore.store import ObjectStore, from_url

from app import postgres_binaries
from app.language import SetupFailed
from service.core import clock
from service.core.settings import Settings

_DUMP = "database.dump"
_MANIFEST = "manifest.json"
_PHOTOS = "photos/"
_FORMAT = 1
_CHUNK_BYTES = 1024 * 1024
_EXTENSIONS_OWN = re.compile(r" EXTENSION | TABLE DATA \S+ spatial_ref_sys ")


@dataclass
class Member:
    sha256: str
    bytes: int


@dataclass
class Manifest:
    made_at: str
    schema: str | None
    format: int = _FORMAT
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def photos(self) -> int:
        return sum(name.startswith(_PHOTOS) for name in self.members)


def photo_store(settings: Settings) -> ObjectStore:
    url = settings.photo_store_url
    if url.startswith("file:"):
        return from_url(url, mkdir=True)
    secret = settings.s3_secret_access_key
    config = {
        "endpoint": settings.s3_endpoint,
        "region": settings.s3_region,
        "access_key_id": settings.s3_access_key_id,
        "secret_access_key": secret.get_secret_value() if secret else None,
    }
    known = {name: value for name, value in config.items() if value}
    allow_http = (settings.s3_endpoint or "").startswith("http://")
    # Overloads of from_url are per scheme, which only the setting knows.
    store: ObjectStore = from_url(url, config=known, client_options={"allow_http": allow_http})  # type: ignore[call-overload]  # see above
    return store


def write(target: Path, *, database_url: str, store: ObjectStore) -> tuple[Path, Manifest]:
    """Writes beside the target and renames at the end; a folder gets a name with the time."""
    if target.is_dir():
        target /= f"gesuibo-{clock.now():%Y%m%d-%H%M%S}.tar"
    partial = target.with_name(f"{target.name}.partial")
    manifest = Manifest(clock.now().isoformat(), _schema_revision(database_url))
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".gesuibo-") as folder:
            dump = Path(folder) / _DUMP
            _dump(database_url, dump)
            with tarfile.open(partial, "w") as archive:
                _add_file(archive, manifest, dump)
                # Photographs are never changed, so those saved meanwhile do no harm.
                for name, size in _listing(store):
                    content = bytes(obstore.get(store, name).bytes())
                    _require(len(content) == size, name)
                    _add(archive, manifest, _PHOTOS + name, content=io.BytesIO(content), size=size)
                closing = json.dumps(asdict(manifest), indent=1).encode()
                archive.addfile(_info(_MANIFEST, len(closing)), io.BytesIO(closing))
        partial.chmod(0o600)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target, manifest


def verify(source: Path) -> Manifest:
    """Every member against the manifest; raises for a file that is damaged or cut short."""
    found: dict[str, Member] = {}
    manifest = None
    try:
        with tarfile.open(source) as archive:
            for info in archive:
                content = archive.extractfile(info)
                _require(content is not None, info.name)
                assert content is not None  # noqa: S101  # said above
                if info.name == _MANIFEST:
                    manifest = _read_manifest(content.read())
                else:
                    found[info.name] = Member(_digest(content), info.size)
    except (OSError, tarfile.TarError, ValueError, TypeError, KeyError) as error:
        raise _damaged(str(error)) from error
    if manifest is None:
        raise _damaged(_MANIFEST)
    for name in found.keys() | manifest.members.keys():
        _require(found.get(name) == manifest.members.get(name), name)
    _require(_DUMP in found, _DUMP)
    return manifest


def restore(source: Path, *, database_url: str, store: ObjectStore) -> Manifest:
    """Into an empty database only; the database's part is one transaction and comes last."""
    manifest = verify(source)
    _require_empty(database_url)
    with tempfile.TemporaryDirectory(prefix="gesuibo-") as folder, tarfile.open(source) as archive:
        for info in archive:
            content = archive.extractfile(info)
            assert content is not None  # noqa: S101  # verified above
            if info.name.startswith(_PHOTOS):
                obstore.put(store, info.name.removeprefix(_PHOTOS), content.read())
            elif info.name == _DUMP:
                with (Path(folder) / _DUMP).open("wb") as dump:
                    shutil.copyfileobj(content, dump)
        _load(database_url, Path(folder) / _DUMP)
    return manifest


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def _schema_revision(url: str) -> str | None:
    with psycopg.connect(_libpq(url)) as connection:
        known = connection.execute("select to_regclass('alembic_version')").fetchone()
        if known is None or known[0] is None:
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
    return row[0] if row else None


def _require_empty(url: str) -> None:
    with psycopg.connect(_libpq(url)) as connection:
        found = connection.execute(
            "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema$)'"
            " and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"
        ).fetchone()
    if found and found[0]:
        raise SetupFailed(
            "データベースが空ではないため、復元しませんでした。「--replace」を付けると、"
            "今のデータベースを別名で残したうえで復元します(./gesuibo down の後に実行)。",
            'The database is not empty, so nothing was restored. With "--replace" the '
            "present one is kept under another name first (run ./gesuibo down before).",
            code="not-empty",
        )


def _program(name: str) -> str:
    if found := postgres_binaries.installed():
        return found[0][name]
    if path := shutil.which(name):
        return path
    raise SetupFailed(
        f"{name} がありません。"
        "管理者として「apt-get install postgresql-client」を実行してください。",
        f'{name} is missing. As administrator run "apt-get install postgresql-client".',
        code="postgres-client-missing",
    )


def _run(command: list[str], ja: str, en: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SetupFailed(f"{ja}\n{done.stderr}", en, code="backup-failed")
    return done.stdout


def _dump(url: str, target: Path) -> None:
    command = [_program("pg_dump"), "--format=custom", f"--file={target}", _libpq(url)]
    _run(command, "データベースを書き出せませんでした。", "The database could not be written out.")


def _load(url: str, dump: Path) -> None:
    """The new owner may not remake extensions; they were put in when the database was made."""
    program = _program("pg_restore")
    ja, en = "データベースを復元できませんでした。", "The database could not be restored."
    listing = _run([program, "--list", str(dump)], ja, en)
    wanted = [line for line in listing.splitlines() if not _EXTENSIONS_OWN.search(line)]
    contents = dump.with_suffix(".list")
    contents.write_text("\n".join(wanted))
    options = ["--exit-on-error", "--single-transaction", "--no-owner", f"--use-list={contents}"]
    _run([program, *options, f"--dbname={_libpq(url)}", str(dump)], ja, en)


def _listing(store: ObjectStore) -> Iterator[tuple[str, int]]:
    for page in obstore.list(store):
        for one in page:
            yield one["path"], one["size"]


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mtime = int(clock.now().timestamp())
    info.mode = 0o600
    return info


def _add_file(archive: tarfile.TarFile, manifest: Manifest, path: Path) -> None:
    with path.open("rb") as content:
        _add(archive, manifest, path.name, content=content, size=path.stat().st_size)


def _add(
    archive: tarfile.TarFile, manifest: Manifest, name: str, *, content: IO[bytes], size: int
) -> None:
    manifest.members[name] = Member(_digest(content), size)
    content.seek(0)
    archive.addfile(_info(name, size), content)


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _read_manifest(content: bytes) -> Manifest:
    read = json.loads(content)
    members = {name: Member(**one) for name, one in read.pop("members").items()}
    for name in members:
        _require(".." not in PurePosixPath(name).parts and not name.startswith("/"), name)
    _require(read["format"] == _FORMAT, _MANIFEST)
    return Manifest(members=members, **read)


def _require(is_right: bool, name: str) -> None:  # noqa: FBT001  # reads like assert
    if not is_right:
        raise _damaged(name)


def _damaged(detail: str) -> SetupFailed:
    return SetupFailed(
        f"バックアップが壊れているか、途中で切れています({detail})。何も変更していません。",
        f"The backup is damaged or cut short ({detail}). Nothing was changed.",
        code="backup-damaged",
    )
