import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.core.http.static import own_assets
from service.core.http.templating import TEMPLATES
from tests.web.preview_app import PAGES

OpenPage = Callable[..., Page]
pytestmark = pytest.mark.e2e


@pytest.fixture
def open_page(browser: Browser, preview_url: str) -> Iterator[OpenPage]:
    contexts = []

    def opened(name: str, width: int = 1440, **options: object) -> Page:
        size = {"width": width, "height": 844}
        context = browser.new_context(viewport=size, locale="ja-JP", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{preview_url}/{name}")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible(
    open_page: OpenPage,
    violations: Callable[[Page], list[str]],
    name: str,
    *,
    width: int,
    scheme: str,
):
    assert violations(open_page(name, width, color_scheme=scheme)) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_reflow_at_320_px(open_page: OpenPage, name: str):
    page = open_page(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_field_text_keeps_seven_to_one(open_page: OpenPage, scheme: str):
    page = open_page("field", 390, color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []


CONTRASTS = """() => {
  const linear = c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = s => { const [r, g, b] = rgb(s);
    return .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b); };
  const ground = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; }
    return 'rgb(255, 255, 255)'; };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll('body *')].filter(e => own(e) && !e.matches('.skip-link'))
    .map(e => [e, light(getComputedStyle(e).color), light(ground(e))])
    .filter(([, a, b]) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 7)
    .map(([e]) => e.outerHTML.slice(0, 80));
}"""


def test_field_targets_fit_gloves(open_page: OpenPage):
    page = open_page("field", 390)
    every = page.locator("button, a:not(.skip-link), .tile, textarea, label.button").all()
    targets = [target for target in every if target.is_visible()]
    sizes = [(target.inner_text()[:20], target.bounding_box()) for target in targets]
    assert sizes
    assert [name for name, box in sizes if not box or box["height"] < 56 or box["width"] < 56] == []


def test_keyboard_users_can_skip_to_the_content(open_page: OpenPage):
    page = open_page("list")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_menu_closes_with_escape(open_page: OpenPage):
    page = open_page("list")
    page.locator("details.menu summary").click()
    expect(page.get_by_role("link", name="利用者設定")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="利用者設定")).to_be_hidden()
    expect(page.locator("details.menu summary")).to_be_focused()


def test_the_language_can_be_changed_and_stays(open_page: OpenPage, preview_url: str):
    page = open_page("list")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{preview_url}/detail")
    expect(page.get_by_role("link", name="Cases", exact=True)).to_be_visible()


def test_errors_are_tied_to_their_fields(open_page: OpenPage):
    page = open_page("form")
    field = page.get_by_label("処置日")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("処置日は報告日より前にできません。"))
    page.get_by_role("link", name="処置日は報告日より前にできません。").click()
    expect(field).to_be_focused()


def test_print_leaves_the_controls_out(open_page: OpenPage):
    page = open_page("list")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="故障を報告する")).to_be_hidden()
    expect(page.locator("header.masthead")).to_be_hidden()
    expect(page.get_by_role("link", name="R8-1043")).to_be_visible()


def test_only_known_pictures_are_used():
    icons = own_assets().find("icons.svg")
    assert icons is not None
    names = set(
        re.findall(r'icon\("([a-z-]+)"', "".join(p.read_text() for p in TEMPLATES.rglob("*.html")))
    )
    assert {name for name in names if f'id="{name}"'.encode() not in icons.body} == set()
