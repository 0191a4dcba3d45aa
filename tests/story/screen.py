"""Somebody who uses Repair in a real Chromium, and what is looked at on each page they see."""

import os
import re
from itertools import count
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TELLING = "h1, h2, h3, button, .state, .notice, .empty, [role=alert]"
SHOTS = os.environ.get("REPAIR_SCREENSHOTS")

numbers = count(1)


class ScreenVisitor:
    """A browser with a screen. Each page that looks new is checked, and kept as a picture."""

    def __init__(
        self, browser: Browser, address: str, name: str, *, scripts: bool, seen: set[str]
    ) -> None:
        self.context = browser.new_context(
            base_url=address, viewport=DESKTOP, java_script_enabled=scripts
        )
        self.page = self.context.new_page()
        self.origin = address
        self.name = name
        self.scripts = scripts
        self.faults: list[str] = []
        self._seen = seen
        self._listen(self.page)

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        """Where the page is."""
        return str(self.page.evaluate("location.pathname"))

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self._look()

    def follow(self, link: str) -> None:
        """Follow the link whose words begin so."""
        self._click(self.page.get_by_role("link", name=_beginning(link)).first)

    def press(self, button: str, **values: object) -> None:
        """Fill in the form of the button whose words begin so, and press it."""
        pressed = self.page.get_by_role("button", name=_beginning(button)).first
        form = self.page.locator("form", has=pressed).first
        for name, value in values.items():
            _fill(form, name, value)
        self._click(pressed)

    def let_days_pass(self, number: int) -> None:
        """Move the demo's clock by so many days: once by its button, then without drawing pages."""
        self.press("+ 1 day")
        bar = self.page.locator("form.demo-bar input[type=hidden]")
        sent: dict[str, str | float | bool] = {
            each.get_attribute("name") or "": each.get_attribute("value") or ""
            for each in bar.all()
        }
        for _ in range(number - 1):
            moved = self.page.request.post(
                "/demo/move/day/", form=sent, headers={"Origin": self.origin}, max_redirects=0
            )
            assert moved.status == 302, moved.status

    def look_until(self, words: str) -> None:
        """Wait until these words are there, and load the page anew now and then.

        That a page looks by itself when a conversation is near is for `wait_until` to see.
        """
        for _ in range(30):
            try:
                expect(self.page.locator("body")).to_contain_text(words, timeout=500)
            except AssertionError:
                self.page.reload()
            else:
                break
        assert words in self.text, f"“{words}” did not come: {self.text}"
        self._look()

    def wait_until(self, words: str) -> None:
        """Do nothing until these words have come into the page as it stands."""
        expect(self.page.locator("body")).to_contain_text(words, timeout=15_000)
        self._look()

    def check(self) -> None:
        """Let axe look at the page as it is."""
        self.faults += _axe(self.page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda fault: self.faults.append(f"{page.url}: {fault}"))

    def _heard(self, message: Any) -> None:
        """Errors of the console; a breach of the content security policy is one, too."""
        if message.type in ("error", "warning"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _click(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()
        self._look()

    def _look(self) -> None:
        """Check a page that neither has seen yet; keep a picture also of each of its states."""
        if self.scripts and self._is_new("h1, h2"):
            self.check()
        if SHOTS and self._is_new(TELLING):
            self._keep()

    def _is_new(self, telling: str) -> bool:
        """Whether a page with these parts is new, whatever the dates, names and words in it."""
        address = re.sub(r"[0-9a-f-]{36}|[\w-]+:\w+:[\w-]+", "", self.page.url)
        parts = self.page.locator(f"main :is({telling})").all_inner_texts()[1:]
        words = [re.sub(r"\d+|\w+day|[A-Z]\w+ber", "", each) for each in parts]
        kind = " ".join([address, telling, *dict.fromkeys(words)])
        is_new = kind not in self._seen
        self._seen.add(kind)
        return is_new

    def _keep(self) -> None:
        """Keep pictures of the page, if a folder for them is named."""
        if not SHOTS:
            return
        heading = self.page.locator("h1").first.inner_text()
        slug = re.sub(r"\W+", "-", heading.lower()).strip("-")
        folder = Path(SHOTS) / ("with-scripts" if self.scripts else "without-scripts")
        number = next(numbers)
        for size, viewport in SIZES.items():
            self.page.set_viewport_size(viewport)
            picture = folder / size / f"{number:03}-{self.name}-{slug}.png"
            self.page.screenshot(path=picture, full_page=True)
        self.page.set_viewport_size(DESKTOP)


def _axe(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": STANDARDS}}
    found = Axe().run(page, options=options)
    violations = found.response["violations"]
    return [
        f"{page.url}: {each['id']}: {node['html']}" for each in violations for node in each["nodes"]
    ]


def _beginning(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}")


def _fill(form: Locator, name: str, value: object) -> None:
    control = form.locator(f'[name="{name}"]')
    kind = control.first.get_attribute("type")
    if isinstance(value, bool):
        control.set_checked(value)
    elif kind == "radio":
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif control.evaluate("each => each.tagName") == "SELECT":
        control.select_option(str(value))
    else:
        control.fill(str(value))
