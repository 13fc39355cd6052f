"""Authenticators and recovery codes: half a sign-in opens nothing, a code works once, secrets are sealed at rest."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from guanxi.identity.user.models import User
from guanxi.records.models import OutboundMessage
from tests.identity.conftest import PASSWORD, Person, as_actor, browser, sign_in, signed_in

STEP = "/account/2fa/authenticate/"


def code_of(secret: str, offset: int = 0) -> str:
    """The code that an authenticator shows now (or ``offset`` steps of 30 s away)."""
    _earlier, counter, _later = totp.yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter + offset))


def with_authenticator(user: User) -> str:
    """Connect an authenticator; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def halfway(user: User) -> Client:
    """A browser after the password, before the code."""
    client = browser()
    answer = sign_in(client, user)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, STEP)
    return client


def test_password_and_code_sign_in(person: Person) -> None:
    user = person()
    secret = with_authenticator(user)
    client = halfway(user)
    assert client.post(STEP, {"code": code_of(secret)}).status_code == 302
    assert client.get("/customers/").status_code == 200


@pytest.mark.parametrize(("offset", "status"), [(-1, 302), (-2, 200)])
def test_the_code_before_is_good_for_one_step_and_no_longer(person: Person, offset: int, status: int) -> None:
    user = person()
    secret = with_authenticator(user)
    assert halfway(user).post(STEP, {"code": code_of(secret, offset)}).status_code == status


def test_half_a_sign_in_reaches_nothing(person: Person) -> None:
    user = person()
    with_authenticator(user)
    client = halfway(user)
    for path in ("/", "/customers/", "/settings/profile/", "/settings/security/", "/account/password/change/",
                 "/account/2fa/totp/deactivate/", "/account/2fa/recovery-codes/"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert "/account/login/" in answer["Location"] or STEP in answer["Location"], path
    assert client.get("/api/v1/customers").status_code == 401


def test_a_code_works_once(person: Person) -> None:
    user = person()
    code = code_of(with_authenticator(user))
    halfway(user).post(STEP, {"code": code})
    second = halfway(user)
    assert second.post(STEP, {"code": code}).status_code == 200
    assert second.get("/customers/").status_code == 302


def test_a_code_of_ten_minutes_ago_is_refused(person: Person) -> None:
    user = person()
    secret = with_authenticator(user)
    client = halfway(user)
    assert client.post(STEP, {"code": code_of(secret, -20)}).status_code == 200


def test_guessing_codes_is_stopped(person: Person) -> None:
    user = person()
    secret = with_authenticator(user)
    client = halfway(user)
    right = code_of(secret)
    for number in range(100):
        guess = f"{number:06}"
        client.post(STEP, {"code": guess if guess != right else "999999"})
    assert client.post(STEP, {"code": code_of(secret)}).status_code != 302
    assert client.get("/customers/").status_code == 302


def test_each_recovery_code_signs_in_once(person: Person) -> None:
    user = person()
    with_authenticator(user)
    codes = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()
    assert len(set(codes)) == 10
    assert halfway(user).post(STEP, {"code": codes[0]}).status_code == 302
    cache.clear()
    assert halfway(user).post(STEP, {"code": codes[0]}).status_code == 200


def test_secrets_are_sealed_at_rest(person: Person) -> None:
    user = person()
    secret = with_authenticator(user)
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored
    assert stored.startswith("gAAAA"), "a Fernet token"
    seed = Authenticator.objects.get(user=user, type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")


def test_connecting_an_authenticator_ends_other_sessions_and_tells_the_user(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test's own transaction never commits; without it, what waits for the commit runs at once.
    monkeypatch.setattr("allauth.mfa.totp.internal.flows.transaction.on_commit", lambda act, **_named: act())
    user = person()
    here, elsewhere = signed_in(user), signed_in(user)
    asked = here.get(reverse("mfa_activate_totp"))
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    opened = here.get(reverse("mfa_activate_totp"))
    assert opened.status_code == 200
    page = opened.content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret is not None
    assert here.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])}).status_code == 302
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert here.get("/customers/").status_code == 200
    assert elsewhere.get("/customers/").status_code == 302
    mail = OutboundMessage.objects.get(recipient=user.email)
    assert "An authenticator was connected to your user." in mail.payload["text"]


def test_disconnecting_asks_who_it_is(person: Person) -> None:
    user = person()
    client = signed_in(user)
    with_authenticator(user)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    page = client.get(answer["Location"])
    assert page.status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_deactivate_totp")})
    assert not Authenticator.objects.filter(user=user, type="totp").exists()


def test_an_administrator_removes_a_lost_second_step(person: Person) -> None:
    boss, user = person("boss", "administrator"), person()
    with_authenticator(user)
    client = signed_in(boss)
    assert client.post(f"/settings/users/{user.pk}/factors/").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    fresh = browser()
    assert sign_in(fresh, user)["Location"] == "/"


@pytest.mark.parametrize("path", ["factors", "link"])
def test_nobody_else_may_touch_how_a_user_signs_in(path: str, person: Person) -> None:
    user, other = person(), person("bo", "sales-manager")
    with_authenticator(user)
    assert not as_actor(other).is_administrator
    assert signed_in(other).post(f"/settings/users/{user.pk}/{path}/").status_code == 403
    assert Authenticator.objects.filter(user=user).count() == 2
    assert not OutboundMessage.objects.exists()
