"""Passkeys in a real browser: added in the settings, then signing in without a password, under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, Page, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from guanxi.core.actor import SYSTEM
from guanxi.identity.company.queries import company
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.user.services import add_user
from tests.identity.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture
def context(chromium_path: str) -> Iterator[BrowserContext]:
    """A browser without a past."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser.new_context(locale="en-US")
        browser.close()


def with_virtual_key(context: BrowserContext, complaints: list[str]) -> Page:
    """A page whose device has a passkey store that always agrees; what the console complains about is kept."""
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    return page


def test_a_passkey_is_added_and_signs_in_without_a_password(
    live_server: LiveServer, context: BrowserContext, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    company()
    install_default_roles()
    user = add_user(actor=SYSTEM, email="mei@example.com", name="Mei", password=PASSWORD, role_keys=["salesperson"])
    complaints: list[str] = []
    page = with_virtual_key(context, complaints)
    home = live_server.url.replace("127.0.0.1", "localhost")
    page.goto(f"{home}/settings/security/")
    page.get_by_label("Work e-mail").fill("mei@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/2fa/recovery-codes/")
    assert page.locator(".recovery-codes li").count() == 10
    assert Authenticator.objects.get(user=user, type="webauthn").wrap().name == "Laptop"

    context.clear_cookies()
    page.goto(f"{home}/settings/security/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda address: "/account/" not in address)
    page.goto(f"{home}/settings/security/")
    assert page.get_by_text("Laptop").is_visible()
    assert complaints == []
