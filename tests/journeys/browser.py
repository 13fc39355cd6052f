"""A signed-in browser that writes down everything a page must not do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "correct horse battery"
DESK, PHONE = (1440, 900), (390, 844)
# Runs before the page's own scripts: what the browser only tells the page itself.
LISTEN = """
addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
addEventListener('unhandledrejection', e => console.error(`unhandled rejection: ${e.reason}`));
"""
SERIOUS = """() => axe.run({resultTypes: ['violations']}).then(found => found.violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes.map(node => node.target).join(' | ')}`))"""


@dataclass
class Visit:
    """One person in one browser: its page and what was wrong on the way. ``expected`` are statuses meant to come."""

    page: Page
    address: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Start to write down complaints."""
        self.page.add_init_script(LISTEN)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also prints a line for each refused request; statuses are judged by `_response`.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, sent: Request) -> None:
        if not sent.url.startswith((f"{self.address}/", "data:", f"blob:{self.address}")):
            self.complaints.append(f"foreign request: {sent.url}")

    def _response(self, got: Response) -> None:
        if got.status >= 400 and got.status not in self.expected:
            self.complaints.append(f"{got.status}: {got.request.method} {got.url}")

    def sign_in(self, name: str) -> None:
        """Sign in through the form as the user with this role."""
        self.page.goto("/")
        self.page.locator("[name=login]").fill(f"{name}@example.com")
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("form.form .button--primary").click()
        expect(self.page.locator(".sidebar")).to_have_count(1)

    def settled(self) -> None:
        """Wait until the page has loaded what it loads after itself."""
        self.page.wait_for_load_state("networkidle")

    def serious_findings(self) -> list[str]:
        """What axe finds on the screen as it stands, of serious or critical weight."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return list(self.page.evaluate(SERIOUS))


def open_browser(browser: Browser, address: str, size: tuple[int, int] = DESK) -> tuple[BrowserContext, Visit]:
    """A fresh browser without cookies, watched from its first request."""
    width, height = size
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, reduced_motion="reduce", accept_downloads=True,
        is_mobile=width < 500, has_touch=width < 500,
    )  # fmt: skip
    context.set_default_timeout(60_000)
    visit = Visit(context.new_page(), address)
    visit.watch()
    return context, visit


ASK = """([method, path, values]) => fetch('/api/v1/session').then(answer => answer.json()).then(known => fetch(path, {method,
  headers: {'Content-Type': 'application/json', 'X-CSRFToken': known.csrf_token}, body: JSON.stringify(values)}))
  .then(answer => answer.json())"""


def ask(page: Page, method: str, path: str, **values: Any) -> dict[str, Any]:
    """The answer of the API to the person who is signed in on this page: what they write is committed."""
    return dict(page.evaluate(ASK, [method, path, values]))
