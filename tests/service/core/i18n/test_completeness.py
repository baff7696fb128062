"""English is complete, holds nothing that is no longer said, and keeps the gaps of each text."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from service.core.http.templating import TEMPLATES, environment
from service.core.i18n.catalogue import LOCALE_DIR, entries, read_fragment, translations
from service.core.i18n.locales import Locale
from tools.messages import JAPANESE, slice_of, used

GAP = re.compile(r"%\(\w+\)s|\{\w+\}")
FRAGMENTS = sorted((LOCALE_DIR / "en").glob("*.po"))
USED = used()


@pytest.mark.parametrize("owner", sorted({slice_of(files[0]) for files in USED.values()}))
def test_every_text_has_english(owner: str):
    known = translations(Locale.EN)
    missing = [
        f"{files[0]}: {text}"
        for text, files in USED.items()
        if slice_of(files[0]) == owner and not all(known.get(text, ("",)))
    ]
    assert not missing


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.stem)
def test_no_entry_is_left_over(fragment: Path):
    texts = {text for text, _ in entries(read_fragment(fragment))}
    assert not texts - USED.keys()


def test_fragments_agree_on_each_text():
    """A word that means two things (更新) is written more exactly in Japanese (更新する)."""
    said: dict[str, tuple[Path, tuple[str, ...]]] = {}
    disagreements = []
    for path in FRAGMENTS:
        for text, forms in entries(read_fragment(path)):
            first, known = said.setdefault(text, (path, forms))
            if known != forms:
                disagreements.append(f"{first.name}, {path.name}: {text}")
    assert not disagreements


def test_english_keeps_the_gaps_and_no_japanese():
    wrong = [
        text
        for text, forms in translations(Locale.EN).items()
        if any(set(GAP.findall(form)) != set(GAP.findall(text)) for form in forms)
        or any(JAPANESE.search(form) for form in forms)
    ]
    assert not wrong


def _filled(form: str) -> bool:
    """Whether ``%`` fills the gaps of a text; a bare ``95 %`` among them breaks the page."""
    try:
        form % dict.fromkeys(re.findall(r"%\((\w+)\)s", form), "")
    except (TypeError, ValueError):
        return False
    return True


def test_every_text_with_gaps_can_be_filled():
    texts = {form for text, forms in translations(Locale.EN).items() for form in (text, *forms)}
    assert not [text for text in texts if "%(" in text and not _filled(text)]


def spoken_unmarked(tree: nodes.Template) -> Iterator[str]:
    marked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "N_", "ngettext"}
        for argument in call.args
    }
    for data in tree.find_all(nodes.TemplateData):
        yield data.data
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in marked:
            yield constant.value


@pytest.mark.parametrize(
    "template",
    sorted(TEMPLATES.rglob("*.html")),
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
def test_templates_say_nothing_outside_the_catalogue(template: Path):
    tree = environment.parse(template.read_text())
    assert [text.strip() for text in spoken_unmarked(tree) if JAPANESE.search(text)] == []
