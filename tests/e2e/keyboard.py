"""Somebody without a mouse: every step is a key, and a press of a pointer fails the story."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

# Where a step begins the browser is asked once; a page that needs more keys is a nuisance.
AT_MOST = 80
NEXT_KEY = """element => {
  const now = document.activeElement;
  if (now === element) return "";
  const group = now instanceof HTMLInputElement && now.type === "radio" && now.name;
  return group && group === element.name ? "ArrowDown" : "Tab";
}"""


@dataclass
class Keyboard:
    """Keys in one window."""

    page: Page
    pointers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.expose_function("pointerUsed", self.used)
        self.page.add_init_script(
            "addEventListener('pointerdown', e => e.isTrusted && pointerUsed(e.target.outerHTML))"
        )

    def used(self, what: str) -> None:
        self.pointers.append(what)

    def press(self, *keys: str) -> None:
        """Keys of one letter, as soon as the page hears them."""
        expect(self.page.locator("html[data-keys=ready]")).to_be_attached()
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, wanted: Locator) -> None:
        """By Tab, and by the arrows inside a group of radio buttons."""
        for _ in range(AT_MOST):
            key = wanted.evaluate(NEXT_KEY)
            if not key:
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{wanted} is more than {AT_MOST} keys away")

    def enter(self, wanted: Locator) -> None:
        """A link or a button."""
        self.reach(wanted)
        self.page.keyboard.press("Enter")

    def choose(self, wanted: Locator) -> None:
        """A check box, or one of several radio buttons."""
        self.reach(wanted)
        if not wanted.is_checked():
            self.page.keyboard.press("Space")

    def write(self, wanted: Locator, words: str) -> None:
        self.reach(wanted)
        if wanted.get_attribute("type") != "date":
            self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def done(self) -> None:
        """Nothing of the story was clicked or tapped."""
        assert self.pointers == []
