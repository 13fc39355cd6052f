"""Who may sign in, how often somebody may guess, and what ends a session."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from guanxi.core.actor import SYSTEM
from guanxi.identity.user.models import User
from guanxi.identity.user.services import change_access
from tests.identity.conftest import LOGIN, PASSWORD, Person, browser, sign_in, signed_in

WRONG = "wrong horse battery staple"


def text_of(response: object) -> str:
    """The page without the security tokens, which differ each time."""
    import re

    page = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r'(name="csrf[^>]*(?:value|content)=)"[^"]+"', r"\1", page)


def test_the_right_password_signs_in_and_opens_the_page_that_was_asked_for(person: Person) -> None:
    client = browser()
    asked = client.get("/customers/")
    assert asked.status_code == 302
    assert asked["Location"] == "/account/login/?next=/customers/"
    user = person()
    answer = client.post(LOGIN, {"login": user.email, "password": PASSWORD, "next": "/customers/"})
    assert (answer.status_code, answer["Location"]) == (302, "/customers/")
    assert client.get("/customers/").status_code == 200


def test_the_e_mail_is_found_in_any_case(person: Person) -> None:
    person()
    assert sign_in(browser(), "MEI@Example.COM").status_code == 302


def test_the_answer_is_the_same_for_known_and_unknown_addresses(person: Person) -> None:
    person()
    known, unknown = sign_in(browser(), "mei@example.com", WRONG), sign_in(browser(), "bo@example.com", WRONG)
    assert known.status_code == unknown.status_code == 200
    assert text_of(known).replace("mei@", "bo@") == text_of(unknown)
    assert "is-dead" not in text_of(known)


@pytest.mark.full
def test_the_answer_takes_as_long_for_known_and_unknown_addresses(person: Person) -> None:
    person()
    times: dict[str, list[float]] = {"mei@example.com": [], "bo@example.com": []}
    for number in range(120):
        for address, found in times.items():
            client = browser(REMOTE_ADDR=f"10.0.{number // 200}.{number % 200 + 1}")
            started = time.perf_counter()
            sign_in(client, address, WRONG)
            found.append(time.perf_counter() - started)
    known, unknown = (statistics.median(found) for found in times.values())
    assert abs(known - unknown) < 0.15 * unknown


def test_after_five_failures_the_right_password_is_refused_too(person: Person) -> None:
    user = person()
    client = browser()
    for _attempt in range(5):
        assert sign_in(client, user, WRONG).status_code == 200
    assert sign_in(client, user).status_code == 200
    assert client.get("/customers/").status_code == 302, "not signed in"


def test_failures_from_one_address_lock_nobody_out_at_another(person: Person) -> None:
    user = person()
    attacker, owner = browser(REMOTE_ADDR="203.0.113.9"), browser(REMOTE_ADDR="198.51.100.7")
    for _attempt in range(8):
        sign_in(attacker, user, WRONG)
    assert sign_in(owner, user).status_code == 302


def test_failures_with_one_account_lock_no_other_account_out(person: Person) -> None:
    person()
    other = person("bo")
    client = browser()
    for _attempt in range(6):
        sign_in(client, "mei@example.com", WRONG)
    assert sign_in(client, other).status_code == 302


def test_an_unknown_address_is_throttled_like_a_known_one(person: Person) -> None:
    person()
    known, unknown = browser(), browser()
    for _attempt in range(6):
        first, second = sign_in(known, "mei@example.com", WRONG), sign_in(unknown, "bo@example.com", WRONG)
    assert text_of(first).replace("mei@", "bo@") == text_of(second)


def test_the_session_key_changes_at_sign_in(person: Person) -> None:
    client = browser()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = client.cookies["__Host-session"].value
    sign_in(client, person())
    assert client.cookies["__Host-session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_cookies_are_bound_to_this_host_and_closed_to_scripts(person: Person) -> None:
    client = browser()
    client.get(LOGIN)
    answer = sign_in(client, person())
    assert set(answer.cookies) >= {"__Host-session", "__Host-csrf"}
    for cookie in answer.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_staying_signed_in_lasts_a_week_and_otherwise_ends_with_the_browser(person: Person) -> None:
    user = person()
    kept, short = browser(), browser()
    assert sign_in(kept, user, remember="on").cookies["__Host-session"]["max-age"] == 7 * 24 * 3600
    assert sign_in(short, user).cookies["__Host-session"]["max-age"] == ""


def test_a_deactivated_user_is_out_with_the_next_request(person: Person) -> None:
    user = person()
    client = signed_in(user)
    assert client.get("/customers/").status_code == 200
    change_access(user, actor=SYSTEM, role_keys=["salesperson"], team_id=None, territories=(), is_active=False)
    assert client.get("/customers/").status_code == 302
    assert client.get("/api/v1/customers").status_code == 401
    assert sign_in(browser(), user).status_code in (200, 302)
    assert browser().get("/customers/").status_code == 302


def test_a_deactivated_user_cannot_sign_in_again(person: Person) -> None:
    user = person()
    change_access(user, actor=SYSTEM, role_keys=["salesperson"], team_id=None, territories=(), is_active=False)
    client = browser()
    sign_in(client, user)
    assert client.get("/customers/").status_code == 302


def test_a_changed_password_ends_every_other_session_and_keeps_this_one(person: Person) -> None:
    user = person()
    here, elsewhere = signed_in(user), signed_in(user)
    changed = here.post("/account/password/change/", {
        "oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery",
    })  # fmt: skip
    assert (changed.status_code, changed["Location"]) == (302, "/settings/security/")
    assert here.get("/customers/").status_code == 200
    assert elsewhere.get("/customers/").status_code == 302
    assert UserSession.objects.filter(user_id=user.pk).count() == 1


def test_a_weak_or_wrong_password_changes_nothing(person: Person) -> None:
    user = person()
    client = signed_in(user)
    for old, new in ((WRONG, "another horse battery"), (PASSWORD, "short"), (PASSWORD, "mei@example.com")):
        answer = client.post("/account/password/change/", {"oldpassword": old, "password1": new, "password2": new})
        assert answer.status_code == 200
    before = user.password
    user.refresh_from_db()
    assert user.password == before


def test_signing_out_needs_a_click_and_ends_the_session(person: Person) -> None:
    client = signed_in(person())
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/customers/").status_code == 200, "a link alone signs nobody out"
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/customers/").status_code == 302


def test_a_form_without_its_token_is_refused(person: Person) -> None:
    user = person()
    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    client.get(LOGIN)
    assert sign_in(client, user).status_code == 403
    assert client.get("/customers/").status_code == 302


EVIL = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/",
    "///evil.example", "javascript:alert(1)", "data:text/html,x", "http://localhost@evil.example/",
    "/%0d%0aSet-Cookie:x=1\r\nX: y", "https:///evil.example", "http:/\\evil.example", "\thttps://evil.example",
    " //evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", EVIL)
def test_sign_in_never_leads_to_another_site(target: str, person: Person) -> None:
    client = browser()
    answer = client.post(LOGIN, {"login": person().email, "password": PASSWORD, "next": target})
    location = answer["Location"]
    assert location == "/" or (location.startswith("/") and not location.startswith(("//", "/\\")))
    assert "\n" not in location


NOT_OFFERED = ("signup/", "email/", "confirm-email/", "confirm-email/abc/", "social/signup/", "3rdparty/")


@pytest.mark.parametrize("path", NOT_OFFERED)
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_pages_of_the_library_that_we_do_not_offer_are_not_there(path: str, method: str, person: Person) -> None:
    for client in (browser(), signed_in(person(f"u{len(path)}{method}"))):
        assert getattr(client, method)(f"/account/{path}").status_code == 404


def test_somebody_signed_in_sees_and_ends_own_sessions_only(person: Person) -> None:
    mei, bo = person(), person("bo")
    here, phone = signed_in(mei), signed_in(mei)
    signed_in(bo)
    page = here.get("/settings/security/").content.decode()
    assert page.count("/end/") == 2, "one for the other session, one for all others"
    foreign = UserSession.objects.get(user_id=bo.pk)
    here.post(f"/settings/security/sessions/{foreign.pk}/end/")
    assert UserSession.objects.filter(pk=foreign.pk).exists()
    own = UserSession.objects.exclude(session_key=here.session.session_key).get(user_id=mei.pk)
    assert here.post(f"/settings/security/sessions/{own.pk}/end/").status_code == 302
    assert phone.get("/customers/").status_code == 302
    assert here.get("/customers/").status_code == 200


def test_a_session_runs_out_after_its_time(person: Person) -> None:
    user = person()
    client = signed_in(user)
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(hours=1))
    assert client.get("/customers/").status_code == 302
    assert User._default_manager.get(pk=user.pk).last_login is not None


def test_the_language_chosen_on_the_sign_in_page_becomes_the_users_own(person: Person) -> None:
    user, client = person(language="en"), browser()
    assert client.post("/preferences/language", {"language": "zh-hans"}).status_code == 204
    sign_in(client, user)

    page = client.get("/customers/")
    assert (page["Content-Language"], "客户" in page.content.decode()) == ("zh-hans", True)
    assert User._default_manager.get(pk=user.pk).language == "zh-hans"


def test_a_language_chosen_by_whoever_signed_in_before_is_not_taken_over(person: Person) -> None:
    first, second, client = person(language="en"), person("bo", language="en"), browser()
    client.post("/preferences/language", {"language": "zh-hans"})
    sign_in(client, first)
    client.post("/account/logout/")
    sign_in(client, second)

    assert User._default_manager.get(pk=second.pk).language == "en"
