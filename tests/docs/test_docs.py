"""What the documents name exists: commands, addresses, settings, files; in both languages."""

import re
from pathlib import Path

import pytest

from app.asgi import create_app
from app.cli import WORDS
from service.analytics.catalogue import KINDS
from service.core.settings import Settings
from tests.routes import guarded_routes

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("README.md")]
)
COMMAND = re.compile(r"\./gesuibo ([a-z][a-z-]*)")
SETTING = re.compile(r"GESUIBO_([A-Z0-9_]+)")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
ADDRESS = re.compile(r"`(/[A-Za-z][^` ]*)`")
# Documented in CONTRIBUTING for developers; not settings of the service.
NOT_SETTINGS = {"TEST_DATABASE_URL"}


def documents() -> list[Path]:
    return [path for path in DOCUMENTS if "node_modules" not in path.parts]


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_exist(path: Path) -> None:
    named = set(COMMAND.findall(path.read_text(encoding="utf-8")))
    missing = {word for word in named if word not in WORDS or not WORDS[word].is_there}
    assert missing == set()


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_settings_exist(path: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_linked_files_exist(path: Path) -> None:
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "guide").glob("*.md")), ids=lambda p: p.name
)
def test_addresses_are_routes(path: Path, settings: Settings) -> None:
    routes = {route.path for route in guarded_routes(create_app(settings))}
    named = set(ADDRESS.findall(path.read_text(encoding="utf-8")))
    unknown = {
        address for address in named if not any(is_route(address, known) for known in routes)
    }
    assert unknown == set()


def is_route(address: str, route: str) -> bool:
    """Also the beginning of one; reports share a route, and each must be in the catalogue."""
    if route == "/analytics/{name}" and address.startswith("/analytics/"):
        return address.removeprefix("/analytics/") in KINDS
    return route == address or route.startswith(address.rstrip("/"))


def test_every_guide_has_both_languages() -> None:
    names = {path.name for path in (ROOT / "docs" / "guide").glob("*.md")}
    stems = {name.split(".")[0] for name in names}
    assert names == {f"{stem}.{language}.md" for stem in stems for language in ("ja", "en")}


def test_both_readmes_name_the_same_commands_and_files() -> None:
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    japanese = (ROOT / "README.ja.md").read_text(encoding="utf-8")
    assert sorted(COMMAND.findall(english)) == sorted(COMMAND.findall(japanese))
    strip = {"README.md", "README.ja.md"}
    assert set(LINK.findall(english)) - strip == set(LINK.findall(japanese)) - strip
