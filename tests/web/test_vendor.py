import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from service.core.http.static import STATIC
from service.core.http.templating import TEMPLATES
from tools import vendor

LOCK = json.loads((STATIC / "vendor" / "vendor.lock.json").read_text())
FILES = [file for package in LOCK["packages"] for file in package["files"]]
OWN = [
    path
    for path in (*STATIC.rglob("*"), *TEMPLATES.rglob("*.html"))
    if path.suffix in {".html", ".js", ".css", ".svg"} and "vendor" not in path.parts
]
FOREIGN = re.compile(r"""(?:https?:)?//[a-z0-9-]+\.[a-z]""", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["path"])
def test_vendored_files_are_as_locked(file: dict[str, Any]):
    content = (STATIC / "vendor" / file["path"]).read_bytes()
    assert len(content) == file["bytes"]
    assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_nothing_is_vendored_without_the_lock():
    present = {
        path.relative_to(STATIC / "vendor").as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }
    assert present - {"vendor.lock.json"} == {file["path"] for file in FILES}


def test_the_lock_is_what_the_tool_would_write():
    pinned = {(p.name, p.version, p.integrity) for p in vendor.PACKAGES}
    assert pinned == {(p["package"], p["version"], p["integrity"]) for p in LOCK["packages"]}


def test_each_package_is_named_with_its_licence():
    notices = vendor.NOTICES.read_text()
    assert notices == vendor.notices(LOCK["packages"])


@pytest.mark.parametrize("path", OWN, ids=lambda path: str(path.relative_to(STATIC.parent)))
def test_own_pages_scripts_and_styles_name_no_foreign_host(path: Path):
    text = path.read_text()
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert not FOREIGN.search(text)
