"""The scored company on a live server, and browsers in which one of its people is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from guanxi.customers.customer.models import Customer
from guanxi.identity.models import User
from guanxi.records.importing import job, undo
from tests.insights.company import Scored, build_company
from tests.journeys import server
from tests.journeys.browser import AXE, DESK, Visit, open_browser

Open = Callable[..., Visit]
SUFFIX = "journeys"
PROSPECT = "Customer 99"
expect.set_options(timeout=30_000)


def add_prospect(company: Scored) -> None:
    """Add somebody to be won for whom nothing is planned: the last in every order, as others are counted on."""
    owner = company.users["salesperson"]
    Customer.objects.create(
        name=PROSPECT, sort_key=PROSPECT.lower(), status="prospect", owner=owner, team=owner.team, currency="CNY"
    )


@pytest.fixture(scope="session")
def company_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of a database that holds the scored company, committed, so that a server sees it."""
    with django_db_blocker.unblock():
        name = server.copy_database(SUFFIX)
        with server.database(name):
            company = build_company()
            add_prospect(company)
        yield name
        server.drop_database(SUFFIX)


@pytest.fixture(scope="module")
def address(company_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of the application; the tests of the module use its database too."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # Playwright's calls wait in an event loop of this thread; Django takes any code beside one for asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        for module in (job, undo):
            patch.setattr(module, "queue_job", server.work_beside)
        with server.database(company_database), server.served() as address:
            # What people chose in the menus of earlier modules is not what they begin with here.
            User.objects.update(language="en", theme="system", shortcuts=True)
            yield address


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """The browser that all visits of a module share."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; run `npm ci` in frontend/.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Open]:
    """``visit("administrator")`` signs in; at the end nothing may have gone wrong and axe must accept the screen."""
    opened = []

    def sign_in(name: str, size: tuple[int, int] = DESK) -> Visit:
        context, visit = open_browser(chromium, address, size)
        opened.append((context, visit))
        visit.sign_in(name)
        return visit

    yield sign_in
    try:
        for _context, each in opened:
            each.settled()
            assert each.complaints == []
            assert each.serious_findings() == []
    finally:
        for context, _visit in opened:
            context.close()
