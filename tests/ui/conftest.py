"""The story pages on a server of their own, and a browser that reports every complaint."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from guanxi.cli.browser import browser_path


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def stories() -> Iterator[str]:
    """The address of a server that shows the story pages under the application's own security headers."""
    with override_settings(
        ROOT_URLCONF="tests.ui.story_urls",
        MIDDLEWARE=["guanxi.config.security.SecurityHeaders", "guanxi.ui.speculation.SpeculationRules"],
        ALLOWED_HOSTS=["127.0.0.1"],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        DEBUG=True,
    ):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Server, _Silent)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; tests that need it are skipped where it is absent."""
    path = browser_path()
    if path is None:
        pytest.skip("There is no Chromium. Install the package chromium to run the tests in the browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What a page must not cause: errors in the console, uncaught exceptions, requests to other hosts."""

    found: list[str] = field(default_factory=list)

    def watch(self, page: Page, address: str) -> None:
        """Collect the complaints of ``page``, whose own host is ``address``."""

        def console(message: ConsoleMessage) -> None:
            if message.type == "error" and "422" not in message.text:
                self.found.append(message.text)

        def request(sent: Request) -> None:
            if not sent.url.startswith((address, "data:", "blob:")):
                self.found.append(f"foreign request: {sent.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("request", request)


@pytest.fixture
def page(chromium: Browser, stories: str) -> Iterator[Page]:
    """A page of 1440 by 900 that fails the test when it complains."""
    context = chromium.new_context(base_url=stories, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    complaints = Complaints()
    complaints.watch(page, stories)
    yield page
    context.close()
    assert complaints.found == []
