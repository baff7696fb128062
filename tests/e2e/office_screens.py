"""Windows of the city and its companies, and what is looked at on every page of a story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Locator, Page
from sqlmodel import Session

from service.accounts.domain import token_hash
from service.accounts.models import SignIn, UserAccount
from service.core.clock import now

SHOTS = Path(__file__).parent / "screenshots"
NARROW = {"width": 320, "height": 640}
# 1440 × 900 at 200 %: a browser's zoom halves the pixels that a page has.
ZOOMED = {"width": 720, "height": 450}


@dataclass
class Screens:
    """Pages of a served city; each person has a window with a sign-in of their own."""

    url: str
    tokens: dict[str, str]
    window: Callable[..., BrowserContext]
    violations: Callable[[Page], list[str]]
    story: str

    def of(self, who: str, **options: Any) -> Page:
        context = self.window(**options)
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "gesuibo", "value": self.tokens[who], "url": self.url}])
        return context.new_page()

    def seen(self, page: Page, step: str) -> None:
        """A picture; accessible; no sideways scrolling at 320 px and at 200 %."""
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{self.story}-{step}.png", full_page=True)
        found = self.violations(page)
        assert found == [], found
        size = page.viewport_size
        assert size is not None
        for small in (NARROW, ZOOMED):
            page.set_viewport_size(small)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= small["width"], f"{page.url} is {width} px wide at {small['width']} px"
        page.set_viewport_size(size)


def tile(page: Page, label: str) -> Locator:
    return page.locator("label.tile", has=page.get_by_text(label, exact=True))


def press_until(page: Page, key: str, wanted: Locator, *, at_most: int = 80) -> None:
    """Presses the key until the element has the focus, as somebody without a mouse does."""
    for _ in range(at_most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{wanted} is not reached by {key}")


def colleague(session: Session, token: str, label: str) -> UUID:
    """One more member of staff, signed in under the token."""
    user = UserAccount(username=token.lower(), display_name=label, role="staff")
    session.add(user)
    session.flush()
    # As the database sees it: its own clock may be a little behind.
    seen_at = now() - timedelta(minutes=1)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            user_id=user.id,
            expires_at=seen_at + timedelta(hours=1),
            last_seen_at=seen_at,
        )
    )
    return user.id
