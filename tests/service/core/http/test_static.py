import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from service.core.http.static import (
    AssetFolder,
    AssetMissingError,
    CircularReferenceError,
    StaticAssets,
    asset,
    own_assets,
)


@pytest.fixture
def folder(tmp_path: Path) -> AssetFolder:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "page.js").write_text(
        'import { x } from "./part.js";\nimport("./part.js");\n'
    )
    (tmp_path / "js" / "part.js").write_text("export const x = 1;\n")
    (tmp_path / "page.css").write_text("body { background: url(js/dot.svg) }")
    (tmp_path / "js" / "dot.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return AssetFolder(tmp_path)


@pytest.fixture
def client(folder: AssetFolder) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", StaticAssets(folder))]))


def href(folder: AssetFolder, path: str) -> str:
    found = folder.find(path)
    assert found is not None
    return found.href


def test_a_hashed_address_is_kept_for_ever(client: TestClient, folder: AssetFolder):
    answer = client.get(href(folder, "js/part.js"))
    assert answer.text == "export const x = 1;\n"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


def test_a_plain_or_outdated_address_is_answered_but_not_kept(client: TestClient):
    for path in ("/static/js/part.js", "/static/js/part.0123456789ab.js"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


def test_references_between_files_carry_hashes(client: TestClient, folder: AssetFolder):
    part, dot = href(folder, "js/part.js"), href(folder, "js/dot.svg")
    assert (
        client.get("/static/js/page.js").text
        == f'import {{ x }} from "{part}";\nimport("{part}");\n'
    )
    assert client.get("/static/page.css").text == f"body {{ background: url({dot}) }}"


def test_a_changed_part_changes_the_address_of_the_whole(folder: AssetFolder):
    before = href(folder, "js/page.js")
    (folder.root / "js" / "part.js").write_text("export const x = 2;\n")
    assert href(AssetFolder(folder.root), "js/page.js") != before


def test_a_known_copy_is_not_sent_again(client: TestClient):
    etag = client.get("/static/js/part.js").headers["etag"]
    again = client.get("/static/js/part.js", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_text_is_compressed_when_the_browser_can(client: TestClient):
    packed = client.get("/static/js/part.js", headers={"accept-encoding": "gzip"})
    plain = client.get("/static/js/part.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


@pytest.mark.parametrize(
    "path", ["/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/no.js"]
)
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_only_reading_is_possible(client: TestClient):
    assert client.post("/static/js/part.js").status_code == 405


def test_a_ring_of_imports_is_refused(folder: AssetFolder):
    (folder.root / "js" / "part.js").write_text('import "./page.js";')
    with pytest.raises(CircularReferenceError, match=r"js/page.js → js/part.js → js/page.js"):
        folder.find("js/page.js")


def test_a_page_cannot_name_a_missing_file():
    with pytest.raises(AssetMissingError):
        asset("js/missing.js")


def test_all_own_files_have_an_address():
    for path in own_assets():
        assert asset(path).startswith("/static/")


def test_the_style_of_office_pages_stays_small():
    for name, limit in (("css/office.css", 6_000), ("css/field.css", 4_000)):
        found = own_assets().find(name)
        assert found is not None
        assert len(gzip.compress(found.body)) < limit


def test_many_readers_at_once_get_the_same_addresses(tmp_path: Path) -> None:
    """A fresh server's first pages arrive together."""
    for number in range(30):
        (tmp_path / f"m{number}.js").write_text(f'import "./m{number + 1}.js";\n')
    (tmp_path / "m30.js").write_text("export {};\n")
    for _ in range(20):
        folder = AssetFolder(tmp_path)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(folder.find, [f"m{n % 31}.js" for n in range(62)]))
        assert all(found)
