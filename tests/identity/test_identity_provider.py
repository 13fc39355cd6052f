"""Single sign-on against a provider that runs: who it vouches for signs in, and no doubtful answer is believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from guanxi.config.sign_on import single_sign_on
from guanxi.identity.user.models import User
from tests.identity.conftest import Person, browser
from tests.identity.identity_provider import CLIENT, SECRET, IdentityProvider, new_key, running

START, BACK = "/account/oidc/company/login/", "/account/oidc/company/login/callback/"


@pytest.fixture
def provider(settings: Settings) -> Iterator[IdentityProvider]:
    """A running provider that the installation is configured with."""
    with running() as found:
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(
            {"GUANXI_OIDC_URL": found.address, "GUANXI_OIDC_CLIENT": CLIENT, "GUANXI_OIDC_SECRET": SECRET}
        )
        yield found


def ask(client: Client, provider: IdentityProvider) -> dict[str, str]:
    """Press the button and return what the provider is asked."""
    sent = client.post(START)
    assert sent.status_code == 302
    address = urlsplit(sent["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.address}/authorize"
    provider.asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    return provider.asked


def come_back(client: Client, state: str) -> HttpResponse:
    """Come back from the provider with a code."""
    return client.get(BACK, {"state": state, "code": "c0de"})  # type: ignore[return-value]


def who(client: Client) -> str | None:
    """The id of the user who is signed in."""
    return client.session.get("_auth_user_id")


def test_a_user_whom_the_provider_vouches_for_is_signed_in(person: Person, provider: IdentityProvider) -> None:
    user, client = person(), browser()
    asked = ask(client, provider)
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert len(asked["nonce"]) == 64

    answer = come_back(client, asked["state"])

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert who(client) == str(user.pk)
    assert client.get("/").status_code == 200
    assert [form["code"] for form in provider.bought] == [["c0de"]]


def test_every_question_has_a_nonce_of_its_own(person: Person, provider: IdentityProvider) -> None:
    client = browser()
    assert ask(client, provider)["nonce"] != ask(client, provider)["nonce"]


DOUBTS: dict[str, Callable[[IdentityProvider], Any]] = {
    "the nonce of another question": lambda it: it.claims.update(nonce="0" * 64),
    "no nonce": lambda it: it.claims.update(nonce=None),
    "a token for another program": lambda it: it.claims.update(aud="another"),
    "a token for nobody": lambda it: it.claims.update(aud=None),
    "another issuer": lambda it: it.claims.update(iss="https://elsewhere.example"),
    "a token that ended": lambda it: it.claims.update(exp=int(time.time()) - 60),
    "a token without an end": lambda it: it.claims.update(exp=None),
    "the signature of another key": lambda it: setattr(it, "signing_key", new_key()),
    "a key that nobody knows": lambda it: it.headers.update(kid="two"),
    "no name of a key": lambda it: it.headers.clear(),
    "no signature": lambda it: (setattr(it, "algorithm", "none"), setattr(it, "signing_key", "")),
    "a signature with a shared secret": lambda it: (setattr(it, "algorithm", "HS256"),
                                                    setattr(it, "signing_key", SECRET * 4)),
    "no token": lambda it: setattr(it, "has_token", False),
    "the profile of another person": lambda it: it.claims.update(sub="249"),
}  # fmt: skip


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubtful_answer_signs_nobody_in(person: Person, provider: IdentityProvider, doubt: str) -> None:
    person()
    client = browser()
    asked = ask(client, provider)
    DOUBTS[doubt](provider)

    answer = come_back(client, asked["state"])

    assert answer.status_code < 500
    assert provider.bought, "the code was exchanged, so that the token was judged"
    assert answer.get("Location") != "/"
    assert who(client) is None


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(person: Person, provider: IdentityProvider) -> None:
    person()
    client, other = browser(), browser()
    state = ask(client, provider)["state"]

    assert who(other) is None
    come_back(other, state)
    assert (who(other), provider.bought) == (None, [])

    come_back(client, state)
    assert who(client) is not None
    client.logout()
    come_back(client, state)
    assert who(client) is None
    assert len(provider.bought) == 1


@pytest.mark.parametrize("more", [{"email": "stranger@example.com"}, {"email_verified": False}, {"email": None}])
def test_who_has_no_account_or_no_verified_address_gets_none(
    more: dict[str, Any], person: Person, provider: IdentityProvider
) -> None:
    person()
    provider.person.update(more)
    client = browser()
    answer = come_back(client, ask(client, provider)["state"])

    assert answer.status_code < 500
    assert who(client) is None
    assert User._default_manager.count() == 1


def test_a_provider_that_does_not_answer_is_a_refusal_and_not_a_fault(
    person: Person, provider: IdentityProvider
) -> None:
    person()
    client = browser()
    state = ask(client, provider)["state"]
    provider.asked["code_challenge"] = "of another"
    answer = come_back(client, state)

    assert answer.status_code < 500
    assert who(client) is None
