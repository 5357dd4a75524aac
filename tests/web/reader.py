"""Somebody in front of the screens, with a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.web.site import PASSWORD, Site

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@dataclass
class Reader:
    """A signed-in browser; ``alarms`` is what must not happen: dialogs, errors of scripts, breaches of the policy."""

    page: Page
    site: Site
    alarms: list[str] = field(default_factory=list)

    def fail(self, url: str, why: str) -> None:
        """Note a request that failed; one that the browser gave up because the page was left did not."""
        if "ERR_ABORTED" not in why:
            self.alarms.append(f"{why}: {url}")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site.url}{path}")

    def visible(self, selector: str) -> str:
        """The text of what is visible under a selector, once it is."""
        return self.page.locator(f"{selector}:visible").first.inner_text()

    @property
    def pair(self) -> str:
        """The pair that is shown."""
        return self.page.locator(".pair:visible").get_attribute("data-pair", timeout=10_000) or ""

    def says(self, words: str) -> None:
        """Wait until the live region announces this."""
        self.page.wait_for_function("words => document.querySelector('#live').textContent.includes(words)", arg=words)


@contextmanager
def signed_in(browser: Browser, site: Site, user: str, language: str) -> Iterator[Reader]:
    """Sign in by keyboard alone."""
    context = browser.new_context(
        locale=LOCALES[language], timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    reader = Reader(page, site)
    page.on("dialog", lambda dialog: (reader.alarms.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: reader.alarms.append(str(error)))
    page.on("console", lambda said: reader.alarms.append(said.text) if said.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: reader.fail(request.url, request.failure or ""))
    reader.open("/login")
    page.wait_for_function("() => document.activeElement.id === 'name'")
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("header nav")
    yield reader
    context.close()
