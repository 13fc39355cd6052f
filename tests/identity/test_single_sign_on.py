"""Single sign-on: a button where it is configured, users found by verified address, nobody made up."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from pytest_django.fixtures import Settings

from guanxi.config.security import content_security_policy
from guanxi.config.sign_on import single_sign_on
from guanxi.identity.adapter import Accounts, SocialAccounts
from guanxi.identity.user.models import User
from tests.identity.conftest import LOGIN, Person, browser

CONFIGURED = {"GUANXI_OIDC_URL": "https://id.example.com/realms/yunqi", "GUANXI_OIDC_CLIENT": "guanxi",
              "GUANXI_OIDC_SECRET": "s", "GUANXI_OIDC_NAME": "Yunqi ID"}  # fmt: skip


def test_without_a_provider_there_is_no_button() -> None:
    assert "APPS" not in single_sign_on({})["openid_connect"]
    assert "/account/oidc/" not in browser().get(LOGIN).content.decode()


def test_a_configured_provider_has_a_button_that_posts(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(CONFIGURED)
    page = browser().get(LOGIN).content.decode()
    assert "Sign in with Yunqi ID" in page
    assert '<form method="post" action="/account/oidc/company/login/' in page


def test_the_form_may_lead_to_the_provider_and_nowhere_else() -> None:
    assert "form-action 'self'; " in content_security_policy()
    assert "form-action 'self' https://id.example.com; " in content_security_policy(CONFIGURED["GUANXI_OIDC_URL"])
    assert "form-action 'self'; " in content_security_policy("javascript:alert(1)")


def test_nobody_is_made_up() -> None:
    assert Accounts().is_open_for_signup(None) is False
    assert SocialAccounts().is_open_for_signup(None, None) is False


@pytest.mark.parametrize(("verified", "found"), [(True, True), (False, False)])
def test_a_user_is_found_by_an_address_that_the_provider_has_verified(
    verified: bool, found: bool, person: Person, settings: Settings
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(CONFIGURED)
    user = person()
    address = EmailAddress(email="Mei@example.com", verified=verified, primary=True)
    provider = SimpleNamespace(app=SimpleNamespace(settings={}), id="openid_connect", get_settings=lambda: {
        "EMAIL_AUTHENTICATION": True})  # fmt: skip
    login = SimpleNamespace(email_addresses=[address], provider=provider, account=SimpleNamespace(provider="company"))
    answer = SocialAccounts().authenticate_by_email(login)
    assert (answer is not None and answer[0] == user) is found
    assert User._default_manager.get(pk=user.pk).has_usable_password()
    assert EmailAddress.objects.filter(user=user, verified=True).exists() is found
