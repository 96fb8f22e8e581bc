"""Chromium without a window, for pages."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

from c_builds import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def opened_browser():
    """The browser of the system; what it asks for is seen by each `Looker`."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("playwright")
    if path is None:
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Looker:
    """A page that is open, with all that it asked for and complained of."""

    def __init__(self, browser, file, **settings: object) -> None:
        self.page = browser.new_page(**({"viewport": {"width": 1360, "height": 900}} | settings))
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=120_000)

    def ask(self, script, argument=None):
        """What a script says in the page."""
        return self.page.evaluate(script, argument)

    def settle(self):
        """Waits until what was asked for is drawn."""
        self.ask("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def wait_until(self, condition):
        """Waits until a condition holds; the policy of a page lets no script wait for it there."""
        for _ in range(500):
            if self.ask(condition):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{condition} never held")

    def is_quiet(self):
        """Whether it asked for nothing but itself, and complained of nothing."""
        return (len(self.requests), self.complaints) == (1, [])
